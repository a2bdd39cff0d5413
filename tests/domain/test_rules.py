"""The rules of the steps that are not about a decision's own terms."""

from dataclasses import replace

import pytest

from styrdokument.domain.case import Kind, State, Step
from styrdokument.domain.document import Audience, SecondLook
from styrdokument.domain.problems import Code, Problem
from tests.cast import (
    ALMA,
    BIRGIT,
    DAG,
    EVA,
    FRANS,
    HEAD_OF_MEDICINE,
    KARIN,
    ROLES,
    ROUTINE,
    function,
    hygiene_adopted,
    hygiene_draft,
    registers_with,
)
from tests.steps import after, codes, did, opened, problems, reviewed

WRITTEN = ((Step.SAVE, ALMA), (Step.SUBMIT, ALMA))
MINUTES_FILE = "ab" * 32


def test_nobodys_yes_stands_under_a_text_that_they_did_not_see():
    # rule 17, and 23: what shows no snapshot has seen nothing
    matter = after(*WRITTEN)

    for snapshot in (None, "", "old"):
        assert codes(matter, Step.APPROVE, BIRGIT, snapshot=snapshot) == {Code.STALE_SNAPSHOT}
    seen = did(matter, Step.SAVE, ALMA, hygiene_draft("Other words."))
    assert codes(seen, Step.APPROVE, BIRGIT, snapshot=matter.snapshot) == {Code.STALE_SNAPSHOT}


def test_a_draft_stands_on_the_newest_version_in_submission_review_and_decision():
    # rule 1: also beside a correction that was decided meanwhile
    overtaken = hygiene_adopted(
        *hygiene_adopted().history.versions,
        replace(hygiene_adopted().history.latest, number=2, corrects=1),
    )

    for matter, step, person in (
        (after((Step.SAVE, ALMA)), Step.SUBMIT, ALMA),
        (after(*WRITTEN), Step.APPROVE, BIRGIT),
        (reviewed(), Step.DECIDE, DAG),
    ):
        behind = replace(matter, adopted={overtaken.id: overtaken})
        assert codes(behind, step, person) == {Code.BASE_MOVED}


def test_approving_takes_a_second_look_only_where_the_type_says_so():
    strict = registers_with(types=[replace(ROUTINE, second_look=SecondLook.APPROVALS)])
    asked = after(*WRITTEN, registers=strict)

    assert codes(after(*WRITTEN), Step.APPROVE, BIRGIT, second_look=None) == set()
    assert codes(asked, Step.APPROVE, BIRGIT, second_look=None) == {Code.NEEDS_SECOND_LOOK}
    assert codes(asked, Step.APPROVE, BIRGIT) == set()


def test_deciding_always_takes_a_second_look():
    assert codes(reviewed(), Step.DECIDE, DAG, second_look=None) == {Code.NEEDS_SECOND_LOOK}


def test_a_wrong_second_look_is_said_by_its_own_problem_alone():
    wrong = Problem(code=Code.NEEDS_SECOND_LOOK, field="password", rule="wrong")

    found = problems(reviewed(), Step.DECIDE, DAG, second_look=None, problems=(wrong,))
    assert found == (wrong,)


@pytest.mark.parametrize("kind", Kind)
def test_a_changed_text_says_what_changed(kind):
    matter = after((Step.SAVE, ALMA), kind=kind) if kind in _EDITED else opened(kind)
    needed = kind in {Kind.REVISE, Kind.CORRECT, Kind.URGENT}

    found = codes(matter, Step.SUBMIT, ALMA, change_note=" ")
    assert found == ({Code.NEEDS_CHANGE_NOTE} if needed else set())


_EDITED = {Kind.NEW, Kind.REVISE, Kind.CORRECT, Kind.URGENT, Kind.ASSIGN}


@pytest.mark.parametrize("kind", [Kind.REVISE, Kind.CORRECT, Kind.URGENT, Kind.ASSIGN])
def test_what_changes_nothing_is_not_submitted(kind):
    # rule 9: unchanged again is an extension
    assert codes(opened(kind), Step.SUBMIT, ALMA) == {Code.NOTHING_CHANGED}


def test_nothing_has_changed_beside_a_text_that_never_was_adopted():
    assert codes(opened(Kind.NEW), Step.SUBMIT, ALMA) == set()


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("title", "Handtvätt"),
        ("type", "guideline"),
        ("audience", Audience.PUBLIC),
        ("applies_to", ("surgery",)),
    ],
)
def test_a_correction_puts_no_more_right_than_a_slip(field, other):
    # rules 11 and 14
    changed = hygiene_draft(**{field: other})
    assert getattr(changed.fields, field) != getattr(hygiene_adopted().fields, field)
    for step, person in ((Step.SUBMIT, ALMA), (Step.DECIDE, DAG)):
        state = {Step.SUBMIT: State.DRAFT, Step.DECIDE: State.IN_REVIEW}[step]
        for kind, is_refused in ((Kind.CORRECT, True), (Kind.REVISE, False)):
            matter = after((Step.SAVE, ALMA, changed), kind=kind)
            matter = replace(matter, case=replace(matter.case, state=state))
            found = [one.field for one in problems(matter, step, person) if one.rule == "revised"]
            assert found == ([field] if is_refused else [])


def test_what_the_files_hold_is_mended_before_submission_and_before_decision():
    damage = Problem(code=Code.NEEDS_FIELD, field="fact_owner")
    damaged = hygiene_draft(problems=(damage,))

    assert problems(after((Step.SAVE, ALMA, damaged)), Step.SUBMIT, ALMA) == (damage,)
    mended = reviewed()
    matter = replace(mended, drafts={damaged.id: damaged})
    assert problems(matter, Step.DECIDE, DAG) == (damage,)


def towards(*adopter, **functions):
    draft = hygiene_draft(roles=replace(ROLES, adopter=adopter))
    matter = after((Step.SAVE, ALMA, draft), **functions)
    return {p.rule for p in problems(matter, Step.SUBMIT, ALMA)}


def test_a_text_is_not_submitted_towards_somebody_without_mandate():
    # rule 18
    assert towards(HEAD_OF_MEDICINE) == set()
    assert towards(DAG.id) == set()
    assert towards(EVA.id) == {"adopter_without_mandate"}
    assert towards("smittskydd") == {"adopter_without_mandate"}
    assert towards("smittskydd", DAG.id) == set()


def test_a_function_that_nobody_holds_today_may_still_be_named_adopter():
    # rule 18: the adopter holds it on the day of decision
    assert towards(HEAD_OF_MEDICINE, registers=registers_with(function(HEAD_OF_MEDICINE))) == set()


def test_no_adopter_at_all_is_a_missing_field_and_not_a_wrong_one():
    assert towards() == set()


@pytest.mark.parametrize("person", [BIRGIT, DAG], ids=lambda person: person.name)
def test_sending_back_says_why(person):
    matter = after(*WRITTEN)

    assert codes(matter, Step.RETURN, person, reason=" ") == {Code.NEEDS_REASON}
    assert did(matter, Step.RETURN, person).case.state is State.DRAFT


def test_a_remark_says_something():
    assert codes(after(*WRITTEN), Step.COMMENT, FRANS, comment="") == {Code.NEEDS_REASON}
    assert did(after(*WRITTEN), Step.COMMENT, FRANS).case.comments[0].by.id == FRANS.id


def test_a_change_of_people_in_a_running_case_says_why():
    assert codes(after(*WRITTEN), Step.REASSIGN, KARIN, reason="") == {Code.NEEDS_REASON}
    assert codes(after(*WRITTEN), Step.REASSIGN, KARIN) == set()


def test_a_remark_on_a_text_keeps_the_right_to_approve_it():
    # rule 17
    matter = did(after(*WRITTEN), Step.COMMENT, BIRGIT)
    taken_in = did(matter, Step.SAVE, ALMA, hygiene_draft("As Birgit said."))

    assert codes(taken_in, Step.APPROVE, BIRGIT) == set()
