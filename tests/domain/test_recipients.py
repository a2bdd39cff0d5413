"""Who is told of a reminder, and why: never nobody, and nobody twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.document import Roles
from styrdokument.domain.people import Unit
from styrdokument.domain.recipients import NO_ADDRESS, Missing, Organisation, Part, recipients
from styrdokument.domain.reminders import Stage
from styrdokument.domain.vacancy import Vacancy
from tests.cast import (
    ALMA,
    ARVID,
    CAST,
    DAG,
    DIRECTOR,
    EVA,
    FRANS,
    GUN,
    HEAD_OF_MEDICINE,
    KARIN,
    REGISTERS,
    ROLES,
    TODAY,
    function,
    registers_with,
)

EVERYBODY = frozenset(person.id for person in CAST)
DAY = timedelta(days=1)


def stage(days_left: int, level: int = 0) -> Stage:
    return Stage(name="x", on=TODAY, days_left=days_left, level=level)


def known(here=EVERYBODY, *, registers=REGISTERS, reachable=None, administrators=(EVA.id,)):
    reachable = here if reachable is None else reachable
    return Organisation(
        registers=registers,
        on=TODAY,
        here=here,
        reachable=reachable,
        administrators=administrators,
    )


def told(days_left: int, level: int = 0, *, roles: Roles = ROLES, **how):
    return {
        one.person: one.part for one in recipients(roles, stage(days_left, level), known(**how))
    }


BASE = {ALMA.id: Part.CASE_OFFICER, FRANS.id: Part.FACT_OWNER}


def test_the_nearer_the_end_the_more_are_told():
    assert told(91) == BASE
    assert told(30) == BASE | {DAG.id: Part.HEAD}
    assert told(14) == BASE | {DAG.id: Part.HEAD, KARIN.id: Part.CONTROLLER}
    roles = replace(ROLES, adopter=("regionfullmaktige",))
    assert told(0, roles=roles) == BASE | {
        DAG.id: Part.HEAD,
        GUN.id: Part.ADOPTER,
        KARIN.id: Part.CONTROLLER,
    }


def test_each_month_after_the_last_day_it_goes_one_level_higher():
    registers = registers_with(function(DIRECTOR, ARVID))
    assert ARVID.id not in told(0, registers=registers)
    assert told(-31, 1, registers=registers)[ARVID.id] is Part.HEAD
    assert told(-900, 30, registers=registers)[ARVID.id] is Part.HEAD


def why(person, here, **how):
    found = recipients(ROLES, stage(91), known(here, **how))
    return next(one.instead_of for one in found if one.person == person.id)


def test_whoever_has_left_is_replaced_by_the_next_in_line_and_it_says_in_whose_place():
    alma_left = Missing(part=Part.CASE_OFFICER, entry=ALMA.id, why=Vacancy.LEFT)
    frans_left = Missing(part=Part.FACT_OWNER, entry="hygienlakare", why=Vacancy.NO_HOLDER)
    without = EVERYBODY - {ALMA.id}
    assert told(91, here=without) == {FRANS.id: Part.FACT_OWNER}
    assert why(FRANS, without) == (alma_left,)
    without -= {FRANS.id}
    assert told(91, here=without) == {DAG.id: Part.HEAD}
    assert why(DAG, without) == (alma_left, frans_left)
    without -= {DAG.id}
    assert told(91, here=without) == {KARIN.id: Part.CONTROLLER}
    without -= {KARIN.id}
    assert told(91, here=without) == {EVA.id: Part.ADMINISTRATOR}


def test_a_unit_that_has_ended_is_answered_for_by_the_one_that_took_over():
    ended = Unit(
        slug="hygien",
        label={},
        until=TODAY - DAY,
        succeeded_by="medicinkliniken",
        head="finns-inte",
    )
    registers = replace(REGISTERS, units={**REGISTERS.units, "hygien": ended})
    roles = replace(ROLES, unit="hygien")
    assert told(30, roles=roles, registers=registers)[DAG.id] is Part.HEAD


def test_somebody_without_an_address_is_passed_by_while_another_has_one():
    reachable = EVERYBODY - {ALMA.id}
    assert told(91, reachable=reachable) == {FRANS.id: Part.FACT_OWNER}
    assert why(FRANS, EVERYBODY, reachable=reachable)[0].why == NO_ADDRESS
    assert told(91, reachable=frozenset()) == BASE


entries = st.sampled_from(["", "finns-inte", HEAD_OF_MEDICINE, *(person.id for person in CAST)])


all_roles = st.builds(
    Roles,
    unit=st.sampled_from(["", "finns-inte", *REGISTERS.units]),
    case_officer=entries,
    fact_owner=entries,
    adopter=st.lists(entries, max_size=2).map(tuple),
)
some_people = st.sets(st.sampled_from([person.id for person in CAST]))


@given(some_people, some_people, all_roles, st.integers(-400, 100), st.integers(0, 5))
def test_a_reminder_never_goes_to_nobody_nor_twice_to_one(here, reachable, roles, days_left, level):
    here |= {EVA.id}
    organisation = known(frozenset(here), reachable=frozenset(here & reachable))
    found = recipients(roles, stage(days_left, level), organisation)
    people = [one.person for one in found]
    assert people
    assert len(people) == len(set(people))
    assert set(people) <= here
    if here & reachable & {EVA.id}:
        assert set(people) <= reachable


@given(
    some_people,
    st.lists(st.tuples(all_roles, st.integers(-400, 100), st.integers(0, 5)), max_size=8),
)
def test_who_is_told_of_one_document_does_not_follow_from_those_before_it(here, documents):
    together = known(frozenset(here))
    for roles, days_left, level in documents:
        alone = recipients(roles, stage(days_left, level), known(frozenset(here)))
        assert recipients(roles, stage(days_left, level), together) == alone


@pytest.mark.parametrize("days_left", [91, 14, -31])
def test_only_where_there_is_not_even_an_administrator_is_nobody_told(days_left):
    assert told(days_left, here=frozenset(), administrators=()) == {}
