"""What a decision demands: who decides, and over what."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from styrdokument.domain.case import HAS_TEXT, Kind, Step
from styrdokument.domain.decision import replaced
from styrdokument.domain.decisionfile import BasisKind
from styrdokument.domain.problems import Code
from tests.cast import (
    ALMA,
    ARVID,
    ASSEMBLY,
    BOARDS_ROLES,
    DAG,
    DIRECTOR,
    EVA,
    FRANS,
    GUN,
    HEAD_OF_MEDICINE,
    HEAD_OF_SURGERY,
    HYGIENE,
    KARIN,
    MINUTES,
    POLICY,
    ROLES,
    ROUTINE,
    TODAY,
    actor,
    boards_adopted,
    function,
    hygiene_adopted,
    hygiene_draft,
    registers_with,
)
from tests.steps import after, codes, did, opened, problems, reasons, reviewed

YESTERDAY = TODAY - timedelta(days=1)
IN_JULY = date(2026, 7, 15)


def test_the_adopter_holds_a_function_of_the_type_on_that_day():
    # rule 18
    named = hygiene_draft(roles=replace(ROLES, adopter=(EVA.id, DAG.id)))
    matter = reviewed(named)

    assert codes(matter, Step.DECIDE, DAG) == set()
    assert reasons(matter, EVA) == {"wrong_role/decide"}
    left = replace(matter, registers=registers_with(function(HEAD_OF_MEDICINE, EVA)))
    assert reasons(left, DAG) == {"wrong_role/decide"}
    assert reasons(left, EVA) == set()


def test_a_holder_of_the_function_who_is_not_named_does_not_adopt():
    # rule 18
    matter = reviewed(registers=registers_with(function(DIRECTOR, EVA)))

    assert codes(matter, Step.DECIDE, EVA) == {Code.WRONG_ROLE}


def test_a_stand_in_decides_while_standing_in():
    # rule 18
    free = hygiene_draft(roles=replace(ROLES, fact_owner=EVA.id))

    assert codes(reviewed(free, on=IN_JULY), Step.DECIDE, FRANS) == set()
    assert codes(reviewed(free), Step.DECIDE, FRANS) == {Code.WRONG_ROLE}


@pytest.mark.parametrize("kind", [Kind.EXTEND, Kind.REPEAL])
def test_whoever_may_adopt_the_type_extends_and_repeals(kind):
    # rules 9 and 12
    registers = registers_with(function(DIRECTOR, EVA))
    matter = opened(kind, registers=registers)

    assert Code.WRONG_ROLE not in codes(matter, Step.DECIDE, EVA)
    assert Code.WRONG_ROLE in codes(matter, Step.DECIDE, GUN)


@pytest.mark.parametrize("kind", [Kind.EXTEND, Kind.REPEAL, Kind.CORRECT])
def test_the_decision_is_anothers_than_the_proposers(kind):
    # rule 16
    begin = reviewed if kind is Kind.CORRECT else opened

    assert "own_work/proposal" in reasons(begin(kind=kind, by=DAG))
    assert "own_work/proposal" not in reasons(begin(kind=kind))


def test_a_case_on_several_documents_takes_mandate_over_each():
    # rule 18
    other = hygiene_adopted(id=1077, type="policy", roles=BOARDS_ROLES)
    matter = opened(Kind.REPEAL, hygiene_adopted(), other)

    found = problems(matter, Step.DECIDE, DAG, **MINUTES)
    assert [p.values["document"] for p in found if p.rule == "decide"] == [1077]


def test_an_unknown_type_lets_nobody_decide():
    # rule 19: the type table alone says
    matter = opened(Kind.REPEAL, hygiene_adopted(type="song"))

    assert reasons(matter) == {"wrong_role/decide", "basis_not_allowed/basis"}


def test_the_nearest_common_superior_adopts_what_is_for_several_units():
    # rule 21
    registers = registers_with(function(HEAD_OF_SURGERY, KARIN), function(DIRECTOR, EVA))
    both = {"applies_to": ("medicinkliniken", "kirurgkliniken")}
    roles = replace(ROLES, adopter=(HEAD_OF_MEDICINE, DIRECTOR))
    matter = reviewed(hygiene_draft(**both, roles=roles), registers=registers)
    for person in (DAG, KARIN):
        matter = did(matter, Step.APPROVE, person)

    assert reasons(matter, DAG) == {"wrong_role/decide"}
    assert reasons(matter, EVA) == set()


def test_a_text_for_several_units_is_not_submitted_towards_one_of_their_heads():
    # rule 21
    draft = hygiene_draft(applies_to=("medicinkliniken", "kirurgkliniken"))
    (problem,) = problems(after((Step.SAVE, ALMA, draft)), Step.SUBMIT, ALMA)

    assert (problem.code, problem.rule) == (Code.BAD_VALUE, "adopter_without_mandate")


def assigned(by=DAG, new=None, **how):
    new = new or hygiene_draft("Old words.", roles=replace(ROLES, fact_owner=EVA.id))
    return after((Step.REASSIGN, by, new), kind=Kind.ASSIGN, by=by, **how)


@pytest.mark.parametrize("person", [DAG, KARIN], ids=lambda person: person.name)
def test_who_is_who_is_changed_by_the_units_head_or_a_controller(person):
    # rule 14
    assert codes(assigned(by=person), Step.DECIDE, person) == set()
    assert codes(assigned(by=person), Step.DECIDE, person, reason="") == {Code.NEEDS_REASON}


def test_nobody_becomes_the_head_by_writing_their_own_unit_into_the_draft():
    # rules 14 and 18: where there is no new text, `main` says who is who
    registers = registers_with(function(HEAD_OF_SURGERY, EVA))
    grab = hygiene_draft("Old words.", roles=replace(ROLES, unit="kirurgkliniken"))
    matter = assigned(by=DAG, new=grab, registers=registers)

    assert codes(matter, Step.DECIDE, EVA) == {Code.WRONG_ROLE}
    assert codes(matter, Step.DECIDE, DAG) == set()


def test_the_head_of_one_unit_does_not_assign_for_another():
    # rule 14
    registers = registers_with(function(HEAD_OF_SURGERY, EVA))
    others = hygiene_adopted(id=1077, roles=replace(ROLES, unit="kirurgkliniken"))
    matter = opened(Kind.ASSIGN, hygiene_adopted(), others, by=KARIN, registers=registers)

    for person, theirs in ((DAG, HYGIENE), (EVA, 1077)):
        found = [p for p in problems(matter, Step.DECIDE, person) if p.rule == "decide"]
        assert [p.values["document"] for p in found] == [{HYGIENE: 1077, 1077: HYGIENE}[theirs]]
    assert "wrong_role/decide" not in reasons(matter, KARIN)


def test_an_assign_that_another_assign_overtook_is_not_decided():
    # rule 14
    (problem,) = problems(opened(Kind.REPEAL), Step.RETURN, DAG)
    stale = replace(hygiene_draft("Old words."), problems=(problem,))
    matter = assigned(new=replace(stale, content_hash="ab" * 32))

    assert problem in problems(matter, Step.DECIDE, DAG)


def replacing(**other):
    old = hygiene_adopted(id=1031, **other)
    draft = hygiene_draft(replaces=(1031, 1032))
    return reviewed(draft, beside=[old])


def test_what_a_text_replaces_is_repealed_with_mandate_over_both():
    # rule 13
    assert replaced(replacing()) == (1031,)
    assert reasons(replacing()) == set()
    assert reasons(replacing(roles=replace(ROLES, adopter=(EVA.id,)))) == {"wrong_role/replaces"}
    assert reasons(replacing(type="song")) == {"wrong_role/replaces"}


def test_what_no_longer_stands_is_not_repealed_again():
    # rule 13
    assert replaced(replacing(repealed_from=YESTERDAY)) == ()


def test_only_a_new_text_replaces_another():
    # rule 13
    old = hygiene_adopted(id=1031)

    assert replaced(opened(Kind.EXTEND, hygiene_adopted(replaces=(1031,)), beside=[old])) == ()


def test_a_boards_text_is_not_replaced_without_the_board():
    # rules 13 and 19
    both = registers_with(function(HEAD_OF_MEDICINE, DAG), function(ASSEMBLY, DAG))
    matter = replace(replacing(type="policy", roles=BOARDS_ROLES), registers=both)

    assert reasons(matter, basis=BasisKind.DELEGATION) == {"basis_not_allowed/minutes_only"}
    assert reasons(matter, **MINUTES) == set()


def retyped(old, **how):
    return reviewed(hygiene_draft(type="routine"), adopted=[old], **how)


def test_a_text_does_not_leave_its_type_without_the_mandate_over_it():
    # rules 13 and 18: a new type in the draft is no way past those who decide the old one
    director = replace(ROUTINE, slug="guideline", may_decide=(DIRECTOR,))
    old = hygiene_adopted(type="guideline")
    alone = registers_with(types=[director])
    both = registers_with(function(DIRECTOR, DAG), types=[director])

    assert reasons(retyped(old, registers=alone)) == {"wrong_role/decide"}
    assert reasons(retyped(old, registers=both)) == set()


def test_a_boards_text_does_not_leave_the_board_without_minutes():
    # rule 19
    both = registers_with(function(HEAD_OF_MEDICINE, DAG), function(ASSEMBLY, DAG))
    matter = retyped(boards_adopted(), registers=both)

    assert reasons(matter, basis=BasisKind.DELEGATION) == {"basis_not_allowed/minutes_only"}
    assert reasons(matter, **MINUTES) == set()


def test_a_text_of_a_type_that_is_no_more_may_be_given_another():
    assert reasons(retyped(hygiene_adopted(type="song"))) == set()


@pytest.mark.parametrize("person", [KARIN, ARVID, EVA], ids=lambda person: person.name)
@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.ASSIGN}))
def test_form_control_and_archives_give_no_mandate_over_content(kind, person):
    # rule 22
    matter = reviewed(kind=kind) if kind in HAS_TEXT else opened(kind)

    assert codes(matter, Step.DECIDE, person) >= {Code.WRONG_ROLE}


def test_the_type_table_says_who_decides():
    # rule 19
    assert POLICY.may_decide == (ASSEMBLY,)
    assert actor(GUN).functions == {ASSEMBLY}
