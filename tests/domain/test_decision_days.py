"""The days of a decision: given or by default, in order, no longer than the type lets."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from styrdokument.domain.case import HAS_TEXT, Kind, Step
from styrdokument.domain.decision import dates_of
from styrdokument.domain.matter import Given
from styrdokument.domain.problems import Code
from styrdokument.domain.validity import Version
from tests.cast import (
    ALMA,
    BIRGIT,
    BOARDS_ROLES,
    DAG,
    FIRST,
    FRANS,
    GUN,
    HYGIENE,
    MINUTES,
    ROUTINE,
    TODAY,
    boards_adopted,
    hygiene_adopted,
    hygiene_draft,
    registers_with,
)
from tests.steps import after, codes, did, opened, reasons, reviewed, reviewed_policy

YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)
WRITTEN = ((Step.SAVE, ALMA), (Step.SUBMIT, ALMA))


def extension(*versions, **how):
    return did(opened(Kind.EXTEND, hygiene_adopted(*versions), **how), Step.APPROVE, FRANS)


def dates(matter, **said) -> Version:
    return dates_of(matter, matter.drafts[HYGIENE], Given(**said))


def test_a_new_version_runs_for_the_types_months_from_the_later_day():
    # rule 4
    assert dates(reviewed()) == Version(
        number=2, effective_from=TODAY, valid_until=date(2028, 11, 21)
    )
    later = dates(reviewed(), effective_from=date(2027, 2, 28))
    assert later.valid_until == date(2029, 2, 28)


def test_a_boards_months_run_from_the_day_it_takes_effect_when_registered_late():
    # rules 3 and 4
    said = {**MINUTES, "effective_from": date(2026, 11, 15)}

    assert dates(reviewed_policy(), **said).valid_until == date(2030, 11, 15)
    assert reasons(reviewed_policy(), GUN, **said) == set()


def test_nothing_takes_effect_before_it_is_recorded():
    # rule 3
    assert reasons(reviewed(), effective_from=YESTERDAY) == {"dates_out_of_order/in_the_past"}


def test_nothing_that_a_board_decided_takes_effect_before_it_met():
    # rule 3
    early = {**MINUTES, "effective_from": MINUTES["minutes_date"] - timedelta(days=1)}

    assert reasons(reviewed_policy(), GUN, **early) == {"dates_out_of_order/in_the_past"}


def test_a_version_that_would_begin_before_one_to_come_must_wait_for_its_cancelling():
    # rule 2
    to_come = Version(number=2, effective_from=date(2027, 1, 1), valid_until=date(2029, 1, 1))
    draft = hygiene_draft(base=2)
    matter = reviewed(draft, adopted=[hygiene_adopted(FIRST, to_come)])
    cancelled = hygiene_adopted(FIRST, replace(to_come, is_cancelled=True))

    assert reasons(matter) == {"dates_out_of_order/before_the_latest"}
    assert reasons(matter, effective_from=date(2027, 1, 1)) == set()
    assert reasons(reviewed(draft, adopted=[cancelled])) == set()


def test_validity_is_no_longer_than_the_type_lets_it_be():
    # rule 4
    assert reasons(reviewed(), valid_until=date(2031, 11, 21)) == set()
    assert reasons(reviewed(), valid_until=date(2031, 11, 22)) == {"validity_too_long/valid_until"}
    assert reasons(reviewed(), valid_until=YESTERDAY) == {
        "dates_out_of_order/ends_before_it_begins"
    }


def test_until_further_notice_takes_a_review_day_and_a_type_that_allows_it():
    # rule 6
    said = {**MINUTES, "review_on": date(2030, 1, 1)}
    version = dates(reviewed_policy(), **said)

    assert (version.valid_until, version.review_on) == (None, date(2030, 1, 1))
    assert reasons(reviewed_policy(), GUN, **said) == set()
    assert reasons(reviewed(), review_on=date(2028, 1, 1)) == {
        "validity_too_long/until_further_notice"
    }


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("name", ["effective_from", "valid_until", "review_on"])
@pytest.mark.parametrize("kind", Kind)
def test_no_day_that_can_be_written_is_more_than_refused(kind, name, day):
    matter = reviewed(kind=kind) if kind in HAS_TEXT else opened(kind)

    assert "wrong_state/" not in reasons(matter, **{name: day})
    assert "wrong_state/" not in reasons(replace(matter, on=day))


def test_an_urgent_text_is_in_force_at_once():
    # rule 15
    matter = after(*WRITTEN, (Step.APPROVE, BIRGIT), kind=Kind.URGENT)

    assert reasons(matter) == set()
    assert dates(matter).effective_from == TODAY
    assert reasons(matter, effective_from=TOMORROW) == {"dates_out_of_order/urgent"}


def test_a_boards_type_is_never_urgent():
    # rule 15
    matter = after(
        (Step.SAVE, ALMA, hygiene_draft(type="policy", roles=BOARDS_ROLES)),
        (Step.SUBMIT, ALMA),
        (Step.APPROVE, BIRGIT),
        kind=Kind.URGENT,
        adopted=[boards_adopted()],
    )

    assert reasons(matter, GUN, **MINUTES, effective_from=TODAY) == {"needs_minutes/urgent"}


def test_a_correction_keeps_the_days_and_the_count_under_the_next_number():
    # rule 11
    once = replace(FIRST, extensions=1)
    matter = reviewed(kind=Kind.CORRECT, adopted=[hygiene_adopted(once)])

    assert dates(matter) == replace(once, number=2, corrects=1)
    assert reasons(matter) == set()


def test_an_extension_runs_from_the_day_of_decision():
    # rule 9
    assert dates(extension()) == Version(
        number=1, effective_from=FIRST.effective_from, valid_until=date(2028, 11, 21)
    )
    assert reasons(extension()) == set()


def test_an_extension_says_why():
    # rule 9
    assert reasons(extension(), reason=" ") == {"needs_reason/reason"}


def test_a_boards_extension_runs_from_the_meeting():
    # rule 9
    matter = opened(Kind.EXTEND, hygiene_adopted(FIRST, type="policy", roles=BOARDS_ROLES))

    assert dates(matter, **MINUTES).valid_until == date(2030, 11, 10)


def test_an_extension_never_ends_earlier_than_before():
    # rule 9
    long = replace(FIRST, valid_until=date(2030, 3, 15))

    assert dates(extension(long)).valid_until == date(2030, 3, 15)
    assert reasons(extension(long)) == set()
    assert reasons(extension(long), valid_until=date(2030, 3, 14)) == {"dates_out_of_order/shorter"}


def test_until_further_notice_is_extended_to_a_new_review_day_and_not_cut_off():
    # rules 6 and 9
    matter = did(opened(Kind.EXTEND, boards_adopted()), Step.APPROVE, FRANS)

    assert dates(matter, **MINUTES).review_on == date(2030, 11, 10)
    assert reasons(matter, GUN, **MINUTES) == set()
    cut_off = {**MINUTES, "valid_until": date(2030, 1, 1)}
    assert reasons(matter, GUN, **cut_off) == {"dates_out_of_order/shorter"}


def test_a_text_that_came_without_a_last_day_is_extended_like_any_other():
    # rules 9 and 26
    matter = extension(replace(FIRST, valid_until=None))

    assert dates(matter).valid_until == date(2028, 11, 21)
    assert reasons(matter) == set()


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("ends", [date(2027, 3, 15), None])
def test_two_extensions_in_a_row_are_the_most(count, ends):
    # rule 9: until further notice too
    registers = registers_with(types=[replace(ROUTINE, until_further_notice=True)])
    review = None if ends else date(2027, 3, 15)
    version = replace(FIRST, extensions=count, valid_until=ends, review_on=review)
    found = codes(extension(version, registers=registers), Step.DECIDE, DAG)

    assert found == ({Code.TOO_MANY_EXTENSIONS} if count >= 2 else set())


def test_an_expired_document_may_be_extended():
    # rule 10
    expired = replace(FIRST, valid_until=date(2026, 3, 15))

    assert reasons(extension(expired)) == set()
    assert dates(extension(expired)).valid_until == date(2028, 11, 21)


def test_a_repeal_says_why_and_is_not_in_the_past():
    # rule 12
    matter = opened(Kind.REPEAL)

    assert reasons(matter) == set()
    assert reasons(matter, reason="") == {"needs_reason/reason"}
    assert reasons(matter, effective_from=TOMORROW) == set()
    assert reasons(matter, effective_from=YESTERDAY) == {"dates_out_of_order/in_the_past"}


def test_a_board_does_not_repeal_for_the_past_either():
    # rule 12
    said = {**MINUTES, "effective_from": MINUTES["minutes_date"]}

    assert reasons(opened(Kind.REPEAL, boards_adopted()), GUN, **said) == {
        "dates_out_of_order/in_the_past"
    }
