"""What the controller's desk asks of the index: counts by unit and type, cases, the year's list.

Each question is one statement, whatever the size of the library: what is counted is counted in
SQL, and no text is read. Who holds what is no business of the index: that comes as `Vacant`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Executable,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from styrdokument.domain.case import OPEN_STATES, State
from styrdokument.domain.decisionfile import BasisKind
from styrdokument.domain.people import Entry
from styrdokument.store.catalogue import PAGE, Row, at
from styrdokument.store.narrowing import Vacant, applies_on, lacks_somebody, standing_on
from styrdokument.store.tables import cases, decisions, document_entries, documents, versions

UNKNOWN_DECIDER = "none"
"""In the place of a decider's key where no source names one; every other key has a space in it."""


class CaseOrder(StrEnum):
    """What a list of cases is ordered by."""

    LONGEST = "longest"
    """Those where it has been somebody's turn for the longest time, first."""
    SHORTEST = "shortest"
    UNCHANGED = "unchanged"
    """Those where nothing has happened for the longest time, first."""


@dataclass(frozen=True, kw_only=True)
class Within:
    """Units and a type; empty means all."""

    units: frozenset[str] = frozenset()
    type: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseFilters:
    """What a list of cases is narrowed to; the last that happened was before `unchanged_before`."""

    within: Within = Within()
    states: frozenset[State] = OPEN_STATES
    unchanged_before: datetime | None = None
    sorting: CaseOrder = CaseOrder.LONGEST


@dataclass(frozen=True, kw_only=True)
class Span:
    """Versions that were in force some day from `first` through `last`, by `decider` if given."""

    first: date
    last: date
    within: Within = Within()
    decider: str = ""


class Desk:
    """The desk's questions to one index."""

    def __init__(self, engine: Engine) -> None:
        """Over the index's engine."""
        self.engine = engine

    def named(self) -> Vacant:
        """Every entry and every unit that some document names, whoever is behind them."""
        of_roles = select(literal("entry").label("of"), document_entries.c.entry).distinct()
        of_units = select(literal("unit"), documents.c.unit).distinct()
        found = self._all(union_all(of_roles, of_units))
        return Vacant(
            entries=frozenset(row["entry"] for row in found if row["of"] == "entry"),
            units=frozenset(row["entry"] for row in found if row["of"] == "unit"),
        )

    def counts(self, within: Within, vacant: Vacant, *, on: date) -> Sequence[Row]:
        """How many documents apply, lack somebody, or wait for the review after haste.

        For each unit, type and standing.
        """
        unit, type_ = documents.c.unit, versions.c.type
        applying = (
            select(unit, type_, standing_on(on).label("standing"))
            .add_columns(case((lacks_somebody(vacant), 1), else_=0).label("ownerless"))
            .add_columns(versions.c.after_review_on)
            .join_from(versions, documents, documents.c.document == versions.c.document)
            .where(applies_on(on), *narrowed(within, unit, type_))
            .subquery()
        )
        c = applying.c
        query = select(c.unit, c.type, c.standing, func.count().label("all"))
        query = query.add_columns(func.sum(c.ownerless).label("ownerless"))
        query = query.add_columns(func.count(c.after_review_on).label("urgent"))
        return self._all(query.group_by(c.unit, c.type, c.standing))

    def case_counts(self, within: Within, *, unchanged_before: datetime) -> Sequence[Row]:
        """For each unit and type: how many cases are open, and in how many nothing has happened."""
        unit, type_ = cases.c.unit, cases.c.type
        stuck = _count(cases.c.changed_at < unchanged_before).label("stuck")
        query = select(unit, type_, func.count().label("cases"), stuck)
        query = query.where(cases.c.state.in_(sorted(OPEN_STATES)), *narrowed(within, unit, type_))
        return self._all(query.group_by(unit, type_))

    def roles_in(self, found: Sequence[int], entries: frozenset[Entry]) -> dict[int, list[Row]]:
        """The roles that some of `entries` have on the documents, by document."""
        table = document_entries
        query = select(table).where(table.c.document.in_(found), table.c.entry.in_(sorted(entries)))
        roles: dict[int, list[Row]] = {}
        for row in self._all(query.order_by(table.c.document, table.c.role, table.c.entry)):
            roles.setdefault(row["document"], []).append(row)
        return roles

    def delegated(self, since: datetime, until: datetime) -> Sequence[Row]:
        """The decisions by delegation that were recorded from `since` and before `until`."""
        c = decisions.c
        is_theirs = c.basis["kind"].as_string() == BasisKind.DELEGATION
        query = select(decisions).where(is_theirs, c.recorded_at >= since, c.recorded_at < until)
        return self._all(query.order_by(c.seq))

    def cases(
        self, filters: CaseFilters, *, page: int = 1, size: int = PAGE
    ) -> tuple[Sequence[Row], int]:
        """A page of cases, and how many there are in all."""
        c = cases.c
        query = select(cases, func.count().over().label("total")).where(
            c.state.in_(sorted(filters.states)), *narrowed(filters.within, c.unit, c.type)
        )
        if filters.unchanged_before:
            query = query.where(c.changed_at < filters.unchanged_before)
        order = {
            CaseOrder.LONGEST: c.turn_since,
            CaseOrder.SHORTEST: c.turn_since.desc(),
            CaseOrder.UNCHANGED: c.changed_at,
        }[filters.sorting]
        rows = self._all(query.order_by(order, c.number).limit(size).offset((page - 1) * size))
        return rows, rows[0]["total"] if rows else 0

    def deciders(self, span: Span) -> Sequence[Row]:
        """Whoever decided what was in force, by name, with how many versions; the unknown last."""
        d = decisions.c
        newest = func.max(d.seq).label("seq")
        counted = (
            _issued(select(d.decider, func.count().label("total"), newest))
            .where(*_during(span))
            .group_by(d.decider)
            .subquery()
        )
        query = select(counted, d.decided_by).join(decisions, d.seq == counted.c.seq)
        return self._all(query.order_by(*_by_decider(counted.c.decider)))

    def in_force(self, span: Span, *, page: int = 1, size: int = PAGE) -> Sequence[Row]:
        """A page of the versions that were in force, by decider and title.

        Their `standing` is that of the span's last day.
        """
        v, d = versions.c, decisions.c
        ordered = [*_by_decider(d.decider), v.sorting, v.document, v.version]
        keys = _issued(select(v.document, v.version)).where(*_during(span)).order_by(*ordered)
        query = _issued(select(*(v[name] for name in _SHOWN), documents.c.unit)).add_columns(
            d.decider, d.decided_by, d.basis, standing_on(span.last).label("standing")
        )
        paged = at(query, keys.limit(size).offset((page - 1) * size).subquery())
        return self._all(paged.order_by(*ordered))

    def _all(self, query: Executable) -> Sequence[Row]:
        with self.engine.connect() as connection:
            return connection.execute(query).mappings().all()


def narrowed(
    within: Within, unit: ColumnElement[str], type_: ColumnElement[str]
) -> Iterator[ColumnElement[bool]]:
    """The conditions that narrow a question to units and a type."""
    if within.units:
        yield unit.in_(sorted(within.units))
    if within.type:
        yield type_ == within.type


_SHOWN = (
    "document",
    "version",
    "title",
    "type",
    "audience",
    "decided_on",
    "effective_from",
    "valid_until",
    "review_on",
)


def _issued(query: Select[Any]) -> Select[Any]:
    """Versions with their document and the decision that issued them."""
    return (
        query.select_from(versions)
        .join(documents, documents.c.document == versions.c.document)
        .join(decisions, decisions.c.seq == versions.c.seq)
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _during(span: Span) -> Iterator[ColumnElement[bool]]:
    """Some day from the first to the last; what another took over from on its day never applied."""
    v = versions.c
    for ended in (v.applies_until, v.repealed_from):
        yield or_(ended.is_(None), and_(ended > span.first, ended > v.effective_from))
    yield v.effective_from <= span.last
    yield v.is_cancelled.is_(False)
    yield from narrowed(span.within, documents.c.unit, v.type)
    if span.decider:
        wanted = "" if span.decider == UNKNOWN_DECIDER else span.decider
        yield decisions.c.decider == wanted


def _by_decider(decider: ColumnElement[str]) -> tuple[ColumnElement[Any], ...]:
    return case((decider == "", 1), else_=0), decider
