"""The controller's desk: what needs somebody's care, counted by unit and type, and listed.

Lists and numbers are of the same: whoever narrows one has to narrow the other.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from styrdokument.actions.overseeing import counted_on, vacant_on
from styrdokument.domain.overview import Concern, Counted, totals
from styrdokument.domain.validity import APPLIES, Standing
from styrdokument.store.catalogue import PAGE, Filters, Sorting
from styrdokument.views import desk_rows
from styrdokument.views.asking import (
    Pages,
    asked,
    choice_asked,
    here,
    number_asked,
    whole_number_asked,
    within_asked,
)
from styrdokument.views.lists import MOST_ROWS, choices
from styrdokument.views.overview_tables import leads_to, tables
from styrdokument.views.spreadsheet import comma_separated
from styrdokument.views.support import house, label_of, page, today

bp = Blueprint("overview", __name__)
DAYS = 30
"""A case is stuck when nothing has happened for more days than this, unless others are asked."""
MOST_DAYS = 9_999
LISTS = "<any(expired,due,urgent,ownerless):concern>"
_STANDINGS = {Concern.EXPIRED: Standing.EXPIRED, Concern.DUE: Standing.DUE}


def days_asked() -> int:
    """After how many days without change a case is stuck. Raises Refused."""
    return whole_number_asked("days", least=0, most=MOST_DAYS, otherwise=DAYS)


@bp.get("/overview")
def show() -> ResponseReturnValue:
    """All numbers, and where they lead."""
    counted, days = _counted(), days_asked()
    shown = choice_asked("show", Concern, otherwise=Concern.EXPIRED)
    return page(
        "overview/show.html",
        totals=totals(counted),
        tables=list(tables(counted, shown)),
        shown=shown,
        concerns=list(Concern),
        days=days,
        asked=asked(),
        choices=choices(),
        here=here,
        leads_to=leads_to,
    )


@bp.get("/overview.json")
def show_json() -> Response:
    """All numbers, by unit and type."""
    rows = [_plain(*place, numbers) for place, numbers in _by_place(_counted())]
    return jsonify(on=today().isoformat(), days=days_asked(), counts=rows)


@bp.get("/overview.csv")
def show_csv() -> Response:
    """The same numbers as CSV."""
    heads = ("unit", "unit_label", "type", "type_label", *map(str, Concern))
    rows = [_plain(*place, numbers) for place, numbers in _by_place(_counted())]
    lines = ([str(row[head]) for head in heads] for row in rows)
    return comma_separated((heads, *lines), name="overview.csv")


@bp.get(f"/overview/{LISTS}")
def documents(concern: str) -> ResponseReturnValue:
    """The documents that have expired, are due, were changed in haste, or lack somebody."""
    rows, pages, missing = _found(Concern(concern))
    desk_rows.recall_named(rows, missing)
    return page(
        "overview/documents.html",
        which=concern,
        days=days_asked(),
        rows=[desk_rows.Shown.of(row, missing.get(row["document"], [])) for row in rows],
        pages=pages,
        asked=asked(),
        choices=choices(),
        here=here,
    )


@bp.get(f"/overview/{LISTS}.json")
def documents_json(concern: str) -> Response:
    """A page of the same list as JSON."""
    rows, pages, missing = _found(Concern(concern))
    listed = [desk_rows.in_json(row, missing.get(row["document"], [])) for row in rows]
    return jsonify(documents=listed, total=pages.total, next=pages.following or None)


@bp.get(f"/overview/{LISTS}.csv")
def documents_csv(concern: str) -> Response:
    """The same list, whole, as CSV."""
    rows, _, missing = _found(Concern(concern), size=MOST_ROWS)
    lines = desk_rows.in_csv(rows, missing)
    return comma_separated((desk_rows.HEADINGS, *lines), name=f"{concern}.csv")


def _counted() -> Counted:
    return counted_on(house(), within_asked(), on=today(), days=days_asked())


def _found(
    concern: Concern, size: int = PAGE
) -> tuple[Any, Pages, dict[int, list[desk_rows.Missing]]]:
    """A page of a list, and for each document the roles that nobody is behind."""
    within, number = within_asked(), number_asked("page") if size == PAGE else 1
    vacant = vacant_on(house(), today()) if concern is Concern.OWNERLESS else None
    is_urgent = concern is Concern.URGENT
    filters = Filters(
        units=within.units,
        type=within.type,
        standings=frozenset({_STANDINGS[concern]}) if concern in _STANDINGS else APPLIES,
        vacant=vacant,
        is_urgent=is_urgent,
        sorting=Sorting.VALID_UNTIL if is_urgent else Sorting.URGENCY,
    )
    rows, total = house().catalogue.find(filters, on=today(), internal=True, page=number, size=size)
    missing = desk_rows.missing_in(rows, vacant) if vacant else {}
    return rows, Pages(number=number, total=total), missing


def _by_place(counted: Counted) -> Iterator[tuple[tuple[str, str], dict[Concern, int]]]:
    places: dict[tuple[str, str], dict[Concern, int]] = {}
    for (unit, kind, concern), number in counted.items():
        places.setdefault((unit, kind), dict.fromkeys(Concern, 0))[concern] = number
    yield from sorted(places.items())


def _plain(unit: str, kind: str, numbers: Mapping[Concern, int]) -> dict[str, Any]:
    labels = {"unit_label": label_of("units", unit), "type_label": label_of("types", kind)}
    return {"unit": unit, "type": kind, **labels, **{str(c): n for c, n in numbers.items()}}
