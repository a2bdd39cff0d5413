"""Who no longer is where they were: left, moved to another unit, or away for long.

It is told so that somebody can take over; nothing follows from it by itself. Whether somebody has
left is the directory's to say, and how long they are away their own or a controller's.
"""

from collections.abc import Collection, Container
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from styrdokument.domain.people import Entry, PersonId
from styrdokument.domain.registers import Registers

LONG = timedelta(days=28)
"""An absence of so many days, or one without an end, is a long one."""
MOVED_LATELY = timedelta(days=180)
"""For so long it is told that somebody has moved."""


class Change(StrEnum):
    """What has become of somebody."""

    LEFT = "left"
    MOVED = "moved"
    AWAY = "away"


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Somebody is away from one day through another; `until` None: nobody knows how long."""

    person: PersonId
    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether they are away on the day."""
        return self.since <= day <= (self.until or date.max)

    def is_over(self, day: date) -> bool:
        """Whether they are back by the day."""
        return self.until is not None and self.until < day

    @property
    def is_long(self) -> bool:
        """Whether others have to see to what they answer for."""
        return self.until is None or self.until - self.since >= LONG - timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Departure:
    """Somebody who is not where they were, what they answer for, and who might take over.

    `unit` is the one that they are gone from; `since` is None where nobody knows.
    """

    person: PersonId
    change: Change
    since: date | None = None
    until: date | None = None
    unit: str = ""
    documents: int = 0
    turns: int = 0
    """Open cases that wait for them."""
    successor: Entry = ""


def proposed_successor(
    registers: Registers, person: PersonId, unit: str, *, on: date, here: Container[PersonId]
) -> Entry:
    """Who might take over from somebody of a unit: only a proposal, and nobody where none is here.

    Whoever stands in for them; else the head of the unit, or of those above.
    """
    held = [f for f in registers.functions.values() if person in (h.person for h in f.holding)]
    acting = (other for f in held for other in f.stand_ins_on(on))
    found = next((other for other in acting if other != person and other in here), None)
    if found:
        return found
    heads = (registers.units[one].head for one in registers.line_of(unit))
    return next((head for head in heads if _is_held(registers, head, person, on, here)), "")


def people_who_may_succeed(registers: Registers, *, on: date) -> set[PersonId]:
    """Everybody whom `proposed_successor` may ask whether they are here."""
    functions = registers.functions.values()
    return {p for f in functions for p in (*f.holders_on(on), *f.stand_ins_on(on))}


def _is_held(
    registers: Registers, head: Entry, but: PersonId, on: date, here: Container[PersonId]
) -> bool:
    """Whether a function has a holder who is here and is another."""
    holders: Collection[PersonId] = registers.holders(head, on=on) if head else ()
    return any(one in here for one in holders if one != but)
