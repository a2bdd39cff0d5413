"""What is asked of the index: lists, one version, history, search, cases; never a git object."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, Join, RowMapping, Select, Subquery, and_, case, func, select, tuple_

from styrdokument.domain.case import OPEN_STATES
from styrdokument.domain.document import DocumentId
from styrdokument.domain.people import Actor
from styrdokument.domain.validity import APPLIES, Standing
from styrdokument.store.narrowing import (
    ANSWERING,
    Filters,
    Sorting,
    Vacant,
    conditions,
    order,
    standing_on,
)
from styrdokument.store.tables import (
    case_documents,
    case_entries,
    cases,
    cursors,
    decisions,
    documents,
    former,
    versions,
)

__all__ = [
    "ANSWERING",
    "PAGE",
    "Catalogue",
    "Filters",
    "Row",
    "Sorting",
    "Vacant",
    "standing_on",
]

PAGE = 100
Row = RowMapping


class Catalogue:
    """Reads of one index. `internal` says whether internal texts are among the answers."""

    def __init__(self, engine: Engine) -> None:
        """Over the index's engine."""
        self._engine = engine

    def version(self, document: DocumentId, number: int, *, on: date) -> Row | None:
        """One version, with its standing."""
        query = _full(on).where(versions.c.document == document, versions.c.version == number)
        return self._one(query)

    def shown(self, document: DocumentId, *, on: date) -> Row | None:
        """What a page shows: what applies, else the last that did, else what is to come."""
        v = versions.c
        begun = case((and_(v.effective_from <= on, v.is_cancelled.is_(False)), 0), else_=1)
        newest = case((v.effective_from <= on, -v.version), else_=v.version)
        query = _full(on).where(v.document == document).order_by(begun, newest)
        return self._one(query.limit(1))

    def applying(self, document: DocumentId, *, on: date) -> Row | None:
        """The version that applied on the day, expired or not (rule 1)."""
        query = _full(on).where(versions.c.document == document, standing_on(on).in_(APPLIES))
        return self._one(query)

    def versions(self, document: DocumentId, *, on: date) -> Sequence[Row]:
        """All versions of a document, newest first, without their texts."""
        query = _listed(on).where(versions.c.document == document)
        return self._all(query.order_by(versions.c.version.desc()))

    def decisions(self, document: DocumentId) -> Sequence[Row]:
        """All decisions about a document, newest first."""
        query = select(decisions).where(decisions.c.document == document)
        return self._all(query.order_by(decisions.c.seq.desc()))

    def find(
        self, filters: Filters, *, on: date, internal: bool, page: int = 1, size: int = PAGE
    ) -> tuple[Sequence[Row], int]:
        """A page of versions, and how many there are in all; in force first, then by title."""
        narrowed = conditions(filters, on=on, internal=internal)
        ordered = order(filters, on=on)
        place = func.row_number().over(order_by=ordered).label("place")
        key = select(versions.c.document, versions.c.version, func.count().over().label("total"))
        found = key.add_columns(place).select_from(_joined()).where(*narrowed).subquery()
        at_place = found.c.place.between((page - 1) * size + 1, page * size)
        query = at(_listed(on).add_columns(found.c.total), found).where(at_place)
        rows = self._all(query.order_by(found.c.place))
        if rows or page == 1:
            return rows, rows[0]["total"] if rows else 0
        counted = select(func.count()).select_from(_joined()).where(*narrowed)
        with self._engine.connect() as connection:
            return rows, connection.execute(counted).scalar_one()

    def latest_changes(self, *, on: date, internal: bool, count: int) -> Sequence[Row]:
        """The versions that took effect last, newest first."""
        newest = Filters(standings=APPLIES, sorting=Sorting.EFFECTIVE_FROM)
        return self.find(newest, on=on, internal=internal, size=count)[0]

    def bodies(self, found: Sequence[Row]) -> dict[tuple[int, int], str]:
        """The texts of the versions found, by document and version."""
        v = versions.c
        wanted = [(row["document"], row["version"]) for row in found]
        query = select(v.document, v.version, v.body)
        rows = self._all(query.where(tuple_(v.document, v.version).in_(wanted)))
        return {(row["document"], row["version"]): row["body"] for row in rows}

    def titles(self, wanted: Sequence[int], *, on: date, internal: bool) -> dict[int, Row]:
        """The documents among `wanted` that may be shown, by id."""
        if not wanted:
            return {}
        filters = Filters(standings=frozenset(Standing))
        query = _listed(on).where(
            *conditions(filters, on=on, internal=internal),
            versions.c.document.in_(wanted),
            versions.c.version == documents.c.latest,
        )
        return {row["document"]: row for row in self._all(query)}

    def decision(self, seq: int) -> Row | None:
        """One decision, by its number in the record."""
        return self._one(select(decisions).where(decisions.c.seq == seq))

    def last_decision(self) -> Row | None:
        """The newest decision that the index knows of."""
        return self._one(select(decisions).order_by(decisions.c.seq.desc()).limit(1))

    def former(self, former_id: str) -> DocumentId | None:
        """The document that once had another id or address."""
        query = select(former.c.document).where(former.c.former_id == former_id)
        with self._engine.connect() as connection:
            return connection.execute(query.order_by(former.c.document)).scalar()

    def open_cases_on(self, document: DocumentId) -> Sequence[Row]:
        """The open cases on a document."""
        query = (
            select(cases)
            .join(case_documents, case_documents.c.number == cases.c.number)
            .where(case_documents.c.document == document, cases.c.state.in_(OPEN_STATES))
        )
        return self._all(query.order_by(cases.c.number))

    def branches(self) -> dict[str, int]:
        """The draft branches (`draft/17-revise`) of all open cases, with the cases' numbers."""
        query = select(cases.c.branch, cases.c.number).where(cases.c.branch != "")
        return {row["branch"]: row["number"] for row in self._all(query)}

    def branches_of(self, actor: Actor, *, sees_all: bool) -> frozenset[str]:
        """The draft branches of the open cases that `actor` may see."""
        theirs = select(case_entries.c.number).where(
            case_entries.c.entry.in_((actor.id, *actor.functions))
        )
        query = select(cases.c.branch).where(cases.c.branch != "")
        query = query if sees_all else query.where(cases.c.number.in_(theirs))
        return frozenset(row["branch"] for row in self._all(query))

    def cases_of(
        self, actor: Actor, *, sees_all: bool, waiting: bool = False, states: Sequence[str] = ()
    ) -> Sequence[Row]:
        """The cases that `actor` may see, or that wait for them; newest change first."""
        entries = (actor.id, *actor.functions)
        theirs = select(case_entries.c.number).where(case_entries.c.entry.in_(entries))
        query = select(cases).order_by(cases.c.changed_at.desc(), cases.c.number.desc())
        if waiting:
            query = query.where(cases.c.number.in_(theirs.where(case_entries.c.is_turn.is_(True))))
        elif not sees_all:
            query = query.where(cases.c.number.in_(theirs))
        if states:
            query = query.where(cases.c.state.in_(states))
        return self._all(query.limit(PAGE * 5))

    def turns(self, numbers: Sequence[int]) -> dict[int, list[str]]:
        """Whose turn it is in each case, as entries."""
        table = case_entries
        query = select(table).where(table.c.number.in_(numbers), table.c.is_turn.is_(True))
        found: dict[int, list[str]] = {}
        for row in self._all(query.order_by(table.c.number, table.c.entry)):
            found.setdefault(row["number"], []).append(row["entry"])
        return found

    def cursor(self, name: str) -> str:
        """How far the index has come; empty where it has not begun."""
        row = self._one(select(cursors.c.value).where(cursors.c.name == name))
        return row["value"] if row else ""

    def _one(self, query: Select[Any]) -> Row | None:
        with self._engine.connect() as connection:
            return connection.execute(query).mappings().first()

    def _all(self, query: Select[Any]) -> Sequence[Row]:
        with self._engine.connect() as connection:
            return connection.execute(query).mappings().all()


def at(query: Select[Any], found: Subquery) -> Select[Any]:
    """The query, of those versions alone whose document and number are among `found`.

    What is narrowed and ordered by stands in an index; only the rows of a page are then looked up.
    """
    v = versions.c
    return query.join(found, and_(v.document == found.c.document, v.version == found.c.version))


def _joined() -> Join:
    return versions.join(documents, documents.c.document == versions.c.document)


_WHO = (
    documents.c.unit.label("unit"),
    documents.c.case_officer,
    documents.c.fact_owner,
    documents.c.latest,
    documents.c.repealed_by,
    documents.c.successor,
)
_HEAVY = {"text", "body", "words", "content", "fields", "roles"}


@lru_cache(maxsize=32)
def _full(on: date) -> Select[Any]:
    standing = standing_on(on).label("standing")
    return select(versions, *_WHO, standing).select_from(_joined())


@lru_cache(maxsize=32)
def _listed(on: date) -> Select[Any]:
    light = [column for column in versions.c if column.name not in _HEAVY]
    standing = standing_on(on).label("standing")
    return select(*light, *_WHO, standing).select_from(_joined())
