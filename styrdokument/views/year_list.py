"""The year's list: everything that was in force, by whoever decided it.

The list of a year that is not over is of the year until today. Who decided, and on what ground, is
the record's own and frozen; the last day is as it has been decided since.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from styrdokument.domain.decisionfile import basis_from_plain, who_from_plain
from styrdokument.store.catalogue import PAGE, Row
from styrdokument.store.desk import UNKNOWN_DECIDER, Span
from styrdokument.views.asking import (
    Pages,
    asked,
    choice_asked,
    here,
    number_asked,
    whole_number_asked,
    within_asked,
)
from styrdokument.views.card import Said, basis_said, decider_said
from styrdokument.views.lists import MOST_ROWS, choices
from styrdokument.views.spreadsheet import comma_separated
from styrdokument.views.support import house, label_of, page, today, words

bp = Blueprint("year_list", __name__)
FIRST_YEAR = 1900
HEADINGS = (
    "decider",
    "decider_title",
    "id",
    "version",
    "title",
    "type",
    "unit",
    "audience",
    "decided_on",
    "basis",
    "effective_from",
    "valid_until",
    "review_on",
    "standing",
)
"""The columns of the CSV."""


class When(StrEnum):
    """What counts: what was in force at the end of the year, or some day during it."""

    END = "end"
    DURING = "during"


@bp.get("/overview/in-force")
def show() -> ResponseReturnValue:
    """The list, by decider; whole where it is to be printed."""
    span, is_whole = _span(), bool(request.args.get("whole"))
    number = 1 if is_whole else number_asked("page")
    size = MOST_ROWS if is_whole else PAGE
    deciders = house().desk.deciders(replace(span, decider=""))
    total = sum(one["total"] for one in deciders if span.decider in {"", _key(one)})
    return page(
        "overview/in_force.html",
        span=span,
        deciders=[(_key(one), _said(one), one["total"]) for one in deciders],
        groups=list(_groups(house().desk.in_force(span, page=number, size=size))),
        pages=Pages(number=number, total=total, size=size),
        year=span.last.year,
        last_year=today().year,
        when=When.END if span.first == span.last else When.DURING,
        asked=asked(),
        choices=choices() | {"when": [(str(w), words().say(f"overview.when_{w}")) for w in When]},
        here=here,
    )


@bp.get("/overview/in-force.json")
def show_json() -> Response:
    """A page of the list as JSON."""
    span, number = _span(), number_asked("page")
    deciders = house().desk.deciders(span)
    pages = Pages(number=number, total=sum(one["total"] for one in deciders))
    rows = house().desk.in_force(span, page=number)
    return jsonify(
        on=span.last.isoformat(),
        documents=[_plain(row) for row in rows],
        total=pages.total,
        next=pages.following or None,
    )


@bp.get("/overview/in-force.csv")
def show_csv() -> Response:
    """The whole list as CSV."""
    span = _span()
    lines = map(_line, house().desk.in_force(span, size=MOST_ROWS))
    return comma_separated((HEADINGS, *lines), name=f"in-force-{span.last.year}.csv")


def _span() -> Span:
    """The year that is asked for, until today at the latest. Raises Refused."""
    this = today().year
    year = whole_number_asked("year", least=FIRST_YEAR, most=this, otherwise=this)
    last = min(date(year, 12, 31), today())
    when = choice_asked("when", When, otherwise=When.END)
    return Span(
        first=last if when is When.END else date(year, 1, 1),
        last=last,
        within=within_asked(),
        decider=request.args.get("decider", "").replace("\0", " "),
    )


def _key(row: Row) -> str:
    return row["decider"] or UNKNOWN_DECIDER


def _said(row: Row) -> Said:
    return decider_said(who_from_plain(row["decided_by"]) if row["decided_by"] else None)


def _groups(rows: Sequence[Row]) -> Iterator[tuple[Said, list[tuple[Row, Said]]]]:
    """Each decider with the rows of theirs, and each row with its ground in words."""
    for _, several in groupby(rows, key=_key):
        group = list(several)
        yield _said(group[0]), [(row, basis_said(basis_from_plain(row["basis"]))) for row in group]


def _plain(row: Row) -> dict[str, Any]:
    """A version with public keys."""
    kept = ("version", "title", "type", "audience", "unit", "decided_by", "basis")
    days = ("decided_on", "effective_from", "valid_until", "review_on")
    return {
        "id": row["document"],
        **{name: row[name] for name in kept},
        **{name: row[name].isoformat() if row[name] else None for name in days},
        "standing": str(row["standing"]),
    }


def _line(row: Row) -> tuple[str, ...]:
    plain, decider = _plain(row), _said(row)
    ground = basis_said(basis_from_plain(row["basis"]))
    said: Mapping[str, Any] = {
        **plain,
        "decider": decider.words,
        "decider_title": decider.note,
        "type": label_of("types", row["type"]),
        "unit": label_of("units", row["unit"]),
        "basis": f"{ground.words} ({ground.note})" if ground.note else ground.words,
    }
    return tuple("" if said[key] is None else str(said[key]) for key in HEADINGS)
