"""Whose turn it is, and who takes part."""

from dataclasses import replace
from datetime import timedelta

from styrdokument.domain.case import Event, Kind, Step
from styrdokument.domain.people import Who
from styrdokument.domain.tasks import participants, turn_since, waiting, whose_turn
from tests.cast import (
    ALMA,
    BIRGIT,
    CECILIA,
    DAG,
    EVA,
    FRANS,
    GUN,
    HEAD_OF_MEDICINE,
    KARIN,
    NOON,
    ROLES,
    actor,
    boards_adopted,
)
from tests.steps import after, did, opened, reviewed, reviewed_policy

WRITTEN = ((Step.SAVE, ALMA), (Step.SUBMIT, ALMA))


def test_the_turn_goes_from_writers_to_reviewers_to_the_adopter_to_nobody():
    # rule 8: a reminder names whose turn it is
    assert whose_turn(opened(by=EVA)) == (ALMA.id, EVA.id)
    assert whose_turn(after(*WRITTEN)) == ROLES.reviewers
    assert whose_turn(after(*WRITTEN, (Step.APPROVE, BIRGIT))) == (CECILIA.id,)
    assert whose_turn(reviewed()) == (HEAD_OF_MEDICINE,)
    assert whose_turn(after((Step.WITHDRAW, ALMA))) == ()


def test_an_urgent_text_waits_for_any_of_its_reviewers():
    # rule 15
    assert whose_turn(after(*WRITTEN, kind=Kind.URGENT)) == ROLES.reviewers


def test_what_waits_is_called_by_what_is_to_be_done():
    # rules 9, 12, 14 and 18
    drafts = {kind: waiting(opened(kind), actor(ALMA)) for kind in Kind if kind is not Kind.NEW}
    assert drafts == {
        Kind.REVISE: "submit",
        Kind.CORRECT: "submit",
        Kind.URGENT: "submit",
        Kind.EXTEND: "ask_to_attest",
        Kind.REPEAL: "propose",
        Kind.ASSIGN: "propose",
    }
    assert waiting(opened(Kind.EXTEND), actor(FRANS)) == "attest"
    assert waiting(opened(Kind.REPEAL), actor(DAG)) == "decide"
    assert waiting(after(*WRITTEN), actor(BIRGIT)) == "approve"
    assert waiting(reviewed(), actor(DAG)) == "decide"
    assert waiting(after(*WRITTEN), actor(ALMA)) == "none"


def test_a_board_decides_nothing_here_and_its_minutes_are_recorded():
    # rules 19 and 20
    assert waiting(reviewed_policy(), actor(GUN)) == "record"
    entered = did(reviewed_policy(), Step.ENTER_MINUTES, GUN)
    assert waiting(entered, actor(BIRGIT)) == "attest_minutes"
    assert waiting(opened(Kind.EXTEND, boards_adopted()), actor(GUN)) == "record"
    assert waiting(opened(Kind.ASSIGN, boards_adopted(), by=KARIN), actor(DAG)) == "decide"


def test_a_case_without_a_known_opener_is_the_case_officers():
    matter = opened()

    assert whose_turn(replace(matter, case=replace(matter.case, opened_by=None))) == (ALMA.id,)


def test_everybody_who_takes_part_is_named_once():
    # rule 22
    assert participants(after(*WRITTEN, by=DAG)) == (
        DAG.id,
        ALMA.id,
        "hygienlakare",
        *ROLES.reviewers,
        HEAD_OF_MEDICINE,
    )


def test_a_turn_lasts_since_the_case_was_last_passed_on():
    steps = (Step.OPEN, Step.SAVE, Step.SUBMIT, Step.COMMENT, Step.SAVE, Step.RESOLVE)
    alma = Who(id=ALMA.id, name="Alma")
    events = [
        Event(step=step, by=alma, at=NOON + timedelta(days=day)) for day, step in enumerate(steps)
    ]

    assert turn_since(events) == events[2].at
    assert turn_since(events[:2]) == events[0].at
    assert turn_since([]) is None
