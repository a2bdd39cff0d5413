"""Numbers by unit add up along the tree of units."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.overview import (
    Concern,
    by_type,
    by_unit,
    by_unit_and_type,
    totals,
)
from styrdokument.domain.people import Unit
from tests.cast import REGISTERS

COUNTED = {
    ("medicinkliniken", "routine", Concern.ALL): 5,
    ("medicinkliniken", "routine", Concern.EXPIRED): 2,
    ("avdelning-31", "routine", Concern.ALL): 1,
    ("region", "policy", Concern.ALL): 3,
    ("okand", "routine", Concern.ALL): 4,
}
NUMBERS = st.dictionaries(
    st.tuples(
        st.sampled_from([*REGISTERS.units, "okand", ""]),
        st.sampled_from(["routine", "policy"]),
        st.sampled_from(list(Concern)),
    ),
    st.integers(0, 9),
)


def test_a_unit_has_its_own_and_those_of_the_units_below():
    lines = {line.slug: line.numbers["all"] for line in by_unit(COUNTED, REGISTERS)}
    assert lines == {
        "region": 9,
        "halso-och-sjukvard": 6,
        "medicinkliniken": 6,
        "avdelning-31": 1,
        "okand": 4,
    }


def test_units_stand_in_the_order_of_the_tree_and_the_unknown_last():
    lines = [(line.slug, line.depth) for line in by_unit(COUNTED, REGISTERS)]
    assert lines == [
        ("region", 0),
        ("halso-och-sjukvard", 1),
        ("medicinkliniken", 2),
        ("avdelning-31", 3),
        ("okand", 0),
    ]


def test_a_type_has_its_own():
    lines = {line.slug: dict(line.numbers) for line in by_type(COUNTED)}
    assert lines == {"policy": {"all": 3}, "routine": {"all": 10, "expired": 2}}


def test_only_what_is_shown_is_crossed():
    lines = by_unit_and_type(COUNTED, REGISTERS, Concern.EXPIRED)
    assert [line.slug for line in lines] == ["region", "halso-och-sjukvard", "medicinkliniken"]
    assert {line.numbers["routine"] for line in lines} == {2}


def test_units_in_a_ring_are_counted_and_the_counting_ends():
    ring = {one: Unit(slug=one, label={}, parent=other) for one, other in (("a", "b"), ("b", "a"))}
    registers = replace(REGISTERS, units=ring)
    lines = by_unit({("a", "routine", Concern.ALL): 1}, registers)
    assert {line.slug: line.numbers["all"] for line in lines} == {"a": 1, "b": 1}


@given(counted=NUMBERS)
def test_nothing_is_lost_or_counted_twice(counted):
    roots = [line for line in by_unit(counted, REGISTERS) if line.depth == 0]
    for concern, number in totals(counted).items():
        assert sum(line.numbers[concern] for line in roots) == number
        assert sum(line.numbers.get(concern, 0) for line in by_type(counted)) == number
