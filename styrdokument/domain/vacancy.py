"""Why nobody is behind what a document names: a person, a function or a unit, on a day.

Nobody is told here to be gone by name alone: who is `here` is the directory's to say.
"""

from collections.abc import Container, Iterable
from datetime import date
from enum import StrEnum

from styrdokument.domain.people import Entry, PersonId, is_person
from styrdokument.domain.registers import Registers


class Vacancy(StrEnum):
    """Why nobody is behind an entry or a unit."""

    MISSING = "missing"
    """Nobody was ever named."""
    UNKNOWN = "unknown"
    """No register and no directory has it."""
    LEFT = "left"
    """The person's account is closed."""
    ENDED = "ended"
    """The function or unit has ended."""
    NO_HOLDER = "no_holder"
    """Nobody who is here holds the function, or stands in for its holder."""


def vacancy_of(
    registers: Registers, entry: Entry, *, on: date, here: Container[PersonId]
) -> Vacancy | None:
    """Why nobody answers to an entry on a day; None where somebody does. `here` are not gone."""
    if not entry:
        return Vacancy.MISSING
    if is_person(entry):
        return None if PersonId(entry) in here else Vacancy.LEFT
    function = registers.functions.get(entry)
    if function is None:
        return Vacancy.UNKNOWN
    if function.until and on > function.until:
        return Vacancy.ENDED
    holders = registers.holders(entry, on=on)
    return None if any(holder in here for holder in holders) else Vacancy.NO_HOLDER


def vacancy_of_unit(registers: Registers, slug: str, *, on: date) -> Vacancy | None:
    """Why no unit answers for a document on a day; None where one does."""
    unit = registers.units.get(slug)
    if unit is None:
        return Vacancy.UNKNOWN if slug else Vacancy.MISSING
    return Vacancy.ENDED if unit.until and on > unit.until else None


def people_behind(registers: Registers, entries: Iterable[Entry], *, on: date) -> set[PersonId]:
    """Everybody whom some of `entries` names or who acts in one of them on the day."""
    return {person for entry in entries for person in registers.holders(entry, on=on)}
