"""Where every open case is: whose turn it is, and since when; and the cases that are stuck.

For whoever sees all cases (rule 22); everybody's own cases stand in `cases` and `tasks`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from styrdokument.actions.house import STOCKHOLM
from styrdokument.actions.overseeing import midnight_before
from styrdokument.domain.case import OPEN_STATES, State
from styrdokument.domain.people import PersonId, is_person
from styrdokument.store.catalogue import PAGE, Row
from styrdokument.store.desk import CaseFilters, CaseOrder
from styrdokument.views.asking import Pages, asked, choice_asked, here, number_asked, within_asked
from styrdokument.views.card import Said, entry_said
from styrdokument.views.desk_rows import recall_behind
from styrdokument.views.lists import MOST_ROWS, choices
from styrdokument.views.overview import days_asked
from styrdokument.views.spreadsheet import comma_separated
from styrdokument.views.support import house, label_of, name_of, page, today, words

bp = Blueprint("open_cases", __name__, url_prefix="/overview")
LISTS = "<any(cases,stuck):which>"
HEADINGS = (
    "number",
    "title",
    "kind",
    "state",
    "unit",
    "type",
    "turn",
    "turn_since",
    "turn_days",
    "changed_at",
    "unchanged_days",
)
"""The columns of the CSV."""


@bp.get(f"/{LISTS}")
def index(which: str) -> ResponseReturnValue:
    """Every open case, or those where nothing has happened for long."""
    rows, pages, turns = _found(which)
    said = words().say
    states = [(str(one), said(f"state.{one}")) for one in State if one in OPEN_STATES]
    orders = [(str(one), said(f"overview.order_{one}")) for one in CaseOrder]
    return page(
        "overview/cases.html",
        which=which,
        rows=rows,
        pages=pages,
        turns=_said(turns),
        days_since=days_since,
        days=days_asked(),
        asked=asked(),
        choices=choices() | {"state": states, "sort": orders},
        here=here,
    )


@bp.get(f"/{LISTS}.json")
def index_json(which: str) -> Response:
    """A page of the same list as JSON."""
    rows, pages, turns = _found(which)
    listed = [_plain(row, turns.get(row["number"], [])) for row in rows]
    return jsonify(cases=listed, total=pages.total, next=pages.following or None)


@bp.get(f"/{LISTS}.csv")
def index_csv(which: str) -> Response:
    """The same list, whole, as CSV."""
    rows, _, turns = _found(which, size=MOST_ROWS)
    lines = (_line(_plain(row, turns.get(row["number"], []))) for row in rows)
    return comma_separated((HEADINGS, *lines), name=f"{which}.csv")


def days_since(moment: datetime) -> int:
    """Whole days from the day of a moment, in Stockholm, to the day that the page is read on."""
    return (today() - moment.astimezone(STOCKHOLM).date()).days


def _said(turns: Mapping[int, Sequence[str]]) -> dict[int, list[Said]]:
    """Whose turn it is, in words; and that somebody's account is closed where it is."""
    named = {PersonId(one) for some in turns.values() for one in some if is_person(one)}
    closed = named - house().directory.here(named)
    left = words().say("vacancy.left")
    return {
        number: [
            replace(said, note=left) if entry in closed else said
            for entry in some
            for said in [entry_said(entry)]
        ]
        for number, some in turns.items()
    }


def _found(which: str, size: int = PAGE) -> tuple[Any, Pages, dict[int, list[str]]]:
    """A page of cases, and whose turn it is in each."""
    number = number_asked("page") if size == PAGE else 1
    state = choice_asked("state", sorted(OPEN_STATES), otherwise=None)
    filters = CaseFilters(
        within=within_asked(),
        states=frozenset({state}) if state else OPEN_STATES,
        unchanged_before=midnight_before(today(), days_asked()) if which == "stuck" else None,
        sorting=choice_asked("sort", CaseOrder, otherwise=_ORDERS[which]),
    )
    rows, total = house().desk.cases(filters, page=number, size=size)
    turns = house().catalogue.turns([row["number"] for row in rows])
    recall_behind(entry for named in turns.values() for entry in named)
    return rows, Pages(number=number, total=total), turns


_ORDERS = {"cases": CaseOrder.LONGEST, "stuck": CaseOrder.UNCHANGED}


def _plain(row: Row, turn: list[str]) -> dict[str, Any]:
    """A case with public keys."""
    registers = house().registers
    return {
        **{name: row[name] for name in ("number", "kind", "state", "title", "unit", "type")},
        "turn": [
            {
                "entry": entry,
                "name": name_of(entry),
                "holders": [name_of(one) for one in registers.holders(entry, on=today())],
            }
            for entry in turn
        ],
        "turn_since": row["turn_since"].astimezone(STOCKHOLM).isoformat(timespec="seconds"),
        "turn_days": days_since(row["turn_since"]),
        "changed_at": row["changed_at"].astimezone(STOCKHOLM).isoformat(timespec="seconds"),
        "unchanged_days": days_since(row["changed_at"]),
    }


def _line(plain: Mapping[str, Any]) -> tuple[str, ...]:
    said = {
        **plain,
        "kind": words().say(f"kind.{plain['kind']}"),
        "state": words().say(f"state.{plain['state']}"),
        "unit": label_of("units", plain["unit"]),
        "type": label_of("types", plain["type"]),
        "turn": "; ".join(_named(one) for one in plain["turn"]),
    }
    return tuple(str(said[key]) for key in HEADINGS)


def _named(one: Mapping[str, Any]) -> str:
    others = [name for name in one["holders"] if name != one["name"]]
    return f"{one['name']} ({', '.join(others)})" if others else str(one["name"])
