"""The table itself, written out; refusals with every reason; what no sequence of steps breaks."""

from collections import Counter

import pytest

from styrdokument.domain import transitions
from styrdokument.domain.case import Kind, State, Step
from styrdokument.domain.matter import Given, Relation
from styrdokument.domain.problems import Code, Conflict, Problem, Refused
from styrdokument.domain.transitions import TRANSITIONS, is_offered, obstacles, open_steps, take
from tests.cast import (
    ALMA,
    ARVID,
    BIRGIT,
    CAST,
    CECILIA,
    DAG,
    EVA,
    FRANS,
    GUN,
    KARIN,
    NOON,
    REGISTERS,
    TODAY,
    actor,
)
from tests.steps import after, codes, did, opened, problems

LETTERS = {
    "o": Relation.OPENER,
    "w": Relation.CONTRIBUTOR,
    "c": Relation.CASE_OFFICER,
    "f": Relation.FACT_OWNER,
    "r": Relation.REVIEWER,
    "a": Relation.ADOPTER,
    "h": Relation.HEAD,
    "d": Relation.DECIDER,
    "K": Relation.CONTROLLER,
    "C": Relation.CREATOR,
    "A": Relation.AUTHOR,
}
KINDS = (Kind.NEW, Kind.REVISE, Kind.CORRECT, Kind.URGENT, Kind.EXTEND, Kind.REPEAL, Kind.ASSIGN)
MATRIX = {
    #              new        revise     correct    urgent     extend     repeal     assign
    Step.OPEN:     ("AK",      "CcfK",    "CcfK",    "CcfK",    "CcfK",    "CcfK",    "hK"),
    Step.SAVE:     ("owcfK",   "owcfK",   "owcfK",   "owcfK",   "",        "",        "owcfK"),
    Step.REASSIGN: ("ocK",     "ocK",     "ocK",     "ocK",     "",        "",        "ocK"),
    Step.SUBMIT:   ("owcfK",   "owcfK",   "owcfK",   "owcfK",   "owcfK",   "owcfK",   "owcfK"),
    Step.APPROVE:  ("r",       "r",       "r",       "r",       "f",       "",        ""),
    Step.RETURN:   ("radh",    "radh",    "radh",    "radh",    "radh",    "radh",    "radh"),
    Step.COMMENT:  ("owcfradhK",) * 7,
    Step.RESOLVE:  ("owcfradhK",) * 7,
    Step.DECIDE:   ("a",       "a",       "a",       "a",       "ad",      "ad",      "hK"),
    Step.WITHDRAW: ("ocK",     "ocK",     "ocK",     "ocK",     "ocK",     "ocK",     "ocK"),
    Step.ENTER_MINUTES:  ("a", "a", "a", "", "", "", ""),
    Step.ATTEST_MINUTES: ("racfK", "racfK", "racfK", "", "", "", ""),
}  # fmt: skip
"""Rules 9, 12, 14, 15, 16, 18: who may take which step, by kind; empty where there is none."""

WRITTEN = ((Step.SAVE, ALMA), (Step.SUBMIT, ALMA))
REVIEWED = (*WRITTEN, (Step.APPROVE, BIRGIT), (Step.APPROVE, CECILIA))


@pytest.mark.parametrize("step", Step)
def test_the_table_of_who_may_do_what_is_this(step):
    # rules 9, 12, 14, 15, 16 and 18
    rows = {kind: TRANSITIONS.get((kind, step)) for kind in KINDS}
    found = {kind: row.roles if row else frozenset() for kind, row in rows.items()}

    assert found == {
        kind: {LETTERS[letter] for letter in letters}
        for kind, letters in zip(KINDS, MATRIX[step], strict=True)
    }


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("step", [Step.OPEN, Step.DECIDE, Step.WITHDRAW, Step.RETURN])
def test_every_kind_can_begin_be_decided_be_withdrawn_and_be_sent_back(kind, step):
    assert TRANSITIONS[kind, step].roles


def test_every_row_is_for_somebody_and_none_hides_another():
    rows = Counter((kind, row.step) for row in transitions._ROWS for kind in row.kinds)

    assert set(rows.values()) == {1}
    assert all(row.roles for row in TRANSITIONS.values())


def test_nothing_leads_out_of_a_decided_or_withdrawn_case():
    assert {state for row in TRANSITIONS.values() for state in row.sources} == {
        State.DRAFT,
        State.IN_REVIEW,
    }


def test_the_archivist_and_the_author_of_other_texts_take_no_step():
    # rule 22
    taking = set().union(*(row.roles for (_, s), row in TRANSITIONS.items() if s is not Step.OPEN))

    assert not taking & {Relation.ARCHIVIST, Relation.AUTHOR, Relation.CREATOR}


def test_a_text_is_written_reviewed_and_adopted():
    # rules 17 and 18
    assert after(*REVIEWED, (Step.DECIDE, DAG)).case.state is State.DECIDED


def test_what_was_taken_is_the_event_to_record():
    matter = after(*REVIEWED)
    by = REGISTERS.sign(actor(DAG))
    given_ = Given(snapshot=matter.snapshot, second_look="password")
    event = take(Step.DECIDE, matter, actor(DAG), given_, by=by, at=NOON)

    assert (event.step, event.by, event.at, event.facts) == (Step.DECIDE, by, NOON, {})


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.EXTEND, Kind.REPEAL}))
@pytest.mark.parametrize("step", [Step.APPROVE, Step.DECIDE])
@pytest.mark.parametrize("person", CAST, ids=lambda person: person.name)
def test_whoever_wrote_in_a_case_neither_approves_nor_decides_it(kind, step, person):
    # rule 17: whatever the kind, whatever else they are
    if (kind, step) not in TRANSITIONS:
        return
    matter = after((Step.SAVE, person), (Step.SUBMIT, person), kind=kind, by=person)

    assert Code.OWN_WORK in codes(matter, step, person)
    assert step not in open_steps(matter, actor(person))


def test_all_reasons_are_said_at_once():
    matter = after(*WRITTEN)
    said = {"snapshot": "old", "second_look": None, "basis": "court"}

    assert codes(matter, Step.DECIDE, DAG, **said) == {
        Code.STALE_SNAPSHOT,
        Code.NEEDS_SECOND_LOOK,
        Code.BASIS_NOT_ALLOWED,
        Code.NOT_APPROVED,
    }


def test_each_reason_is_said_once():
    found = problems(after(*WRITTEN), Step.DECIDE, DAG)

    assert len(found) == len(set(found))


def test_whoever_has_no_part_in_a_step_is_told_that_only():
    # rule 22
    (problem,) = problems(after(*WRITTEN), Step.DECIDE, GUN, second_look=None)

    assert (problem.code, problem.rule) == (Code.WRONG_ROLE, "decide")


def test_an_author_who_tries_to_decide_learns_both_reasons():
    # rule 17
    assert codes(after(*WRITTEN), Step.DECIDE, ALMA) == {Code.WRONG_ROLE, Code.OWN_WORK}


def test_a_step_in_another_state_is_a_conflict():
    matter = after(*REVIEWED, (Step.DECIDE, DAG))

    with pytest.raises(Conflict) as refusal:
        did(matter, Step.DECIDE, DAG)
    assert refusal.value.problems == (
        Problem(code=Code.WRONG_STATE, values={"state": State.DECIDED}),
    )


def test_a_step_that_the_kind_lacks_is_refused_and_not_offered():
    matter = opened(Kind.REPEAL)

    assert codes(matter, Step.APPROVE, FRANS) == {Code.WRONG_STATE}
    assert not is_offered(Step.APPROVE, matter, actor(FRANS))


def test_somebody_before_you_is_a_conflict_and_all_else_a_refusal():
    matter = after(*WRITTEN)

    with pytest.raises(Conflict):
        did(matter, Step.APPROVE, BIRGIT, snapshot="old")
    with pytest.raises(Refused) as refusal:
        did(matter, Step.RETURN, BIRGIT, reason=" ")
    assert not isinstance(refusal.value, Conflict)


@pytest.mark.parametrize(
    ("person", "steps"),
    [
        (ALMA, {Step.SAVE, Step.REASSIGN, Step.COMMENT, Step.RESOLVE, Step.WITHDRAW}),
        (BIRGIT, {Step.APPROVE, Step.RETURN, Step.COMMENT, Step.RESOLVE}),
        (DAG, {Step.RETURN, Step.COMMENT, Step.RESOLVE, Step.DECIDE}),
        (EVA, set()),
        (FRANS, {Step.SAVE, Step.COMMENT, Step.RESOLVE}),
        (GUN, set()),
        (KARIN, {Step.SAVE, Step.REASSIGN, Step.COMMENT, Step.RESOLVE, Step.WITHDRAW}),
        (ARVID, set()),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_in_review_each_is_offered_their_own_steps(person, steps):
    # rules 16, 18 and 22
    assert set(open_steps(after(*WRITTEN), actor(person))) == steps


def test_a_form_is_not_offered_where_no_form_can_mend_what_is_wrong():
    # rules 16 and 17
    assert Step.APPROVE in open_steps(after(*WRITTEN), actor(BIRGIT))
    assert Step.DECIDE not in open_steps(opened(Kind.REPEAL, by=DAG), actor(DAG))
    assert Step.DECIDE in open_steps(opened(Kind.REPEAL), actor(DAG))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("step", [Step.APPROVE, Step.DECIDE])
def test_neither_a_machine_nor_an_administrator_approves_or_decides(kind, step):
    # rules 22 and 23: what shows no snapshot has seen nothing, and administering gives no right
    matter = opened(kind)
    admin = REGISTERS.actor(EVA, on=TODAY, is_admin=True)

    assert obstacles(step, matter, admin, Given(snapshot=matter.snapshot, second_look="password"))
    assert not all(
        is_offered(step, matter, actor(person))
        and not problems(matter, step, person, snapshot=None)
        for person in CAST
    )
