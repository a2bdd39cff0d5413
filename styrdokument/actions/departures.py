"""Who no longer is where they were, what of theirs waits for somebody, and who might take over.

Looked up live, as all that the controller oversees: who is here changes without any document.
"""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date

from styrdokument.actions.house import STOCKHOLM, House
from styrdokument.actions.overseeing import midnight_before
from styrdokument.domain.access import may_say_absence_of
from styrdokument.domain.departures import (
    MOVED_LATELY,
    Absence,
    Change,
    Departure,
    people_who_may_succeed,
    proposed_successor,
)
from styrdokument.domain.people import Actor, Entry, PersonId
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.store.desk import Within
from styrdokument.store.named import documents_of_people, turns_of_people
from styrdokument.store.renaming import moves_since


def departures(house: House, within: Within, *, on: date) -> list[Departure]:
    """Everybody who has left, moved or is away for long, and is named on something."""
    look = _Look(house, within, on)
    found = (*look.left(), *look.moved(), *look.away())
    return [one for one in found if one.documents or one.turns]


def long_absences(house: House, *, on: date) -> dict[PersonId, Absence]:
    """Those who are away on a day, and for long."""
    return {person: one for person, one in house.wishes.away(on).items() if one.is_long}


def note_absence(house: House, actor: Actor, absence: Absence) -> None:
    """Note when somebody is away, in the place of what was noted before. Raises Refused."""
    _check_may_say(actor, absence.person)
    if absence.until and absence.until < absence.since:
        raise Refused(
            Problem(code=Code.DATES_OUT_OF_ORDER, field="until", rule="ends_before_it_begins")
        )
    house.wishes.note_absence(absence)


def end_absence(house: House, actor: Actor, person: PersonId) -> None:
    """Note that somebody is here. Raises Refused."""
    _check_may_say(actor, person)
    house.wishes.end_absence(person)


def successor_to(house: House, person: PersonId, *, on: date) -> Entry:
    """Who might take over from somebody; empty where nobody is there to propose."""
    known = house.directory.person(person)
    here = house.directory.here(people_who_may_succeed(house.registers, on=on))
    unit = known.unit if known else ""
    return proposed_successor(house.registers, person, unit, on=on, here=here)


def _check_may_say(actor: Actor, person: PersonId) -> None:
    if not may_say_absence_of(person, actor):
        raise Refused(Problem(code=Code.WRONG_ROLE))


class _Look:
    """One look at everybody who is named, on a day."""

    def __init__(self, house: House, within: Within, on: date) -> None:
        self._house, self._on, self._registers = house, on, house.registers
        self._counts = Counter[tuple[str, str]]()
        for row in documents_of_people(house.desk.engine, within, on=on):
            self._counts[row["entry"], row["unit"]] += row["documents"]
        self._turns = turns_of_people(house.desk.engine, within)
        self._named = {PersonId(entry) for entry, _ in self._counts} | {*map(PersonId, self._turns)}
        asked = self._named | people_who_may_succeed(self._registers, on=on)
        self._here = house.directory.here(asked)
        self._known = house.directory.known(self._named)

    def left(self) -> Iterator[Departure]:
        """Those whose account is closed."""
        for person in self._by_name(self._named - self._here):
            tie = self._house.directory.ties.of(person)
            left = tie.left_at.astimezone(STOCKHOLM).date() if tie and tie.left_at else None
            yield self._departure(person, Change.LEFT, since=left, unit=self._unit(person))

    def moved(self) -> Iterator[Departure]:
        """Those who are named in the unit that they came from."""
        since = midnight_before(self._on, MOVED_LATELY.days)
        moves = moves_since(self._house.journal.engine, since)
        came = {one.person: one for one in moves if one.person in self._named & self._here}
        for person in self._by_name(came.keys()):
            move = came[person]
            day, units = move.at.astimezone(STOCKHOLM).date(), self._registers.below(move.unit)
            if any(self._counts[person, unit] for unit in units):
                yield self._departure(person, Change.MOVED, since=day, unit=move.unit, units=units)

    def away(self) -> Iterator[Departure]:
        """Those who are away for long."""
        absent = long_absences(self._house, on=self._on)
        for person in self._by_name(absent.keys() & self._named & self._here):
            one = absent[person]
            yield self._departure(
                person, Change.AWAY, since=one.since, until=one.until, unit=self._unit(person)
            )

    def _departure(
        self,
        person: PersonId,
        change: Change,
        *,
        since: date | None,
        unit: str,
        until: date | None = None,
        units: frozenset[str] = frozenset(),
    ) -> Departure:
        counted = {place: n for (who, place), n in self._counts.items() if who == person}
        return Departure(
            person=person,
            change=change,
            since=since,
            until=until,
            unit=unit,
            documents=sum(n for place, n in counted.items() if not units or place in units),
            turns=self._turns.get(person, 0),
            successor=proposed_successor(
                self._registers, person, unit, on=self._on, here=self._here
            ),
        )

    def _unit(self, person: PersonId) -> str:
        return self._known[person].unit if person in self._known else ""

    def _by_name(self, people: AbstractSet[PersonId]) -> list[PersonId]:
        known = self._known
        return sorted(people, key=lambda one: (known[one].name if one in known else "", one))
