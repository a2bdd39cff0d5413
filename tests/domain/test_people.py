"""Holdings by day, and what somebody signed in answers to."""

from dataclasses import replace
from datetime import date

import pytest

from styrdokument.domain.people import Actor, Holding, is_person
from tests.cast import ALMA, BIRGIT, DAG, FRANS, HEAD_OF_MEDICINE, JULY, REGISTERS, function

HEAD = REGISTERS.functions[HEAD_OF_MEDICINE]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 6, 30), False), (JULY.since, True), (JULY.until, True), (date(2026, 8, 1), False)],
)
def test_both_days_of_a_holding_are_included(day, expected):
    assert JULY.covers(day) is expected


def test_a_holding_without_days_lasts():
    assert Holding(person=DAG.id).covers(date.min)
    assert Holding(person=DAG.id).covers(date.max)


def test_a_stand_in_is_not_an_ordinary_holder():
    assert HEAD.holders_on(date(2026, 7, 15)) == (DAG.id,)
    assert HEAD.stand_ins_on(date(2026, 7, 15)) == (FRANS.id,)
    assert HEAD.stand_ins_on(date(2026, 8, 15)) == ()


def test_nobody_holds_a_function_that_has_ended():
    # rule 18
    ended = replace(HEAD, until=date(2026, 7, 14))

    assert ended.holders_on(date(2026, 7, 14)) == (DAG.id,)
    assert ended.holders_on(date(2026, 7, 15)) == ()
    assert ended.stand_ins_on(date(2026, 7, 15)) == ()


def test_somebody_answers_to_their_name_and_to_their_functions_only():
    birgit = Actor(person=BIRGIT, functions=frozenset({"smittskydd"}))

    assert birgit.answers_to(BIRGIT.id)
    assert birgit.answers_to_any((ALMA.id, "smittskydd"))
    assert not birgit.answers_to_any((ALMA.id, "hygienlakare"))
    assert not birgit.answers_to("")


def test_a_function_is_never_taken_for_a_person():
    assert is_person(ALMA.id)
    assert not is_person(function("patientnamnden").slug)
