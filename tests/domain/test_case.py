"""Folding: what each event makes of a case, without judging and whatever stands in the log."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.case import (
    DECIDES,
    HAS_TEXT,
    OPEN_STATES,
    Case,
    Event,
    Kind,
    State,
    Step,
    apply,
    fold,
)
from styrdokument.domain.decisionfile import DecisionKind, Meaning, Significance
from styrdokument.domain.people import Who
from tests.cast import ALMA, BIRGIT, CECILIA, DAG, FRANS, HYGIENE, NOON

OLD, NEW = "ab" * 32, "cd" * 32
OPENING = {
    "kind": "revise",
    "branch": "17-handhygien",
    "documents": [{"id": HYGIENE, "content_hash": OLD, "base_version": 1}],
}
ALL_OF_IT = {"id": HYGIENE, "content_hash": NEW, "base_version": 1, "entries": ["smittskydd"]}


def event(step, person=ALMA, minutes=0, **facts) -> Event:
    who = Who(id=person.id, name=person.name)
    return Event(step=step, by=who, at=NOON + timedelta(minutes=minutes), facts=facts)


def after(*events) -> Case:
    return fold(17, (event(Step.OPEN, **OPENING), *events))


def save(person=ALMA, content=NEW) -> Event:
    return event(Step.SAVE, person, contents={str(HYGIENE): content}, bases={str(HYGIENE): 1})


def approve(person=BIRGIT, **facts) -> Event:
    return event(Step.APPROVE, person, documents=[ALL_OF_IT], **facts)


def test_a_case_is_opened_with_its_kind_documents_and_opener():
    case = after()

    assert (case.number, case.kind, case.state) == (17, Kind.REVISE, State.DRAFT)
    assert (case.opened_by.id, case.opened_at, case.branch) == (ALMA.id, NOON, "17-handhygien")
    assert (case.contents, case.bases) == ({HYGIENE: OLD}, {HYGIENE: 1})
    assert case.documents == (HYGIENE,)
    assert case.is_open


def test_whoever_opens_a_new_text_has_written_it_and_no_other_opener_has():
    # rule 17
    assert fold(17, [event(Step.OPEN, kind="new")]).contributors == (ALMA.id,)
    assert after().contributors == ()


def test_everybody_who_saves_is_a_contributor_once():
    # rule 17
    case = after(save(), save(FRANS), save())

    assert case.contributors == (ALMA.id, FRANS.id)
    assert case.contents == {HYGIENE: NEW}


def test_a_remark_that_the_author_takes_in_makes_nobody_an_author():
    # rule 17
    remark = event(Step.COMMENT, BIRGIT, body="Skriv handsprit.", document=HYGIENE, quote="sprit")
    case = after(remark, save())

    assert case.contributors == (ALMA.id,)
    assert case.comments[0].by.id == BIRGIT.id


def test_a_change_of_people_changes_the_bytes_and_makes_nobody_an_author():
    # rule 17
    case = after(save(), event(Step.REASSIGN, DAG, contents={str(HYGIENE): OLD}))

    assert case.contents == {HYGIENE: OLD}
    assert case.contributors == (ALMA.id,)


def test_submission_says_what_changed():
    case = after(event(Step.SUBMIT, change_note="Ny handsprit.", significance="minor"))

    assert case.state is State.IN_REVIEW
    assert (case.change_note, case.significance) == ("Ny handsprit.", Significance.MINOR)


def test_an_approval_names_exactly_what_was_approved():
    # rule 18
    (approval,) = after(save(), approve(method="password", meaning="attested")).approvals

    assert (approval.by.id, approval.document) == (BIRGIT.id, HYGIENE)
    assert (approval.content_hash, approval.base_version) == (NEW, 1)
    assert (approval.method, approval.meaning) == ("password", Meaning.ATTESTED)
    assert approval.entries == ("smittskydd",)


def test_a_second_approval_by_the_same_person_takes_the_place_of_the_first():
    case = after(approve(), approve(CECILIA), approve())

    assert [a.by.id for a in case.approvals] == [CECILIA.id, BIRGIT.id]


def test_an_approval_of_another_document_stands_beside():
    other = event(Step.APPROVE, BIRGIT, documents=[{**ALL_OF_IT, "id": 1077}])

    assert [a.document for a in after(approve(), other).approvals] == [HYGIENE, 1077]


def test_whoever_sends_back_takes_their_own_approval_along():
    case = after(approve(), approve(CECILIA), event(Step.RETURN, BIRGIT, reason="Fel dos."))

    assert (case.state, case.reason) == (State.DRAFT, "Fel dos.")
    assert [a.by.id for a in case.approvals] == [CECILIA.id]


def test_comments_are_numbered_answered_and_resolved():
    case = after(
        event(Step.COMMENT, BIRGIT, body="Vad är detta?"),
        event(Step.COMMENT, ALMA, body="Handsprit.", reply_to=1),
        event(Step.RESOLVE, ALMA, comment=1),
        event(Step.RESOLVE, ALMA, comment=9),
    )

    assert [(c.number, c.reply_to, c.is_resolved) for c in case.comments] == [
        (1, None, True),
        (2, 1, False),
    ]


def test_a_decided_or_withdrawn_case_is_open_no_more():
    assert after(event(Step.DECIDE, DAG)).state is State.DECIDED
    assert not after(event(Step.DECIDE, DAG)).is_open
    assert after(event(Step.WITHDRAW, reason="Behövs inte.")).state is State.WITHDRAWN
    assert after(event(Step.WITHDRAW, reason="Behövs inte.")).reason == "Behövs inte."


def test_a_case_knows_when_something_last_happened():
    assert after(event(Step.COMMENT, minutes=5, body="Hm.")).changed_at == NOON + timedelta(
        minutes=5
    )


def test_every_kind_leads_to_a_decision_and_only_some_write_a_text():
    assert set(DECIDES) == set(Kind)
    assert {k for k, d in DECIDES.items() if d in {DecisionKind.ADOPT, DecisionKind.CORRECT}} == (
        HAS_TEXT
    )
    assert set(State) - OPEN_STATES == {State.DECIDED, State.WITHDRAWN}


@pytest.mark.parametrize("kind", Kind)
def test_what_was_recorded_stays_true_whatever_todays_rules_say(kind):
    # a decision in a draft that nobody reviewed: no rule would let it through, the fold does
    case = fold(17, [event(Step.OPEN, **{**OPENING, "kind": kind}), event(Step.DECIDE, ALMA)])

    assert (case.kind, case.state) == (kind, State.DECIDED)


def test_facts_in_shapes_of_others_count_as_not_said():
    odd = {"contents": {"1042": 3, "x": NEW, "9" * 5000: NEW}, "bases": [1]}
    case = after(event(Step.SAVE, **odd), event(Step.SUBMIT, significance="huge", change_note=7))

    assert case.contents == {HYGIENE: OLD}
    assert (case.change_note, case.significance) == ("", Significance.SIGNIFICANT)
    assert after(event(Step.APPROVE, documents=[{"id": HYGIENE}, None, 4])).approvals == ()
    assert fold(17, [event(Step.OPEN, kind="sing", documents=3)]).kind is Kind.REVISE


ODD = st.sampled_from(
    [None, True, -1, 1042, 1e9, "", "x", NEW, [], [1, "x"], {}, {"id": 1042}, *Kind, *Meaning]
)
KEYS = [
    *("kind", "branch", "documents", "contents", "bases", "change_note", "significance"),
    *("method", "meaning", "reason", "body", "document", "quote", "reply_to", "comment"),
]
ODD_DOCUMENT = st.fixed_dictionaries(
    {}, optional={"id": ODD, "content_hash": ODD, "base_version": ODD, "entries": ODD}
)
ODD_CONTENTS = st.dictionaries(st.sampled_from(["1042", "-1", "\u0661", "", "9" * 5000]), ODD)
odd_facts = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(KEYS, ODD)
    | {
        "documents": ODD | st.lists(ODD_DOCUMENT | ODD, max_size=2),
        "contents": ODD | ODD_CONTENTS,
        "bases": ODD | ODD_CONTENTS,
    },
)
events = st.builds(
    Event,
    step=st.sampled_from(Step),
    by=st.builds(Who, id=st.sampled_from([ALMA.id, BIRGIT.id, None]), name=st.just("Alma")),
    at=st.just(datetime(2026, 11, 21, 12, tzinfo=UTC)),
    facts=odd_facts,
)


@given(st.lists(events, max_size=8))
def test_no_log_however_odd_stops_the_fold(log):
    case = fold(17, log)

    assert case == fold(17, log)
    assert all(isinstance(one, int) for one in (*case.documents, *case.bases))
    assert all(isinstance(text, str) for text in (*case.contents.values(), case.change_note))
    assert None not in case.contributors
    for approval in case.approvals:
        assert isinstance(approval.content_hash, str)


@given(st.lists(events, max_size=8), events)
def test_one_event_more_is_one_step_on(log, last):
    assert fold(17, [*log, last]) == apply(fold(17, log), last)
    assert replace(fold(17, log), state=State.DRAFT).is_open
