"""What a list of versions is narrowed to, and in which order it comes, said in SQL.

`standing_on` is `validity.History.standing` in SQL, so that lists can be filtered and paged; a
property test holds the two together.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from styrdokument.domain.document import HIGHEST_ID, Audience
from styrdokument.domain.people import Entry
from styrdokument.domain.validity import APPLIES, Standing
from styrdokument.store.sorting import ELSEWHERE, sort_key
from styrdokument.store.tables import document_entries, documents, gaps, versions

ANSWERING = frozenset({"case_officer", "fact_owner"})
"""The roles of whoever sees to it that a document is kept up."""


class Sorting(StrEnum):
    """What a list is ordered by: what may be used first, or a column alone."""

    STANDING = "standing"
    TITLE = "title"
    VALID_UNTIL = "valid_until"
    EFFECTIVE_FROM = "effective_from"
    """The newest first."""
    URGENCY = "urgency"
    """What has expired, and longest ago, first; then what is due, soonest first."""


@dataclass(frozen=True, kw_only=True)
class Vacant:
    """What documents name that nobody is behind on a day: entries of roles, and units."""

    entries: frozenset[Entry] = frozenset()
    units: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list is narrowed to; empty means everything.

    `words` must all be found. Some of `entries` has one of `roles` on the document, or any where
    no roles are given; `vacant` finds the documents where somebody is missing, and `is_urgent`
    those that were changed in haste and not reviewed afterwards yet: their end is that review's.
    """

    standings: frozenset[Standing] = APPLIES
    type: str = ""
    units: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    entries: frozenset[Entry] = frozenset()
    roles: frozenset[str] = frozenset()
    vacant: Vacant | None = None
    is_urgent: bool = False
    sorting: Sorting = Sorting.STANDING
    is_swedish: bool = True
    """Whether å, ä and ö come after z; elsewhere they are an a and an o."""


@lru_cache(maxsize=32)
def standing_on(day: date) -> ColumnElement[str]:
    """A version's standing on a day. Saying it takes longer than asking it, so it is kept."""
    v = versions.c
    stood_expired = exists().where(
        gaps.c.document == v.document,
        gaps.c.version == v.version,
        gaps.c.first <= day,
        gaps.c.last >= day,
    )
    return case(
        (v.is_cancelled, Standing.REPEALED),
        (v.applies_until <= day, Standing.SUPERSEDED),
        (v.repealed_from <= day, Standing.REPEALED),
        (v.effective_from > day, Standing.UPCOMING),
        (v.valid_until < day, Standing.EXPIRED),
        (stood_expired, Standing.EXPIRED),
        (v.due_from <= day, Standing.DUE),
        else_=Standing.IN_FORCE,
    )


def applies_on(day: date) -> ColumnElement[bool]:
    """Whether a version's standing on a day is one of `APPLIES`; an index answers it."""
    v = versions.c
    return and_(
        or_(v.applies_until.is_(None), v.applies_until > day),
        v.effective_from <= day,
        or_(v.repealed_from.is_(None), v.repealed_from > day),
        v.is_cancelled.is_(False),
    )


def lacks_somebody(vacant: Vacant) -> ColumnElement[bool]:
    """Whether nobody is behind some role on the document, or behind its unit."""
    return or_(_is_named(vacant.entries), documents.c.unit.in_(sorted(vacant.units)))


def conditions(filters: Filters, *, on: date, internal: bool) -> list[ColumnElement[bool]]:
    """What a row must fulfil; `internal` says whether internal texts are among the answers."""
    v, d = versions.c, documents.c
    found: list[ColumnElement[bool]] = []
    if filters.standings <= APPLIES:
        found.append(applies_on(on))
    if filters.standings not in {APPLIES, frozenset(Standing)}:
        found.append(standing_on(on).in_(sorted(filters.standings)))
    if not internal:
        found.append(v.audience == Audience.PUBLIC)
    if filters.type:
        found.append(v.type == filters.type)
    if filters.units:
        found.append(d.unit.in_(sorted(filters.units)))
    if filters.processes:
        named = (f" {slug} " for slug in sorted(filters.processes))
        found.append(or_(*(v.processes.contains(name, autoescape=True) for name in named)))
    if filters.entries:
        found.append(_is_named(filters.entries, filters.roles))
    if filters.is_urgent:
        found.append(v.after_review_on.is_not(None))
    if filters.vacant is not None:
        found.append(lacks_somebody(filters.vacant))
    return found + [_holds(word) for word in filters.words]


def order(filters: Filters, *, on: date) -> list[ColumnElement[Any]]:
    """The order asked for; what is equal in it comes by title."""
    v = versions.c
    title = v.sorting if filters.is_swedish else _elsewhere(v.sorting)
    by_title = (title, v.document, v.version.desc())
    if filters.sorting is Sorting.TITLE:
        return [*by_title]
    ends = func.coalesce(v.valid_until, v.review_on, date.max)
    if filters.sorting is Sorting.VALID_UNTIL:
        return [v.after_review_on if filters.is_urgent else ends, *by_title]
    if filters.sorting is Sorting.URGENCY:
        ranked = [case(_URGENT, value=standing_on(on), else_=2)]
        return [*ranked[: len(filters.standings) - 1], ends, *by_title]
    if filters.sorting is Sorting.EFFECTIVE_FROM:
        return [v.effective_from.desc(), v.recorded_at.desc(), *by_title]
    misses = [_misses(filters.words)] if filters.words else []
    if len({_RANKS.get(one, _LAST) for one in filters.standings}) == 1:
        return [*misses, *by_title]
    return [case(_RANKS, value=standing_on(on), else_=_LAST), *misses, *by_title]


_RANKS = {Standing.IN_FORCE: 0, Standing.DUE: 0, Standing.EXPIRED: 1, Standing.UPCOMING: 2}
_LAST = 3
_URGENT = {Standing.EXPIRED: 0, Standing.DUE: 1}


def _is_named(
    entries: frozenset[Entry], roles: frozenset[str] = frozenset()
) -> ColumnElement[bool]:
    table = document_entries.c
    named = select(table.document).where(table.entry.in_(sorted(entries)))
    if roles:
        named = named.where(table.role.in_(sorted(roles)))
    return documents.c.document.in_(named)


def _elsewhere(sorting: ColumnElement[str]) -> ColumnElement[str]:
    for swedish, other in ELSEWHERE.items():
        sorting = func.replace(sorting, swedish, other)
    return sorting


def _holds(word: str) -> ColumnElement[bool]:
    """The title or the text has the word, or it is the document's number."""
    in_text = versions.c.words.contains(word, autoescape=True)
    if word.isascii() and word.isdecimal() and len(word) <= len(str(HIGHEST_ID)):
        return or_(in_text, versions.c.document == int(word))
    return in_text


def _misses(words: tuple[str, ...]) -> ColumnElement[Any]:
    """How many of the words the title does not have."""
    title = versions.c.sorting
    misses = [case((title.contains(sort_key(w), autoescape=True), 0), else_=1) for w in words]
    return sum(misses[1:], start=misses[0])
