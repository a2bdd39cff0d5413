"""What was decided by delegation in a period: the list that is reported to the board.

Who decided, and by which mandate, is the record's own. Which decisions the board has been told of
stands in its minutes and not here: the column is there to be filled in.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from styrdokument.actions.house import STOCKHOLM
from styrdokument.domain.decisionfile import Decision, from_bytes
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.views.asking import asked, day_asked, here, within_asked
from styrdokument.views.card import decider_said
from styrdokument.views.lists import choices
from styrdokument.views.spreadsheet import comma_separated
from styrdokument.views.support import house, label_of, page, today, words

bp = Blueprint("delegation", __name__)
HEADINGS = (
    "decided_on",
    "document",
    "version",
    "title",
    "type",
    "unit",
    "kind",
    "decided_by",
    "decider_title",
    "mandate",
    "registry_number",
    "reported",
)
"""The columns of the CSV; `reported` is empty."""


@bp.get("/overview/delegation")
def show() -> ResponseReturnValue:
    """The list, oldest first."""
    first, last = _period()
    return page(
        "overview/delegation.html",
        decisions=[(one, decider_said(one.decided_by)) for one in _found(first, last)],
        first=first,
        last=last,
        asked=asked(),
        choices=choices(),
        here=here,
    )


@bp.get("/overview/delegation.json")
def show_json() -> Response:
    """The same list as JSON."""
    first, last = _period()
    rows = [dict(zip(HEADINGS, _line(one), strict=True)) for one in _found(first, last)]
    return jsonify({"from": first.isoformat(), "until": last.isoformat(), "decisions": rows})


@bp.get("/overview/delegation.csv")
def show_csv() -> Response:
    """The same list as CSV."""
    first, last = _period()
    lines = map(_line, _found(first, last))
    return comma_separated((HEADINGS, *lines), name=f"delegation-{first}-{last}.csv")


def _period() -> tuple[date, date]:
    """The days asked for, else this year so far; both are inclusive. Raises Refused."""
    last = day_asked("until") or today()
    first = day_asked("from") or last.replace(month=1, day=1)
    if first > last:
        raise Refused(Problem(code=Code.DATES_OUT_OF_ORDER, field="until"))
    return first, last


def _found(first: date, last: date) -> Iterator[Decision]:
    within = within_asked()
    rows = house().desk.delegated(_midnight(first), _midnight(last + timedelta(days=1)))
    for row in rows:
        decision = from_bytes(row["file"].encode())
        is_within = not within.units or decision.unit in within.units
        if is_within and within.type in {"", decision.type}:
            yield decision


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), STOCKHOLM)


def _line(one: Decision) -> tuple[str, ...]:
    decider = decider_said(one.decided_by)
    said = {
        "decided_on": one.decided_on.isoformat(),
        "document": str(one.document),
        "version": str(one.version or ""),
        "title": one.title or "",
        "type": label_of("types", one.type or ""),
        "unit": label_of("units", one.unit or ""),
        "kind": words().say(f"decision_kind.{one.kind}"),
        "decided_by": decider.words,
        "decider_title": decider.note,
        "mandate": one.basis.mandate or "",
        "registry_number": one.registry_number or "",
        "reported": "",
    }
    return tuple(said[name] for name in HEADINGS)
