"""What the clock asks of the index: whose end has come near, found by an index of days.

A library is never gone through: the ends that there are, by type, are some hundreds, and only the
documents of those whose day has come are looked up.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Engine, Select, and_, bindparam, or_, select

from styrdokument.domain.case import OPEN_STATES
from styrdokument.domain.people import Entry
from styrdokument.domain.reminders import About
from styrdokument.store.catalogue import Row
from styrdokument.store.tables import (
    case_documents,
    case_entries,
    cases,
    documents,
    versions,
    watches,
)

AT_ONCE = 400
"""Keys asked for in one statement."""

_SHOWN = (
    *watches.c,
    documents.c.unit,
    documents.c.case_officer,
    documents.c.fact_owner,
    documents.c.adopter,
    versions.c.title,
    versions.c.audience,
    versions.c.valid_until,
)


class Watch:
    """The questions to one index."""

    def __init__(self, engine: Engine) -> None:
        """Over the index's engine."""
        self._engine = engine

    def due(
        self, is_due: Callable[[About, str, date], bool], *, since: date | None
    ) -> Iterator[Row]:
        """Whatever, by what is watched, type and end, `is_due`; and what came since `since`."""
        w = watches.c
        with self._engine.connect() as connection:
            known = connection.execute(select(w.about, w.type, w.ends_on).distinct()).all()
            ends: dict[tuple[str, str], list[date]] = {}
            for about, kind, end in known:
                if is_due(About(about), kind, end):
                    ends.setdefault((about, kind), []).append(end)
            asked = [
                and_(w.about == about, w.type == kind, w.ends_on.in_(days[start : start + AT_ONCE]))
                for (about, kind), days in ends.items()
                for start in range(0, len(days), AT_ONCE)
            ]
            came = w.is_imported.is_(True)
            asked.append(came if since is None else and_(came, w.set_on >= since))
            seen: set[tuple[int, str]] = set()
            for condition in asked:
                for row in connection.execute(_watched().where(condition)).mappings().all():
                    key = row["document"], row["about"]
                    if key not in seen:
                        seen.add(key)
                        yield row

    def of(self, wanted: Sequence[int], about: About = About.END) -> dict[int, Row]:
        """Those of the documents that are still watched, for their end or another day, by id."""
        return {
            row["document"]: row
            for start in range(0, len(wanted), AT_ONCE)
            for row in self._all(
                _of(), {"about": about, "documents": wanted[start : start + AT_ONCE]}
            )
        }

    def named_by(self, entries: Sequence[Entry]) -> Sequence[Row]:
        """The documents that some of the entries answer for, as case officer or fact owner."""
        d = documents.c
        named = or_(d.case_officer.in_(entries), d.fact_owner.in_(entries))
        return self._all(_watched().where(named).order_by(watches.c.ends_on, d.document))

    def cases_on(self, wanted: Sequence[int]) -> Mapping[int, list[Row]]:
        """The open cases on each of the documents, with the entries whose turn it is."""
        found: dict[int, list[Row]] = {}
        for start in range(0, len(wanted), AT_ONCE):
            for row in self._all(_cases_on(), {"documents": wanted[start : start + AT_ONCE]}):
                found.setdefault(row["document"], []).append(row)
        return found

    def cases_since(self, moment: datetime) -> Sequence[Row]:
        """The cases that have changed since a moment, the longest ago first."""
        c = cases.c
        return self._all(select(cases).where(c.changed_at > moment).order_by(c.changed_at))

    def _all(self, query: Select[Any], values: Mapping[str, Any] | None = None) -> Sequence[Row]:
        with self._engine.connect() as connection:
            return connection.execute(query, values).mappings().all()


@cache
def _of() -> Select[Any]:
    """Those of some documents; put together once, for it is asked for each letter."""
    w = watches.c
    named = w.document.in_(bindparam("documents", expanding=True))
    return _watched().where(w.about == bindparam("about"), named)


@cache
def _cases_on() -> Select[Any]:
    """The same of open cases."""
    entry, about = case_entries.c, case_documents.c
    return (
        select(about.document, about.number, entry.entry, entry.is_turn)
        .join(case_entries, entry.number == about.number)
        .where(about.document.in_(bindparam("documents", expanding=True)))
        .where(about.number.in_(_open_cases()))
        .order_by(about.document, about.number, entry.entry)
    )


def _watched() -> Select[Any]:
    """Watched documents with who is who, and what their newest version is called."""
    d, v, w = documents.c, versions.c, watches.c
    return (
        select(*_SHOWN)
        .select_from(watches)
        .join(documents, d.document == w.document)
        .join(versions, and_(v.document == w.document, v.version == w.version))
    )


def _open_cases() -> Select[Any]:
    return select(cases.c.number).where(cases.c.state.in_(sorted(OPEN_STATES)))
