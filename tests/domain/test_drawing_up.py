"""From a judged matter to what goes on the record, frozen as it is now."""

from dataclasses import replace
from datetime import date

import pytest

from styrdokument.domain.case import DECIDES, HAS_TEXT, Kind, Step
from styrdokument.domain.decisionfile import ContentFile, DecisionKind, Significance
from styrdokument.domain.document import content_hash
from styrdokument.domain.drawing_up import Signing, draw_up
from styrdokument.domain.history import history_of
from styrdokument.domain.matter import Given
from tests.cast import (
    ALMA,
    BIRGIT,
    CECILIA,
    DAG,
    EVA,
    FIRST,
    FRANS,
    GUN,
    HYGIENE,
    MINUTES,
    NOON,
    REGISTERS,
    TODAY,
    actor,
    hygiene_adopted,
    hygiene_draft,
)
from tests.steps import after, did, opened, reviewed, reviewed_policy

FILE = ContentFile(path="text.md", sha256="ab" * 32, git="cd" * 20, size=4211)


def drawn(matter, by=DAG, **said):
    numbers = [(d, n) for d in (*matter.drafts, *matter.adopted) for n in range(1, 9)]
    contents = dict.fromkeys(numbers, (FILE,))
    who = REGISTERS.sign(actor(by))
    signing = Signing(by=who, at=NOON, product="styrdokument 0.1.0", contents=contents)
    return list(draw_up(matter, Given(second_look="password", **said), signing))


def test_an_adoption_says_all_that_was_decided_and_by_whom():
    # rules 4, 17 and 18
    (decision,) = drawn(reviewed())

    assert (decision.kind, decision.case, decision.document) == (DecisionKind.ADOPT, 17, HYGIENE)
    assert (decision.version, decision.corrects, decision.unit) == (2, None, "medicinkliniken")
    assert (decision.content, decision.content_hash) == (
        (FILE,),
        content_hash([("text.md", "ab" * 32)]),
    )
    assert (decision.decided_on, decision.effective_from) == (TODAY, TODAY)
    assert decision.valid_until == date(2028, 11, 21)
    assert decision.decided_by == decision.recorded_by == REGISTERS.sign(actor(DAG))
    assert [a.by.id for a in decision.approvals] == [BIRGIT.id, CECILIA.id]
    assert decision.contributors == (ALMA.id,)
    assert (decision.change_note, decision.significance) == (
        "Ny handsprit.",
        Significance.SIGNIFICANT,
    )


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_drawn_up_as_its_decision(kind):
    matter = reviewed(kind=kind) if kind in HAS_TEXT else opened(kind)
    (decision,) = drawn(matter, reason="Så vill kliniken.")

    assert decision.kind is DECIDES[kind]
    assert decision.reason == "Så vill kliniken."


def test_only_approvals_that_count_are_written():
    # rule 17
    matter = after(
        (Step.SAVE, ALMA),
        (Step.SUBMIT, ALMA),
        (Step.APPROVE, BIRGIT),
        (Step.SAVE, ALMA, hygiene_draft("Other words.")),
        (Step.APPROVE, CECILIA),
    )

    assert [a.by.id for a in drawn(matter)[0].approvals] == [CECILIA.id]


def test_an_extension_is_of_the_same_version():
    # rule 9
    matter = did(opened(Kind.EXTEND), Step.APPROVE, FRANS)
    (decision,) = drawn(matter)

    assert (decision.version, decision.valid_until) == (1, date(2028, 11, 21))
    assert decision.significance is None
    assert [a.meaning for a in decision.approvals] == ["attested"]


def test_a_correction_names_what_it_corrects_and_keeps_its_days():
    # rule 11
    (decision,) = drawn(reviewed(kind=Kind.CORRECT))

    assert (decision.version, decision.corrects) == (2, 1)
    assert (decision.effective_from, decision.valid_until) == (
        FIRST.effective_from,
        FIRST.valid_until,
    )


def test_a_repeal_says_from_which_day_and_names_the_successor():
    # rule 12
    (decision,) = drawn(
        opened(Kind.REPEAL), effective_from=date(2026, 12, 1), successor=1077, reason="Ersatt."
    )

    assert (decision.version, decision.effective_from) == (1, date(2026, 12, 1))
    assert (decision.valid_until, decision.successor) == (None, 1077)


def test_an_assign_has_no_days_and_no_new_version():
    # rule 14
    (decision,) = drawn(opened(Kind.ASSIGN), by=DAG)

    assert (decision.version, decision.effective_from, decision.valid_until) == (1, None, None)


def test_of_a_board_the_body_decides_on_the_day_it_met():
    # rules 3 and 19
    (decision,) = drawn(reviewed_policy(), by=GUN, **MINUTES)

    assert (decision.decided_by.id, decision.decided_by.name) == (None, "Regionfullmäktige")
    assert (decision.recorded_by.id, decision.decided_on) == (GUN.id, date(2026, 11, 10))
    assert decision.effective_from == TODAY


@pytest.mark.parametrize("begins", [TODAY, date(2027, 1, 1)])
def test_what_is_replaced_ends_the_day_its_successor_begins(begins):
    # rule 13
    old = hygiene_adopted(id=1031)
    matter = reviewed(hygiene_draft(replaces=(1031,)), beside=[old])
    adoption, repeal = drawn(matter, effective_from=begins)

    assert adoption.replaces == (1031,)
    assert (repeal.kind, repeal.document, repeal.successor) == (
        DecisionKind.REPEAL,
        1031,
        HYGIENE,
    )
    assert repeal.effective_from == adoption.effective_from == begins


def test_what_is_replaced_ends_whole_also_where_it_has_a_version_to_come():
    # rule 13
    to_come = replace(FIRST, number=2, effective_from=date(2027, 1, 1))
    old = hygiene_adopted(FIRST, to_come, id=1031)
    matter = reviewed(hygiene_draft(replaces=(1031,)), beside=[old])
    _, repeal = drawn(matter)

    issued = [
        replace(
            repeal,
            kind=DecisionKind.ADOPT,
            version=version.number,
            effective_from=version.effective_from,
        )
        for version in (FIRST, to_come)
    ]
    assert history_of([*issued, repeal]).applying(date(2027, 1, 1)) is None


def test_titles_names_and_units_are_frozen_as_they_are_now():
    named = hygiene_draft(title="Handhygien i vården", record_class="3.2.1")
    (decision,) = drawn(reviewed(named), by=EVA, registry_number=" RS 2026-112 ")

    assert (decision.title, decision.record_class) == ("Handhygien i vården", "3.2.1")
    assert (decision.recorded_by.name, decision.recorded_by.title) == ("Eva", "Sjuksköterska")
    assert (decision.registry_number, decision.product) == ("RS 2026-112", "styrdokument 0.1.0")
