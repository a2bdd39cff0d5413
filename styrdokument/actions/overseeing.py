"""What the controller oversees: what needs somebody's care, and where nobody is there to give it.

Who holds what is looked up live: registers and directory change without any document changing, so
nothing of this is kept.
"""

from collections import Counter
from datetime import date, datetime, time

from styrdokument.actions.house import STOCKHOLM, House
from styrdokument.domain.overview import Concern, Counted
from styrdokument.domain.vacancy import people_behind, vacancy_of, vacancy_of_unit
from styrdokument.domain.validity import Standing
from styrdokument.store.desk import Within
from styrdokument.store.narrowing import Vacant

_CONCERNS = {Standing.EXPIRED: Concern.EXPIRED, Standing.DUE: Concern.DUE}


def vacant_on(house: House, day: date) -> Vacant:
    """The entries and units that documents name and that nobody is behind on a day."""
    named, registers = house.desk.named(), house.registers
    here = house.directory.here(people_behind(registers, named.entries, on=day))
    return Vacant(
        entries=frozenset(
            entry
            for entry in named.entries
            if vacancy_of(registers, entry, on=day, here=here) is not None
        ),
        units=frozenset(u for u in named.units if vacancy_of_unit(registers, u, on=day)),
    )


def counted_on(house: House, within: Within, *, on: date, days: int) -> Counted:
    """How many of each concern by unit and type, on a day; cases are stuck after more `days`."""
    found = Counter[tuple[str, str, Concern]]()
    for row in house.desk.counts(within, vacant_on(house, on), on=on):
        place = row["unit"], row["type"]
        found[*place, Concern.ALL] += row["all"]
        found[*place, Concern.OWNERLESS] += row["ownerless"]
        found[*place, Concern.URGENT] += row["urgent"]
        if concern := _CONCERNS.get(Standing(row["standing"])):
            found[*place, concern] += row["all"]
    for row in house.desk.case_counts(within, unchanged_before=midnight_before(on, days)):
        place = row["unit"], row["type"]
        found[*place, Concern.CASES] += row["cases"]
        found[*place, Concern.STUCK] += row["stuck"]
    return found


def midnight_before(on: date, days: int) -> datetime:
    """The moment at which the day began that lies `days` days before a day."""
    first = max(on.toordinal() - days, date.min.toordinal() + 1)
    return datetime.combine(date.fromordinal(first), time.min, STOCKHOLM)
