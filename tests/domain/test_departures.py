"""Who might take over from somebody who left, moved or is away for long."""

from datetime import date, timedelta

import pytest

from styrdokument.domain.departures import LONG, Absence, proposed_successor
from styrdokument.domain.people import Function, Holding, PersonId, Unit
from styrdokument.domain.registers import Registers
from tests.cast import ALMA, DAG, GUN, KARIN, TODAY

DAY = timedelta(days=1)


def held(slug: str, *holders: PersonId, stand_ins: tuple[PersonId, ...] = ()) -> Function:
    return Function(
        slug=slug,
        label={},
        holders=tuple(Holding(person=one) for one in holders),
        stand_ins=tuple(Holding(person=one) for one in stand_ins),
    )


def region(*functions: Function) -> Registers:
    units = (
        Unit(slug="region", label={}, head="director"),
        Unit(slug="clinic", label={}, parent="region", head="chief"),
        Unit(slug="ward", label={}, parent="clinic"),
    )
    return Registers(
        units={one.slug: one for one in units}, functions={one.slug: one for one in functions}
    )


def proposed(registers: Registers, *, here: set[PersonId], unit: str = "ward") -> str:
    return proposed_successor(registers, ALMA.id, unit, on=TODAY, here=here)


def test_whoever_stands_in_for_somebody_comes_first():
    registers = region(held("nurse", ALMA.id, stand_ins=(GUN.id,)), held("chief", DAG.id))
    assert proposed(registers, here={GUN.id, DAG.id}) == GUN.id
    assert proposed(registers, here={DAG.id}) == "chief", "who stood in has left as well"


def test_else_the_head_of_the_unit_or_of_the_nearest_above_with_somebody_there():
    registers = region(held("chief", DAG.id), held("director", KARIN.id))
    assert proposed(registers, here={DAG.id, KARIN.id}) == "chief"
    assert proposed(registers, here={KARIN.id}) == "director"
    assert proposed(registers, here=set()) == ""
    assert proposed(registers, here={DAG.id}, unit="nowhere") == ""


def test_nobody_is_proposed_to_take_over_from_themselves():
    registers = region(held("chief", ALMA.id), held("director", KARIN.id))
    assert proposed(registers, here={ALMA.id, KARIN.id}) == "director"


def test_an_absence_covers_its_first_and_its_last_day():
    away = Absence(person=ALMA.id, since=TODAY, until=TODAY + DAY)
    days = [TODAY - DAY, TODAY, TODAY + DAY, TODAY + 2 * DAY]
    assert [away.covers(day) for day in days] == [False, True, True, False]
    assert Absence(person=ALMA.id, since=TODAY).covers(date.max)


@pytest.mark.parametrize(("days", "is_long"), [(27, False), (28, True), (None, True)])
def test_an_absence_of_four_weeks_or_of_nobody_knows_how_long_is_long(days, is_long):
    until = TODAY + (days - 1) * DAY if days else None
    assert Absence(person=ALMA.id, since=TODAY, until=until).is_long is is_long
    assert LONG.days == 28
