"""What letters are made of, looked up for some that go one right after the other.

It is looked up as they go and not before (decision 0019), so it is for few of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from styrdokument.actions.explaining import Names, names_of, people_in
from styrdokument.actions.house import House
from styrdokument.domain.registers import Registers
from styrdokument.domain.reminders import About
from styrdokument.store.catalogue import Row
from styrdokument.store.outbox import Key
from styrdokument.store.reminders import DIGEST


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What was looked up: people's languages, and of digests what they are about.

    `watched` has the documents that still are, by what they are watched for, `cases` the open ones
    on each, with whose turn it is; `names` are of everybody whom any of it names.
    """

    registers: Registers
    today: date
    languages: Mapping[str, str]
    reminders: Mapping[Key, Sequence[Row]]
    watched: Mapping[About, Mapping[int, Row]]
    cases: Mapping[int, Sequence[Row]]
    names: Names


def look_up(house: House, keys: Sequence[Key]) -> Facts:
    """What the letters of these keys need."""
    found = house.reminders.within([key for key in keys if key.kind == DIGEST])
    rows = [row for of_one in found.values() for row in of_one]
    documents = sorted({row["document"] for row in rows})
    cases = house.watch.cases_on(documents)
    turns = {one["entry"] for of_one in cases.values() for one in of_one}
    return Facts(
        registers=house.registers,
        today=house.today,
        languages=house.wishes.languages({key.recipient for key in keys}),
        reminders=found,
        watched={one: house.watch.of(documents, one) for one in About},
        cases=cases,
        names=names_of(house, turns | people_in(row["reason"] for row in rows)),
    )


def current(house: House, key: Key, facts: Facts) -> Facts:
    """The facts as they are, or looked up anew where more has been put in this mail since.

    Somebody's reminders may have gone to another, whose letter comes next.
    """
    is_whole = house.reminders.count(key) == len(facts.reminders.get(key, ()))
    return facts if is_whole else look_up(house, [key])
