"""People and units: who is who, and what they answer for; for those who are signed in.

Somebody whose account is closed keeps the page: their name stands in decisions for ever.
"""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from styrdokument.domain.naming import is_person_id
from styrdokument.domain.people import Entry, PersonId
from styrdokument.domain.problems import NotFound
from styrdokument.store.catalogue import Filters, Row, Sorting
from styrdokument.views.lists import found
from styrdokument.views.reading import sees_internal
from styrdokument.views.support import house, name_of, page, today, words

bp = Blueprint("people", __name__)
MOST_DOCUMENTS = 500
"""Documents that a page about somebody lists."""


@bp.get("/people/<person>")
def show_person(person: str) -> ResponseReturnValue:
    """Somebody as the directory knows them now, with their functions and documents."""
    known = house().directory.person(PersonId(person)) if is_person_id(person) else None
    if known is None:
        raise NotFound
    account = house().accounts.account(known.id)
    acting = house().registers.actor(known, on=today())
    entries = [known.id, *sorted(acting.functions)]
    return page(
        "people/person.html",
        person=known,
        is_disabled=account is not None and account.is_disabled,
        actor=acting,
        groups=list(_groups(entries)),
    )


@bp.get("/units/<slug>")
def show_unit(slug: str) -> ResponseReturnValue:
    """A unit: its place, its head, its functions and people, and the documents it answers for."""
    unit = house().registers.units.get(slug)
    if unit is None:
        raise NotFound
    mine = Filters(units=frozenset({slug}), sorting=Sorting.TITLE, is_swedish=words().is_original)
    rows, pages = found(mine, on=today())
    return page("people/unit.html", unit=unit, rows=rows, pages=pages, **_about(slug))


def _about(slug: str) -> dict[str, Any]:
    """What is above and below the unit, and who works in it."""
    registers = house().registers
    return {
        "line": [above for above in registers.line_of(slug) if above != slug],
        "parts": [one.slug for one in registers.units.values() if one.parent == slug],
        "functions": list(_functions(slug)),
        "people": [one for one in house().directory.people() if one.unit == slug],
    }


def _groups(entries: list[Entry]) -> Iterator[tuple[str, list[Row]]]:
    """The documents that each entry handles or answers for; by function under its name."""
    for entry in entries:
        filters = Filters(entry=entry, sorting=Sorting.VALID_UNTIL)
        rows, _ = house().catalogue.find(
            filters, on=today(), internal=sees_internal(), size=MOST_DOCUMENTS
        )
        if rows:
            yield ("" if entry == entries[0] else name_of(entry)), list(rows)


def _functions(slug: str) -> Iterator[dict[str, Any]]:
    """The unit's functions with who holds them today."""
    for function in house().registers.functions.values():
        is_open = function.until is None or function.until >= today()
        if function.unit == slug and is_open:
            yield {
                "slug": function.slug,
                "holders": function.holders_on(today()),
                "stand_ins": function.stand_ins_on(today()),
            }
