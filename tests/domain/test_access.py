"""Who may see, and who may begin: the default is no."""

from dataclasses import replace

import pytest

from styrdokument.domain.access import Act, may, may_see_case, obstacles_to_opening, reading
from styrdokument.domain.case import Kind
from styrdokument.domain.document import Audience
from styrdokument.domain.people import Person
from styrdokument.domain.problems import Code
from tests import cast
from tests.cast import (
    ALMA,
    ARVID,
    BIRGIT,
    BOARDS_ROLES,
    CAST,
    CECILIA,
    DAG,
    EVA,
    FRANS,
    GUN,
    HEAD_OF_MEDICINE,
    KARIN,
    REGISTERS,
    TODAY,
    actor,
    function,
    hygiene_adopted,
    registers_with,
)
from tests.steps import opened

ADMIN = REGISTERS.actor(EVA, on=TODAY, is_admin=True)


def seeing(matter) -> set[Person]:
    return {person for person in CAST if may_see_case(matter, actor(person, matter.registers))}


def openers(kind: Kind, adopted) -> set[Person]:
    return {p for p in CAST if not obstacles_to_opening(kind, adopted, REGISTERS, actor(p))}


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        (Act.ENTER, {None, "reader", "controller", "archivist", "admin"}),
        (Act.READ_PUBLIC, {None, "reader", "controller", "archivist", "admin"}),
        (Act.READ_INTERNAL, {"reader", "controller", "archivist", "admin"}),
        (Act.WORK, {"reader", "controller", "archivist", "admin"}),
        (Act.OVERSEE, {"controller"}),
        (Act.SEE_ALL, {"controller", "archivist"}),
        (Act.SEE_ARCHIVE, {"archivist"}),
        (Act.ADMINISTER, {"admin"}),
        (Act.SEE_IMPORTS, {"controller", "admin"}),
    ],
)
def test_the_table_of_acts_is_this(act, allowed):
    # rule 22
    people = {
        None: None,
        "reader": actor(EVA),
        "controller": actor(KARIN),
        "archivist": actor(ARVID),
        "admin": ADMIN,
    }

    assert {name for name, who in people.items() if may(who, act)} == allowed


def test_every_act_has_an_answer_for_everybody():
    assert {may(who, act) for who in (None, actor(EVA)) for act in Act} == {True, False}


def test_internal_texts_are_for_the_signed_in():
    # rule 22
    assert not may(None, reading(Audience.INTERNAL))
    assert may(None, reading(Audience.PUBLIC))


def test_a_case_is_seen_by_its_people_the_controllers_and_the_archivist_only():
    # rule 22
    taking_part = {ALMA, BIRGIT, CECILIA, DAG, FRANS}

    assert seeing(opened()) == taking_part | {KARIN, ARVID}
    assert not may_see_case(opened(), ADMIN)


def test_whoever_opened_or_wrote_sees_the_case_also_without_a_role():
    # rule 22
    assert EVA in seeing(opened(by=EVA))
    assert EVA in seeing(opened(Kind.NEW, by=EVA))


def test_heading_the_unit_shows_its_assigns_and_no_other_cases():
    # rules 14 and 22
    registers = registers_with(function(HEAD_OF_MEDICINE, EVA, DAG))
    named = hygiene_adopted(roles=replace(cast.ROLES, adopter=(DAG.id,)))

    assert EVA in seeing(opened(Kind.ASSIGN, named, registers=registers))
    assert EVA not in seeing(opened(Kind.REVISE, named, registers=registers))


def test_whoever_created_the_document_sees_no_case_by_that():
    # rule 22
    assert EVA not in seeing(opened(Kind.REVISE, hygiene_adopted(creator=EVA)))


def test_whoever_may_decide_a_repeal_sees_it():
    # rules 12 and 22
    policy = hygiene_adopted(type="policy", roles=BOARDS_ROLES)

    assert GUN in seeing(opened(Kind.REPEAL, policy))
    assert GUN not in seeing(opened(Kind.REPEAL))


@pytest.mark.parametrize("kind", [Kind.REVISE, Kind.EXTEND, Kind.CORRECT, Kind.REPEAL, Kind.URGENT])
def test_work_on_a_text_is_begun_by_its_own_people_or_a_controller(kind):
    # rule 16: creator, case officer, fact owner, controller
    assert openers(kind, hygiene_adopted(creator=EVA)) == {EVA, ALMA, FRANS, KARIN}


def test_who_is_who_is_changed_by_the_units_head_or_a_controller():
    # rule 14
    assert openers(Kind.ASSIGN, hygiene_adopted(creator=EVA)) == {DAG, KARIN}


def test_a_new_document_is_begun_by_an_author_or_a_controller():
    # rule 16
    assert openers(Kind.NEW, None) == {ALMA, KARIN}


def test_the_refusal_says_why():
    (problem,) = obstacles_to_opening(Kind.REVISE, hygiene_adopted(), REGISTERS, actor(GUN))

    assert (problem.code, problem.rule) == (Code.WRONG_ROLE, "open")


def test_administering_opens_nothing():
    # rule 22
    adopted = hygiene_adopted(roles=replace(cast.ROLES, case_officer=ALMA.id))

    assert obstacles_to_opening(Kind.NEW, None, REGISTERS, ADMIN)
    assert obstacles_to_opening(Kind.REVISE, adopted, REGISTERS, ADMIN)


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.NEW}))
def test_nothing_is_begun_on_a_repealed_document(kind):
    # rule 12
    repealed = hygiene_adopted(repealed_from=TODAY)

    (problem,) = obstacles_to_opening(kind, repealed, REGISTERS, actor(KARIN))
    assert (problem.code, problem.rule) == (Code.WRONG_STATE, "repealed")
