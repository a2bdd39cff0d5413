"""A board that changed the text: entered by the registrar, attested by another (rule 20)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from styrdokument.domain.boards_text import BoardsText
from styrdokument.domain.case import CaseNumber, Event, Kind, State, Step, apply, fold
from styrdokument.domain.decisionfile import BasisKind, Meaning
from styrdokument.domain.problems import Code, Refused
from styrdokument.domain.review import approvals_of, attests_of
from styrdokument.domain.tasks import next_step, whose_turn
from styrdokument.domain.transitions import is_offered, open_steps
from tests.cast import (
    ALMA,
    ASSEMBLY,
    BIRGIT,
    BOARDS_ROLES,
    CAST,
    CECILIA,
    DAG,
    EVA,
    FRANS,
    GUN,
    HYGIENE,
    KARIN,
    MINUTES,
    NOON,
    POLICY,
    ROUTINE,
    actor,
    boards_adopted,
    function,
    hygiene_draft,
    registers_with,
)
from tests.steps import (
    boards_words,
    codes,
    did,
    opened,
    problems,
    reasons,
    reviewed,
    reviewed_policy,
)

TWO_SECRETARIES = registers_with(function(ASSEMBLY, GUN, EVA))


@pytest.fixture(scope="module")
def entered():
    """A policy that the assembly changed, as Gun has entered it."""
    return did(reviewed_policy(), Step.ENTER_MINUTES, GUN)


@pytest.fixture(scope="module")
def attested(entered):
    """And Birgit has attested it."""
    return did(entered, Step.ATTEST_MINUTES, BIRGIT)


def the_draft(matter):
    return matter.drafts[HYGIENE]


def test_the_registrar_enters_what_the_board_decided_and_another_attests_it(attested):
    # rule 20
    before, draft = the_draft(reviewed_policy()), the_draft(attested)

    assert reasons(attested, GUN, **MINUTES) == set()
    given_on = {a.by.name: a.content_hash for a in approvals_of(attested.case, draft)}
    assert given_on == {"Birgit": before.content_hash, "Cecilia": before.content_hash}
    (attest,) = attests_of(attested.case, draft)
    assert (attest.by.name, attest.content_hash) == ("Birgit", draft.content_hash)
    assert draft.content_hash != before.content_hash


def test_nothing_is_recorded_before_another_has_attested(entered):
    # rule 20
    assert reasons(entered, GUN, **MINUTES) == {"needs_attest/minutes"}


@pytest.mark.parametrize("person", [GUN, ALMA])
def test_whoever_entered_it_or_wrote_before_does_not_attest(entered, person):
    # rules 17 and 20
    assert Code.OWN_WORK in codes(entered, Step.ATTEST_MINUTES, person)
    assert not is_offered(Step.ATTEST_MINUTES, entered, actor(person))


@pytest.mark.parametrize("person", [BIRGIT, CECILIA, FRANS, KARIN])
def test_anybody_who_follows_the_case_and_did_not_write_attests(entered, person):
    # rule 20
    assert codes(entered, Step.ATTEST_MINUTES, person) == set()


@pytest.mark.parametrize("person", [DAG, EVA])
def test_nobody_else_attests(entered, person):
    assert codes(entered, Step.ATTEST_MINUTES, person) == {Code.WRONG_ROLE}


def test_there_is_nothing_to_attest_where_nothing_was_entered(attested):
    for matter in (reviewed_policy(), attested):
        assert codes(matter, Step.ATTEST_MINUTES, CECILIA) == {Code.WRONG_STATE}
        assert Step.ATTEST_MINUTES not in open_steps(matter, actor(CECILIA))


def test_only_whoever_may_record_enters_the_boards_text():
    # rules 18 and 20
    for person in (DAG, KARIN, FRANS, EVA):
        assert Code.WRONG_ROLE in codes(reviewed_policy(), Step.ENTER_MINUTES, person)
    assert codes(reviewed_policy(), Step.ENTER_MINUTES, GUN) == set()


def test_a_text_that_somebody_alone_decides_is_changed_by_no_board():
    # rule 20
    assert codes(reviewed(), Step.ENTER_MINUTES, DAG) == {Code.BASIS_NOT_ALLOWED}
    assert Step.ENTER_MINUTES not in open_steps(reviewed(), actor(DAG))


def test_a_type_that_minutes_are_only_one_ground_of_is_changed_by_no_board():
    either = replace(ROUTINE, basis=("minutes", "delegation"))
    matter = reviewed(registers=registers_with(types=[either]))

    assert codes(matter, Step.ENTER_MINUTES, DAG) == {Code.BASIS_NOT_ALLOWED}


def test_it_is_not_entered_before_everybody_has_approved():
    draft = hygiene_draft(type="policy", roles=BOARDS_ROLES)
    matter = did(opened(Kind.REVISE, boards_adopted()), Step.SAVE, ALMA, draft)
    matter = did(did(matter, Step.SUBMIT, ALMA), Step.APPROVE, BIRGIT)

    assert codes(matter, Step.ENTER_MINUTES, GUN) == {Code.NOT_APPROVED}
    assert Step.ENTER_MINUTES not in open_steps(matter, actor(GUN))


def test_somebody_who_approved_the_text_does_not_enter_another():
    # rule 17
    both = registers_with(function(ASSEMBLY, GUN, BIRGIT))
    draft = hygiene_draft(type="policy", roles=BOARDS_ROLES)
    matter = reviewed(draft, adopted=[boards_adopted()], registers=both)

    assert [(p.code, p.rule) for p in problems(matter, Step.ENTER_MINUTES, BIRGIT)] == [
        (Code.OWN_WORK, "reviewed")
    ]


def test_a_registrar_records_what_they_entered_and_neither_approves_nor_writes(attested):
    # rules 17 and 20
    assert GUN.id in attested.case.contributors
    assert reasons(attested, GUN, **MINUTES) == set()
    assert Code.OWN_WORK in codes(attested, Step.APPROVE, GUN)
    assert codes(attested, Step.SAVE, GUN) == {Code.WRONG_ROLE}


def test_another_who_may_records_it_as_well():
    matter = reviewed(
        hygiene_draft(type="policy", roles=BOARDS_ROLES),
        adopted=[boards_adopted()],
        registers=TWO_SECRETARIES,
    )
    matter = did(did(matter, Step.ENTER_MINUTES, GUN), Step.ATTEST_MINUTES, EVA)

    assert reasons(matter, EVA, **MINUTES) == set()


def test_a_registrar_who_also_writes_an_ordinary_draft_records_nothing():
    # rule 17
    matter = did(reviewed_policy(), Step.ENTER_MINUTES, GUN)
    saved = Event(step=Step.SAVE, by=actor_who(GUN), at=NOON, facts={"contents": {}})
    case = apply(matter.case, saved)

    assert "own_work/" in reasons(replace(matter, case=case), GUN, **MINUTES)


def test_what_a_board_decided_is_nobody_elses_to_decide_by_another_ground(attested):
    # rules 17 and 19
    routine = registers_with(
        types=[replace(POLICY, board_only=False, basis=("minutes", "delegation"))]
    )
    matter = replace(attested, registers=routine)

    assert "own_work/" in reasons(matter, GUN, **MINUTES)


def test_the_registrar_enters_it_again_and_the_attest_is_given_anew(attested):
    # rule 20
    again = did(attested, Step.ENTER_MINUTES, GUN, boards_words(the_draft(attested), "Again."))

    assert reasons(again, GUN, **MINUTES) == {"needs_attest/minutes"}
    assert again.case.boards_texts[HYGIENE].reviewed == the_draft(reviewed_policy()).content_hash
    assert reasons(did(again, Step.ATTEST_MINUTES, CECILIA), GUN, **MINUTES) == set()


def test_the_reviewed_text_again_is_no_boards_text(entered):
    matter = did(entered, Step.ENTER_MINUTES, GUN, the_draft(reviewed_policy()))

    assert matter.case.boards_texts == {}
    assert reasons(matter, GUN, **MINUTES) == set()


def test_any_other_save_makes_it_an_ordinary_draft_that_is_reviewed_anew(attested):
    # rules 18 and 20
    matter = did(attested, Step.SAVE, ALMA, boards_words(the_draft(attested), "Mine."))

    assert matter.case.boards_texts == {}
    assert "not_approved/" in reasons(matter, GUN, **MINUTES)
    back = did(matter, Step.SAVE, ALMA, the_draft(attested))
    assert back.case.boards_texts == {}
    assert "not_approved/" in reasons(back, GUN, **MINUTES)


def test_a_save_that_changes_nothing_of_it_leaves_it_as_it_is(attested):
    assert did(attested, Step.SAVE, ALMA, the_draft(attested)).case.boards_texts


def test_it_waits_for_a_reviewer_to_attest_and_then_for_the_registrar(entered, attested):
    assert whose_turn(entered) == (*BOARDS_ROLES.reviewers,)
    assert next_step(entered, actor(BIRGIT)) is Step.ATTEST_MINUTES
    assert whose_turn(attested) == (ASSEMBLY,)
    assert next_step(attested, actor(GUN)) is Step.DECIDE


def test_an_attest_takes_nothing_from_what_the_same_person_approved_before(attested):
    said = [(a.by.id, a.meaning) for a in attested.case.approvals]

    assert said == [
        (BIRGIT.id, Meaning.REVIEWED),
        (CECILIA.id, Meaning.REVIEWED),
        (BIRGIT.id, Meaning.ATTESTED),
    ]


@pytest.mark.parametrize("fact", [1, "true", None, [True]])
def test_only_a_fact_that_is_true_makes_a_save_a_boards(fact):
    contents = {"contents": {str(HYGIENE): "b" * 64}, "minutes": fact}
    event = Event(step=Step.SAVE, by=actor_who(GUN), at=NOON, facts=contents)
    case = apply(reviewed_policy().case, event)

    assert case.boards_texts == {}
    assert event.taken is Step.SAVE


def test_what_was_entered_is_folded_whatever_the_log_says():
    facts = {"contents": {str(HYGIENE): "b" * 64}, "minutes": True}
    event = Event(step=Step.SAVE, by=actor_who(GUN), at=NOON, facts=facts)

    assert fold(CaseNumber(17), [event]).boards_texts == {}
    assert apply(reviewed_policy().case, event).boards_texts == {
        HYGIENE: BoardsText(reviewed=the_draft(reviewed_policy()).content_hash, by=actor_who(GUN))
    }


WORDS = ("One.", "Two.", "Three.")
STEPS = (
    *(Step.SAVE, Step.REASSIGN, Step.RETURN),
    *[Step.SUBMIT, Step.APPROVE, Step.ENTER_MINUTES, Step.ATTEST_MINUTES, Step.DECIDE] * 4,
)


@settings(max_examples=150)
@given(st.data())
def test_no_sequence_records_what_only_one_has_seen_as_a_boards(data):
    # rules 17, 18 and 20
    matter = did(opened(Kind.REVISE, boards_adopted()), Step.SAVE, ALMA, _policy("One."))
    for _ in range(data.draw(st.integers(8, 24))):
        before, matter = matter, _random_step(matter, data.draw)
        if matter.case.state is State.DECIDED:
            _check(before)
            return


def _random_step(matter, draw):
    step, person = draw(st.sampled_from(STEPS)), draw(st.sampled_from(CAST))
    writes = step in {Step.SAVE, Step.REASSIGN, Step.ENTER_MINUTES}
    drafts = (_policy(draw(st.sampled_from(WORDS))),) if writes else ()
    try:
        return did(matter, step, person, *drafts, basis=BasisKind.MINUTES, **MINUTES)
    except Refused:
        return matter


def _policy(words):
    return hygiene_draft(words, type="policy", roles=BOARDS_ROLES)


def _check(matter):
    case, draft = matter.case, the_draft(matter)
    board = case.boards_texts.get(HYGIENE)
    read = {a.by.id for a in case.approvals if a.content_hash == draft.content_hash}
    read -= set(case.contributors)
    assert read
    approved = board.reviewed if board else draft.content_hash
    said_yes = {
        a.by.id
        for a in case.approvals
        if a.content_hash in {approved, draft.content_hash} and a.meaning is Meaning.REVIEWED
    }
    assert {BIRGIT.id, CECILIA.id} <= said_yes - set(case.contributors)


def actor_who(person):
    return registers_with().sign(actor(person))
