"""With what support a decision is taken: the type table's grounds, and a board's minutes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from styrdokument.domain.case import Kind, Step
from styrdokument.domain.decision import allowed_bases, basis_of, basis_record, decided_on
from styrdokument.domain.decisionfile import Basis, BasisKind
from styrdokument.domain.matter import Given
from tests.cast import (
    DAG,
    FRANS,
    GUN,
    MINUTES,
    ROUTINE,
    TODAY,
    boards_adopted,
    hygiene_adopted,
    registers_with,
)
from tests.steps import did, opened, reasons, reviewed, reviewed_policy

TOMORROW = TODAY + timedelta(days=1)


def test_the_first_ground_of_the_type_stands_unless_another_is_given():
    matter = reviewed()

    assert basis_of(matter, Given()) is BasisKind.HEAD_OF_OPERATIONS
    assert basis_of(matter, Given(basis=BasisKind.DELEGATION)) is BasisKind.DELEGATION
    assert reasons(matter, basis=BasisKind.COURT) == {"basis_not_allowed/basis"}


def test_several_types_share_the_grounds_that_all_allow():
    strict = replace(ROUTINE, slug="instruction", basis=("delegation",))
    other = hygiene_adopted(id=1077, type="instruction")
    registers = registers_with(types=[strict])
    matter = opened(Kind.REPEAL, hygiene_adopted(), other, registers=registers)

    assert allowed_bases(matter) == ("delegation",)
    assert allowed_bases(replace(matter, drafts={})) == ()


def test_an_unusual_ground_is_explained():
    registers = registers_with(types=[replace(ROUTINE, basis=("other",))])
    matter = reviewed(registers=registers)

    assert reasons(matter) == {"needs_reason/basis_reason"}
    assert reasons(matter, basis_reason="Avtal med kommunen.") == set()


def test_a_boards_text_is_adopted_by_its_minutes_only():
    # rule 19
    matter = reviewed_policy()

    assert reasons(matter, GUN, **MINUTES) == set()
    assert reasons(matter, GUN) == {f"needs_minutes/{name}" for name in MINUTES}
    assert reasons(matter, GUN, basis=BasisKind.DELEGATION) == {"basis_not_allowed/minutes_only"}
    assert reasons(matter, DAG) >= {"wrong_role/decide"}


@pytest.mark.parametrize("kind", [Kind.EXTEND, Kind.REPEAL])
def test_a_boards_text_is_extended_and_repealed_by_the_board(kind):
    # rules 9, 12 and 19
    matter = opened(kind, boards_adopted())
    matter = did(matter, Step.APPROVE, FRANS) if kind is Kind.EXTEND else matter

    assert reasons(matter, GUN, **MINUTES) == set()
    assert "needs_minutes/body" in reasons(matter, GUN)


@pytest.mark.parametrize("missing", MINUTES)
def test_until_the_section_is_confirmed_the_text_is_not_adopted(missing):
    # rule 19
    said = {**MINUTES, missing: None if "_on" in missing or "date" in missing else " "}

    assert reasons(reviewed_policy(), GUN, **said) == {f"needs_minutes/{missing}"}


def test_immediate_confirmation_counts_and_one_to_come_does_not():
    # rule 19
    same_day = {**MINUTES, "minutes_date": TODAY, "minutes_confirmed_on": TODAY}
    to_come = {**MINUTES, "minutes_date": TOMORROW, "minutes_confirmed_on": TOMORROW}

    assert reasons(reviewed_policy(), GUN, **same_day) == set()
    assert reasons(reviewed_policy(), GUN, **to_come) == {"needs_minutes/in_the_future"}


def test_the_day_of_a_boards_decision_is_the_meetings():
    # rule 3
    matter = reviewed_policy()

    assert decided_on(matter, Given(**MINUTES)) == MINUTES["minutes_date"]
    assert decided_on(matter, Given()) == TODAY
    assert decided_on(reviewed(), Given(**MINUTES)) == TODAY


def test_the_ground_is_recorded_with_the_minutes_where_there_are_any():
    # rule 19
    said = Given(**MINUTES, minutes_sha256="ab" * 32, mandate=" KL 6:38 ")

    assert basis_record(reviewed_policy(), said) == Basis(
        kind=BasisKind.MINUTES,
        mandate="KL 6:38",
        body="Regionfullmäktige",
        minutes_date=MINUTES["minutes_date"],
        section="§ 112",
        confirmed_on=MINUTES["minutes_confirmed_on"],
        minutes_sha256="ab" * 32,
    )
    assert basis_record(reviewed(), said).body is None
