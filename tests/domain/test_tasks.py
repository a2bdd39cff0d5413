"""Whose turn it is, and who takes part."""

from dataclasses import replace
from datetime import timedelta

from styrdokument.domain.case import Event, Kind, Step
from styrdokument.domain.people import Who
from styrdokument.domain.tasks import participants, turn_since, whose_turn
from tests.cast import ALMA, BIRGIT, CECILIA, DAG, EVA, HEAD_OF_MEDICINE, NOON, ROLES
from tests.steps import after, opened, reviewed

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
