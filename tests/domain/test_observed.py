"""Holding a function by a group: what is gone by today, and what is told of days that are past."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.observed import Observed, with_observed
from tests.cast import ALMA, DAG, TODAY, actor, function, registers_with

GROUP, OTHER = "0b9c2a6e-0000-4000-8000-000000000001", "0b9c2a6e-0000-4000-8000-000000000002"
DAY = timedelta(days=1)
CHIEF = replace(function("chief", DAG), group=GROUP)
SEEN = Observed(
    function="chief",
    group=GROUP,
    person=ALMA.id,
    first_seen=TODAY - 10 * DAY,
    last_seen=TODAY - DAY,
)


def holders(seen: Observed, on: date, today: date = TODAY) -> set[str]:
    return set(with_observed({"chief": CHIEF}, [seen], on=today)["chief"].holders_on(on))


def test_whoever_is_in_the_group_holds_beside_those_of_the_register() -> None:
    assert holders(SEEN, TODAY) == {DAG.id, ALMA.id}
    assert holders(SEEN, SEEN.first_seen) == {DAG.id, ALMA.id}
    assert holders(SEEN, SEEN.first_seen - DAY) == {DAG.id}


def test_a_day_without_a_look_ends_nothing() -> None:
    assert ALMA.id in holders(replace(SEEN, last_seen=TODAY - 9 * DAY), TODAY)


def test_whoever_was_seen_to_be_out_holds_no_more_that_day_and_did_the_days_before() -> None:
    out = replace(SEEN, last_seen=TODAY, over_on=TODAY)

    assert ALMA.id not in holders(out, TODAY)
    assert ALMA.id in holders(out, TODAY - DAY)
    assert ALMA.id in holders(out, TODAY, today=TODAY + DAY), "a part of that day, in hindsight"


def test_another_group_gives_nothing_by_the_first_ones_members() -> None:
    assert ALMA.id not in holders(replace(SEEN, group=OTHER), TODAY)
    assert ALMA.id in holders(replace(SEEN, group=OTHER), TODAY - DAY)


def test_what_is_seen_gives_what_the_function_gives() -> None:
    registers = registers_with(CHIEF)
    found = replace(registers, functions=with_observed(registers.functions, [SEEN], on=TODAY))

    assert "chief" in actor(ALMA, found).functions
    assert "chief" not in actor(ALMA, registers).functions
    assert found.holders("chief", on=TODAY) == (DAG.id, ALMA.id)
    assert with_observed(registers.functions, [replace(SEEN, function="gone")], on=TODAY)


@given(st.integers(0, 20), st.integers(0, 20), st.none() | st.integers(0, 20), st.integers(-5, 30))
def test_nobody_holds_today_by_what_is_over(
    first: int, lasts: int, over: int | None, on: int
) -> None:
    begins = TODAY - 20 * DAY + first * DAY
    last = begins + lasts * DAY
    seen = replace(
        SEEN,
        first_seen=begins,
        last_seen=last,
        over_on=None if over is None else last + over * DAY,
    )
    today = max(last, seen.over_on or last) + abs(on) * DAY

    assert (ALMA.id in holders(seen, today, today)) is (seen.over_on is None)
    assert ALMA.id not in holders(seen, begins - DAY, today)
