"""Which people documents and open cases name themselves, and on how much: one statement each.

Whoever is named only by a function that they hold is no business of this: when they have gone, it
is the function that lacks somebody.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Engine, Select, func, select

from styrdokument.domain.case import OPEN_STATES
from styrdokument.domain.people import PERSON_PREFIX
from styrdokument.store.catalogue import Row
from styrdokument.store.desk import Within, narrowed
from styrdokument.store.narrowing import applies_on
from styrdokument.store.tables import case_entries, cases, document_entries, documents, versions


def documents_of_people(engine: Engine, within: Within, *, on: date) -> Sequence[Row]:
    """For each person and unit: on how many `documents` that apply they have some role."""
    e, unit = document_entries.c, documents.c.unit
    count = func.count(e.document.distinct()).label("documents")
    query = (
        select(e.entry, unit, count)
        .join_from(document_entries, documents, documents.c.document == e.document)
        .join(versions, versions.c.document == e.document)
        .where(e.entry.startswith(PERSON_PREFIX), applies_on(on))
        .where(*narrowed(within, unit, versions.c.type))
    )
    return _all(engine, query.group_by(e.entry, unit))


def turns_of_people(engine: Engine, within: Within) -> dict[str, int]:
    """How many open cases wait for each person."""
    e, c = case_entries.c, cases.c
    query = (
        select(e.entry, func.count().label("cases"))
        .join(cases, c.number == e.number)
        .where(e.is_turn.is_(True), e.entry.startswith(PERSON_PREFIX))
        .where(c.state.in_(sorted(OPEN_STATES)), *narrowed(within, c.unit, c.type))
    )
    return {row["entry"]: row["cases"] for row in _all(engine, query.group_by(e.entry))}


def _all(engine: Engine, query: Select[Any]) -> Sequence[Row]:
    with engine.connect() as connection:
        return connection.execute(query).mappings().all()
