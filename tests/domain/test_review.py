"""Who must say yes, and when a yes counts no more."""

from dataclasses import replace

import pytest

from styrdokument.domain.case import Kind, State, Step
from styrdokument.domain.problems import Code
from styrdokument.domain.review import (
    approvals_of,
    documents_for,
    entries_of,
    is_reviewed,
    least,
    remaining,
    required,
)
from tests.cast import (
    ALMA,
    BIRGIT,
    BOARDS_ROLES,
    CECILIA,
    DAG,
    DIRECTOR,
    EVA,
    FIRST,
    FRANS,
    GUN,
    HEAD_OF_MEDICINE,
    HEAD_OF_SURGERY,
    HYGIENE,
    KARIN,
    MINUTES,
    ROLES,
    ROUTINE,
    actor,
    function,
    hygiene_adopted,
    hygiene_draft,
    registers_with,
)
from tests.steps import after, codes, did, opened, problems

WRITTEN = ((Step.SAVE, ALMA), (Step.SUBMIT, ALMA))
REVIEWED = (*WRITTEN, (Step.APPROVE, BIRGIT), (Step.APPROVE, CECILIA))
BOTH_CLINICS = {"applies_to": ("medicinkliniken", "kirurgkliniken")}
HEADED = registers_with(function(HEAD_OF_SURGERY, KARIN), function(DIRECTOR, EVA))


def the_draft(matter):
    return matter.drafts[HYGIENE]


def test_every_reviewer_must_approve():
    # rule 18
    matter = after(*WRITTEN, (Step.APPROVE, BIRGIT))

    assert remaining(matter, the_draft(matter)) == (CECILIA.id,)
    assert codes(matter, Step.DECIDE, DAG) == {Code.NOT_APPROVED}
    assert codes(did(matter, Step.APPROVE, CECILIA), Step.DECIDE, DAG) == set()


def test_any_one_holder_approves_for_a_function():
    # rule 18
    shared = registers_with(function("smittskydd", EVA, BIRGIT))
    matter = after(*WRITTEN, (Step.APPROVE, EVA), registers=shared)

    assert remaining(matter, the_draft(matter)) == (CECILIA.id,)


def test_the_type_may_demand_more_people_than_entries():
    # rule 18
    strict = registers_with(
        function("smittskydd", EVA, BIRGIT), types=[replace(ROUTINE, min_approvals=3)]
    )
    nobody_more = hygiene_draft(roles=replace(ROLES, reviewers=("smittskydd", CECILIA.id, EVA.id)))
    matter = opened(registers=strict)
    matter = did(did(matter, Step.SAVE, ALMA, nobody_more), Step.SUBMIT, ALMA)
    for person in (CECILIA, EVA):
        matter = did(matter, Step.APPROVE, person)

    assert remaining(matter, the_draft(matter)) == ()
    assert codes(matter, Step.DECIDE, DAG) == {Code.NOT_APPROVED}
    assert codes(did(matter, Step.APPROVE, BIRGIT), Step.DECIDE, DAG) == set()


def test_a_text_is_not_submitted_to_fewer_than_the_type_demands():
    # rule 18
    to_nobody = hygiene_draft(roles=replace(ROLES, reviewers=()))
    matter = after((Step.SAVE, ALMA, to_nobody))

    assert codes(matter, Step.SUBMIT, ALMA) == {Code.NEEDS_REVIEWERS}


@pytest.mark.parametrize(
    "edited",
    [
        hygiene_draft("Other words."),
        hygiene_draft(roles=replace(ROLES, reviewers=("smittskydd", CECILIA.id, EVA.id))),
        hygiene_draft(title="Handhygien i vården"),
    ],
    ids=["words", "roles", "title"],
)
def test_an_approval_lapses_when_the_bytes_change(edited):
    # rules 14 and 18
    matter = after(*REVIEWED, (Step.SAVE, ALMA, edited))

    assert matter.case.state is State.IN_REVIEW
    assert approvals_of(matter.case, edited) == ()
    assert codes(matter, Step.DECIDE, DAG) == {Code.NOT_APPROVED}


def test_an_approval_counts_again_when_the_same_bytes_come_back():
    # rule 18
    matter = after(*REVIEWED, (Step.SAVE, ALMA, hygiene_draft("Other words.")))

    assert is_reviewed(did(matter, Step.SAVE, ALMA, hygiene_draft()), hygiene_draft())


def test_an_approval_lapses_when_the_base_changes():
    # rule 18
    rebased = hygiene_draft(base=2)
    matter = after(*REVIEWED, (Step.SAVE, ALMA, rebased))

    assert rebased.content_hash == hygiene_draft().content_hash
    assert not is_reviewed(matter, rebased)


def test_an_approval_lapses_when_its_giver_writes():
    # rule 17
    matter = after(*REVIEWED)
    wrote = replace(matter, case=replace(matter.case, contributors=(ALMA.id, BIRGIT.id)))

    assert [a.by.id for a in approvals_of(wrote.case, the_draft(wrote))] == [CECILIA.id]


def test_new_people_take_new_approvals():
    # rule 18
    other = hygiene_draft(roles=replace(ROLES, reviewers=(EVA.id,)))
    matter = after(*REVIEWED, (Step.REASSIGN, KARIN, other))

    assert required(matter, other) == (EVA.id,)
    assert codes(matter, Step.DECIDE, DAG) == {Code.NOT_APPROVED}
    assert codes(did(matter, Step.APPROVE, EVA), Step.DECIDE, DAG) == set()


def test_a_reviewer_who_holds_two_entries_approves_for_both():
    # rule 18
    both = hygiene_draft(roles=replace(ROLES, reviewers=("smittskydd", BIRGIT.id)))
    matter = after((Step.SAVE, ALMA, both), (Step.SUBMIT, ALMA), (Step.APPROVE, BIRGIT))

    assert is_reviewed(matter, both)


def test_where_a_text_is_for_several_units_each_head_approves():
    # rule 21
    draft = hygiene_draft(**BOTH_CLINICS, roles=replace(ROLES, adopter=(DIRECTOR,)))
    matter = after((Step.SAVE, ALMA, draft), (Step.SUBMIT, ALMA), registers=HEADED)

    assert required(matter, draft) == (*ROLES.reviewers, HEAD_OF_MEDICINE, HEAD_OF_SURGERY)
    for person in (BIRGIT, CECILIA, DAG):
        matter = did(matter, Step.APPROVE, person)
    assert remaining(matter, draft) == (HEAD_OF_SURGERY,)
    assert codes(matter, Step.DECIDE, EVA) == {Code.NOT_APPROVED}
    assert codes(did(matter, Step.APPROVE, KARIN), Step.DECIDE, EVA) == set()


def test_a_text_for_one_unit_and_a_place_is_not_for_several_units():
    # rule 21
    draft = hygiene_draft(applies_to=("medicinkliniken", "mottagningsrummet"))
    matter = after((Step.SAVE, ALMA, draft))

    assert required(matter, draft) == ROLES.reviewers


def test_an_urgent_text_takes_one_approval_by_any_reviewer_or_head():
    # rule 15
    draft = hygiene_draft(**BOTH_CLINICS, roles=replace(ROLES, adopter=(DIRECTOR,)))
    steps = ((Step.SAVE, ALMA, draft), (Step.SUBMIT, ALMA))
    matter = after(*steps, kind=Kind.URGENT, registers=HEADED)

    assert required(matter, draft) == ()
    assert codes(matter, Step.DECIDE, EVA) == {Code.NOT_APPROVED}
    assert entries_of(matter, draft, actor(KARIN, HEADED)) == (HEAD_OF_SURGERY,)
    for person in (BIRGIT, KARIN):
        assert codes(did(matter, Step.APPROVE, person), Step.DECIDE, EVA) == set()


def test_an_extension_stands_on_the_fact_owners_attest():
    # rule 9
    matter = opened(Kind.EXTEND)

    assert required(matter, the_draft(matter)) == ("hygienlakare",)
    assert codes(matter, Step.DECIDE, DAG) == {Code.NEEDS_ATTEST}
    assert codes(matter, Step.DECIDE, DAG, attest=True) == {Code.NEEDS_ATTEST}
    assert codes(did(matter, Step.APPROVE, FRANS), Step.DECIDE, DAG) == set()


def test_a_fact_owner_who_decides_may_attest_in_the_same_act():
    # rule 9
    own = hygiene_adopted(roles=replace(ROLES, fact_owner=DAG.id))
    matter = opened(Kind.EXTEND, own)

    assert codes(matter, Step.DECIDE, DAG) == {Code.NEEDS_ATTEST}
    assert codes(matter, Step.DECIDE, DAG, attest=True) == set()


def test_each_document_of_an_extension_takes_its_own_attest():
    # rule 9
    other = hygiene_adopted(id=1077, roles=replace(ROLES, fact_owner=EVA.id))
    matter = did(
        opened(Kind.EXTEND, hygiene_adopted(), other),
        Step.APPROVE,
        FRANS,
        documents=frozenset({HYGIENE}),
    )

    (problem,) = problems(matter, Step.DECIDE, DAG)
    assert (problem.code, problem.values) == (Code.NEEDS_ATTEST, {"document": 1077})
    assert documents_for(matter, actor(FRANS)) == (HYGIENE,)
    assert documents_for(matter, actor(EVA)) == (1077,)


def test_an_attest_is_no_review_and_a_review_no_attest():
    # rule 9
    matter = did(opened(Kind.EXTEND), Step.APPROVE, FRANS)
    as_revision = replace(matter.case, kind=Kind.REVISE)

    assert len(approvals_of(matter.case, the_draft(matter))) == 1
    assert approvals_of(as_revision, the_draft(matter)) == ()


@pytest.mark.parametrize("kind", [Kind.REPEAL, Kind.ASSIGN])
def test_a_repeal_and_an_assign_take_no_review(kind):
    # rules 12 and 14
    matter = opened(kind)

    assert (required(matter, the_draft(matter)), least(matter, the_draft(matter))) == ((), 0)
    assert is_reviewed(matter, the_draft(matter))


def test_a_text_that_the_board_changed_takes_a_new_yes_and_keeps_the_old_as_given():
    # rule 20: earlier approvals stand as given on the earlier text, and count for it alone
    policy = hygiene_adopted(FIRST, type="policy", roles=BOARDS_ROLES)
    asked = hygiene_draft(type="policy", roles=BOARDS_ROLES)
    as_in_minutes = hygiene_draft("The board's words.", type="policy", roles=BOARDS_ROLES)
    steps = ((Step.SAVE, ALMA, asked), (Step.SUBMIT, ALMA))
    matter = after(*steps, (Step.APPROVE, BIRGIT), (Step.APPROVE, CECILIA), adopted=[policy])
    changed = did(matter, Step.SAVE, ALMA, as_in_minutes)

    assert codes(matter, Step.DECIDE, GUN, **MINUTES) == set()
    assert codes(changed, Step.DECIDE, GUN, **MINUTES) == {Code.NOT_APPROVED}
    assert {a.content_hash for a in changed.case.approvals} == {asked.content_hash}
