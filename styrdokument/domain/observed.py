"""Who was seen to hold a function by a group of the directory, and on which days.

A directory says who is in a group now, and nothing of before. What was seen each day is kept, so
that 'could they decide this on that day?' has an answer later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from styrdokument.domain.people import Function, Holding, PersonId

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Observed:
    """Somebody was in the group of a function from one day to another, as far as was seen.

    `over_on` is the day when they were first seen not to be; None while they still are.
    """

    function: str
    group: str
    person: PersonId
    first_seen: date
    last_seen: date
    over_on: date | None = None


def with_observed(
    functions: Mapping[str, Function], seen: Iterable[Observed], *, on: date
) -> dict[str, Function]:
    """The functions with those who hold them by a group; `on` is today."""
    held: dict[str, list[Holding]] = {}
    for one in seen:
        if one.function in functions:
            holding = _holding(one, functions[one.function], on)
            held.setdefault(one.function, []).append(holding)
    return {
        slug: replace(function, observed=tuple(held[slug])) if slug in held else function
        for slug, function in functions.items()
    }


def _holding(one: Observed, function: Function, today: date) -> Holding:
    """Whoever is in the group holds until they are seen not to; on that very day they do not.

    The last day that they were seen counts in hindsight: they held the function on a part of it.
    Where the function has another group by now, it is over as well.
    """
    is_over = one.over_on is not None or one.group != function.group
    until = min(one.last_seen, today - DAY) if is_over else None
    return Holding(person=one.person, since=one.first_seen, until=until)
