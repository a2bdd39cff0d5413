"""Why nobody is behind what a document names, on a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from styrdokument.domain.people import Function, Holding, Unit
from styrdokument.domain.vacancy import Vacancy, people_behind, vacancy_of, vacancy_of_unit
from tests.cast import (
    ALMA,
    CAST,
    DAG,
    FRANS,
    HEAD_OF_MEDICINE,
    HEAD_OF_SURGERY,
    JULY,
    REGISTERS,
    TODAY,
    registers_with,
)

EVERYBODY = frozenset(person.id for person in CAST)
ENDED = Function(
    slug="hygienrad",
    label={"sv": "Hygienråd"},
    holders=(Holding(person=ALMA.id),),
    until=TODAY - timedelta(days=1),
)


def why(entry, *, registers=REGISTERS, on=TODAY, here=EVERYBODY):
    return vacancy_of(registers, entry, on=on, here=here)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (ALMA.id, None),
        ("hygienlakare", None),
        ("", Vacancy.MISSING),
        ("finns-inte", Vacancy.UNKNOWN),
        (HEAD_OF_SURGERY, Vacancy.NO_HOLDER),
        ("hygienrad", Vacancy.ENDED),
    ],
)
def test_an_entry_has_somebody_behind_it_or_a_reason_why_not(entry, expected):
    assert why(entry, registers=registers_with(ENDED)) is expected


def test_somebody_who_has_left_leaves_roles_and_functions_behind():
    here = EVERYBODY - {DAG.id}
    assert why(DAG.id, here=here) is Vacancy.LEFT
    assert why(HEAD_OF_MEDICINE, here=here) is Vacancy.NO_HOLDER


def test_a_stand_in_fills_the_place_on_their_days_alone():
    here = EVERYBODY - {DAG.id}
    assert why(HEAD_OF_MEDICINE, on=JULY.since, here=here) is None
    assert why(HEAD_OF_MEDICINE, on=JULY.until, here=here) is None
    assert why(HEAD_OF_MEDICINE, on=JULY.until + timedelta(days=1), here=here) is Vacancy.NO_HOLDER


def test_a_function_is_vacant_from_the_day_after_its_holders_last():
    last = Holding(person=ALMA.id, since=date(2026, 1, 1), until=TODAY)
    registers = registers_with(Function(slug="tillfallig", label={}, holders=(last,)))
    assert why("tillfallig", registers=registers) is None
    after = TODAY + timedelta(days=1)
    assert why("tillfallig", registers=registers, on=after) is Vacancy.NO_HOLDER


def test_a_unit_ends_after_its_last_day():
    ending = Unit(slug="avdelning-31", label={}, until=TODAY)
    registers = replace(REGISTERS, units={**REGISTERS.units, "avdelning-31": ending})
    after = TODAY + timedelta(days=1)
    assert vacancy_of_unit(registers, "avdelning-31", on=TODAY) is None
    assert vacancy_of_unit(registers, "avdelning-31", on=after) is Vacancy.ENDED
    assert vacancy_of_unit(registers, "finns-inte", on=TODAY) is Vacancy.UNKNOWN
    assert vacancy_of_unit(registers, "", on=TODAY) is Vacancy.MISSING


def test_the_people_behind_entries_are_those_named_and_those_who_act_today():
    assert people_behind(REGISTERS, [ALMA.id, HEAD_OF_MEDICINE], on=TODAY) == {ALMA.id, DAG.id}
    assert FRANS.id in people_behind(REGISTERS, [HEAD_OF_MEDICINE], on=JULY.since)
