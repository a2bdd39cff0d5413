"""What no sequence of offered steps breaks, whoever takes them and whatever they write."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from styrdokument.domain.case import Kind, State, Step
from styrdokument.domain.problems import Refused
from styrdokument.domain.review import is_reviewed
from styrdokument.domain.transitions import open_steps
from tests.cast import ALMA, BIRGIT, CAST, DAG, FRANS, HYGIENE, KARIN, ROLES, actor, hygiene_draft
from tests.steps import did, opened, problems

FORWARD = {Step.SUBMIT: 4, Step.APPROVE: 8, Step.DECIDE: 8}
"""How much likelier than other steps, so that many sequences get as far as a decision."""


def _random_step(matter, draw):
    """Somebody takes one of the steps offered to them, well filled in; a save writes anything."""
    offered = {person: open_steps(matter, actor(person)) for person in CAST}
    steps = [step for step in Step if any(step in theirs for theirs in offered.values())]
    if not steps:
        return matter
    step = draw(st.sampled_from([s for s in steps for _ in range(FORWARD.get(s, 1))]))
    person = draw(st.sampled_from([one for one in CAST if step in offered[one]]))
    drafts = (_anything(matter, draw),) if step in {Step.SAVE, Step.REASSIGN} else ()
    try:
        return did(matter, step, person, *drafts, attest=draw(st.booleans()))
    except Refused:
        return matter


def _anything(matter, draw):
    reviewers = draw(st.sampled_from([ROLES.reviewers, (FRANS.id,), ("smittskydd", DAG.id)]))
    roles, base = replace(ROLES, reviewers=reviewers), matter.case.bases[HYGIENE]
    return hygiene_draft(draw(st.sampled_from(["One.", "Two."])), roles=roles, base=base)


@settings(max_examples=200)
@given(st.data(), st.sampled_from(Kind))
def test_no_sequence_of_offered_steps_breaks_the_rules(data, kind):
    # rules 9, 15, 16, 17 and 18
    opener = data.draw(st.sampled_from([ALMA, FRANS, KARIN, DAG]))
    matter = opened(kind, by=opener)
    for _ in range(data.draw(st.integers(5, 20))):
        before, matter = matter, _random_step(matter, data.draw)
        case = matter.case
        if not before.case.is_open:
            assert matter == before
        elif case.state is State.DECIDED:
            _check_decision(before, opener)


def _check_decision(matter, opener):
    """What held when it was decided; the decider is whom the rules still let decide."""
    case, (draft,) = matter.case, matter.drafts.values()
    assert case.contents[HYGIENE] == draft.content_hash
    deciders = [p for p in CAST if not problems(matter, Step.DECIDE, p, attest=True)]
    assert deciders
    assert not {person.id for person in deciders} & set(case.contributors)
    if case.kind in {Kind.EXTEND, Kind.CORRECT, Kind.REPEAL}:
        assert opener not in deciders
    if case.kind in {Kind.NEW, Kind.REVISE, Kind.CORRECT, Kind.URGENT}:
        assert is_reviewed(matter, draft)
        counted = {
            approval.by.id
            for approval in case.approvals
            if approval.content_hash == draft.content_hash
        } - set(case.contributors)
        entries = draft.roles.reviewers if case.kind is not Kind.URGENT else ()
        answering = {"smittskydd": BIRGIT.id}
        assert {answering.get(entry, entry) for entry in entries} <= counted
        assert counted
