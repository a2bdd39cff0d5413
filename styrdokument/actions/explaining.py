"""Reminders in words: which stage one was, and why just this person got it.

The same words on a terminal, on a page and in a mail, so that nobody is told two reasons.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from styrdokument.actions.house import House
from styrdokument.domain.people import Entry, PersonId, is_person
from styrdokument.domain.recipients import Part
from styrdokument.domain.registers import Registers
from styrdokument.domain.reminders import About, about_of, period_of
from styrdokument.words import Words

Reason = Mapping[str, Any]
"""A recipient in plain values, as `reminding.reason_of` has it."""
Names = Mapping[str, str]
"""People's names by their ids."""
_AT_ONCE = 1000


def names_of(house: House, people: Collection[str]) -> Names:
    """The names of those whom the directory knows, here or not."""
    asked, found = sorted(PersonId(one) for one in people if is_person(one)), dict[str, str]()
    for start in range(0, len(asked), _AT_ONCE):
        known = house.directory.known(asked[start : start + _AT_ONCE])
        found |= {str(one): person.name for one, person in known.items()}
    return found


def people_in(reasons: Iterable[Reason]) -> set[str]:
    """Everybody whom some reasons name."""
    return {missing["entry"] for reason in reasons for missing in reason["instead_of"]}


def stage_said(words: Words, stage: str) -> str:
    """A stage's name in words: "3 months" is three months before."""
    if about_of(stage) is About.AFTER_REVIEW:
        return words.say("reminder.after_review", stage=stage_said(words, period_of(stage)))
    is_after = stage.startswith("after ")
    count, _, unit = stage.removeprefix("after ").partition(" ")
    if not is_after and count == "0":
        return words.say("reminder.last_day")
    key = f"reminder.{unit.rstrip('s')}_{'after' if is_after else 'before'}"
    return words.say(key if count == "1" else f"{key}_many", count=count)


def reason_said(words: Words, reason: Reason, registers: Registers, names: Names) -> str:
    """As what somebody is told, and in whose place."""
    part = _part_said(words, reason["part"], reason["entry"], registers)
    instead = [
        words.say(
            "reminder.instead_of",
            part=words.say(f"reminder.the_{missing['part']}"),
            entry=_entry_said(words, missing["entry"], registers, names),
            why=words.say(f"absence.{missing['why']}"),
        )
        for missing in reason["instead_of"]
    ]
    return ", ".join([part, *instead])


def _part_said(words: Words, part: str, entry: Entry, registers: Registers) -> str:
    said = words.say(f"reminder.part_{part}")
    function = registers.functions.get(entry)
    if function is None or part == Part.ADMINISTRATOR:
        return said
    label = words.label(function.label)
    if label.casefold() == said.casefold():
        return said
    return words.say("reminder.by_function", part=said, function=label)


def _entry_said(words: Words, entry: Entry, registers: Registers, names: Names) -> str:
    if not entry:
        return ""
    if is_person(entry):
        return f" {names.get(entry, entry)}"
    function = registers.functions.get(entry)
    return f" ({words.label(function.label) if function else entry})"
