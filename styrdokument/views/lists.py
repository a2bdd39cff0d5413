"""Lists of documents: what may be used, narrowed and paged; and what was in force on a day.

An address without ending is a page, with `.json` and `.csv` the same list for machines; all three
hold only what the visitor may read.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from styrdokument.domain.validity import Standing
from styrdokument.store.catalogue import ANSWERING, PAGE, Filters, Row, Sorting
from styrdokument.views.asking import (
    ALL,
    Pages,
    asked,
    day_asked,
    filters_asked,
    here,
    number_asked,
)
from styrdokument.views.kept import kept
from styrdokument.views.lines import lines
from styrdokument.views.reading import sees_internal
from styrdokument.views.spreadsheet import comma_separated
from styrdokument.views.support import (
    house,
    in_order,
    label_of,
    name_of,
    page,
    recall,
    today,
    words,
)
from styrdokument.views.version_json import in_list

bp = Blueprint("lists", __name__)
MOST_ROWS = 200_000
"""Rows of a CSV file: all there are, in any library that the product is made for."""


@bp.get("/documents")
def browse() -> ResponseReturnValue:
    """The documents, narrowed to what was asked for."""
    return page("lists/browse.html", inside=kept("lists/browsing.html", _browsing))


@bp.get("/documents.json")
def browse_json() -> Response:
    """The same list as JSON."""
    return listed_json(filters_asked(), on=today())


@bp.get("/documents.csv")
def browse_csv() -> Response:
    """The same list, whole, as CSV."""
    return listed_csv(filters_asked(), on=today(), name="documents.csv")


@bp.get("/library")
def library() -> ResponseReturnValue:
    """Everything in force on a day, today unless the query says which."""
    day = day_asked() or today()
    inside = kept("lists/in_force.html", lambda: _in_force_on(day))
    return page("lists/library.html", day=day, inside=inside)


@bp.get("/library.json")
def library_json() -> Response:
    """Everything in force on a day, as JSON."""
    return listed_json(in_force(), on=day_asked() or today())


@bp.get("/library.csv")
def library_csv() -> Response:
    """Everything in force on a day, as CSV."""
    return listed_csv(in_force(), on=day_asked() or today(), name="library.csv")


def in_force() -> Filters:
    """What applied on a day, expired or not, by title."""
    return Filters(sorting=Sorting.TITLE, is_swedish=words().is_original)


def found(filters: Filters, *, on: date, size: int = PAGE) -> tuple[Any, Pages]:
    """A page of what the visitor may read."""
    number = number_asked("page")
    rows, total = house().catalogue.find(
        filters, on=on, internal=sees_internal(), page=number, size=size
    )
    return rows, Pages(number=number, total=total, size=size)


def listed_json(filters: Filters, *, on: date) -> Response:
    """A page of a list with the contract's keys."""
    rows, pages = found(filters, on=on)
    documents = [in_list(row) for row in rows]
    return jsonify(documents=documents, total=pages.total, next=pages.following or None)


def listed_csv(filters: Filters, *, on: date, name: str) -> Response:
    """A whole list, as a file to open in a spreadsheet."""
    rows, _ = house().catalogue.find(filters, on=on, internal=sees_internal(), size=MOST_ROWS)
    recall(row[role] for row in rows for role in sorted(ANSWERING))
    return comma_separated((_HEADINGS, *_lines(rows)), name=name)


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the filters may be set to, with their words."""
    registers = house().registers
    listed = {"type": "types", "unit": "units", "process": "processes"}
    found = {
        name: sorted(
            ((slug, label_of(register, slug)) for slug in getattr(registers, register)),
            key=lambda pair: in_order(pair[1]),
        )
        for name, register in listed.items()
    }
    standings = [(str(one), words().say(f"standing.{one}")) for one in Standing]
    standings.append((ALL, words().say("list.everything")))
    sortings = [(str(one), words().say(f"list.sort_{one}")) for one in Sorting]
    return {**found, "standing": standings, "sort": sortings}


def _browsing() -> Mapping[str, Any]:
    rows, pages = found(filters_asked(), on=today())
    return {
        "lines": lines(rows),
        "pages": pages,
        "asked": asked(),
        "choices": choices(),
        "here": here,
    }


def _in_force_on(day: date) -> Mapping[str, Any]:
    rows, pages = found(in_force(), on=day)
    return {"lines": lines(rows, on=day), "pages": pages, "day": day, "here": here}


_HEADINGS = (
    "id",
    "version",
    "title",
    "type",
    "audience",
    "standing",
    "effective_from",
    "valid_until",
    "unit",
    "fact_owner",
    "case_officer",
)


def _lines(rows: Iterable[Row]) -> Iterable[tuple[str, ...]]:
    for row in rows:
        plain = in_list(row)
        named = {
            "unit": label_of("units", row["unit"]),
            "fact_owner": name_of(row["fact_owner"]),
            "case_officer": name_of(row["case_officer"]),
        }
        yield tuple(str({**plain, **named}[key] or "") for key in _HEADINGS)
