"""Rules 1-8 on the calendar: the months that run, and what each day says of each version."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.document import DocumentType
from styrdokument.domain.validity import (
    APPLIES,
    History,
    Standing,
    Version,
    add_months,
    before,
    due_from,
    last_day,
)

REMINDERS = DocumentType(slug="routine", label={}).reminders
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
FEW_DAYS = st.dates(date(2026, 11, 1), date(2026, 11, 9))


def day(text: str) -> date:
    return date.fromisoformat(text)


def version(number: int, begins: str, ends: str | None = None, review: str | None = None):
    return Version(
        number=number,
        effective_from=day(begins),
        valid_until=day(ends) if ends else None,
        review_on=day(review) if review else None,
    )


ONE = version(1, "2024-03-15", "2026-03-15")
TWO = version(2, "2025-06-01", "2027-06-01")
ALONE, BOTH = History(versions=(ONE,)), History(versions=(ONE, TWO))


def standing(history: History, number: int, on: str) -> Standing:
    return history.standing(number, on=day(on), reminders=REMINDERS)


@pytest.mark.parametrize(
    ("decided", "effective", "last"),
    [
        ("2024-03-15", "2024-03-15", "2026-03-15"),
        ("2024-02-29", "2024-02-29", "2026-02-28"),
        ("2024-02-01", "2024-02-29", "2026-02-28"),
        ("2024-03-15", "2024-03-01", "2026-03-15"),
        ("2022-02-28", "2022-02-28", "2024-02-28"),
    ],
)
def test_24_months_run_from_the_later_day_clamped_to_the_months_end(decided, effective, last):
    # rule 4
    end = last_day(decided_on=day(decided), effective_from=day(effective), months=24)

    assert end == day(last)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-05-31", -3, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2028-02-29", 12, "2029-02-28"),
        ("9999-12-01", 24, "9999-12-31"),
        ("0001-01-15", -1, "0001-01-01"),
    ],
)
def test_months_are_counted_by_the_calendar_and_stop_where_it_stops(start, months, end):
    # rule 4
    assert add_months(day(start), months) == day(end)


@given(DAYS, st.integers(0, 120))
def test_a_later_start_never_ends_earlier(start, months):
    # rule 4
    assert add_months(start, months) <= add_months(start + timedelta(days=1), months)


@given(DAYS, st.integers(-120, 120))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(start, months):
    # rule 4
    end = add_months(start, months)

    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or (end + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("3 months", "2025-12-15"),
        ("1 month", "2026-02-15"),
        ("14 days", "2026-03-01"),
        ("1 day", "2026-03-14"),
        ("0 days", "2026-03-15"),
        ("9999999 days", "0001-01-01"),
    ],
)
def test_a_reminder_comes_its_period_before_the_last_day(period, expected):
    # rule 5
    assert before(day("2026-03-15"), period) == day(expected)


@pytest.mark.parametrize("period", ["3", "3 weeks", "tre months", "months"])
def test_a_period_in_other_words_is_refused(period):
    with pytest.raises(ValueError, match=period.split(maxsplit=1)[0]):
        before(day("2026-03-15"), period)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2024-03-14", Standing.UPCOMING),
        ("2024-03-15", Standing.IN_FORCE),
        ("2025-12-14", Standing.IN_FORCE),
        ("2025-12-15", Standing.DUE),
        ("2026-03-15", Standing.DUE),
        ("2026-03-16", Standing.EXPIRED),
        ("2031-01-01", Standing.EXPIRED),
    ],
)
def test_a_version_is_due_three_months_before_its_last_day_which_is_included(on, expected):
    # rule 5
    assert standing(ALONE, 1, on) is expected


def test_an_expired_version_still_applies():
    # rule 5
    assert ALONE.applying(day("2031-01-01")) == ONE
    assert Standing.EXPIRED in APPLIES


def test_without_reminders_a_version_is_due_on_its_last_day_only():
    # rule 5
    assert ALONE.standing(1, on=day("2026-03-14")) is Standing.IN_FORCE
    assert ALONE.standing(1, on=day("2026-03-15")) is Standing.DUE


def test_until_further_notice_may_be_due_and_never_expires():
    # rule 6
    history = History(versions=(version(1, "2024-03-15", review="2026-03-15"),))

    assert standing(history, 1, "2025-12-14") is Standing.IN_FORCE
    assert standing(history, 1, "2025-12-15") is Standing.DUE
    assert standing(history, 1, "2040-01-01") is Standing.DUE


def test_a_text_with_neither_last_day_nor_review_day_is_due_at_once():
    # rule 26
    history = History(versions=(version(1, "2019-05-02"),))

    assert standing(history, 1, "2019-05-02") is Standing.DUE
    assert due_from(history.versions[0], ()) == day("2019-05-02")


@pytest.mark.parametrize(
    ("on", "applies", "of_one", "of_two"),
    [
        ("2024-03-14", None, Standing.UPCOMING, Standing.UPCOMING),
        ("2025-05-31", 1, Standing.IN_FORCE, Standing.UPCOMING),
        ("2025-06-01", 2, Standing.SUPERSEDED, Standing.IN_FORCE),
        ("2028-01-01", 2, Standing.SUPERSEDED, Standing.EXPIRED),
    ],
)
def test_a_new_version_takes_over_on_its_day_and_the_older_never_comes_back(
    on, applies, of_one, of_two
):
    # rule 1
    version = BOTH.applying(day(on))

    assert (version.number if version else None) == applies
    assert standing(BOTH, 1, on) is of_one
    assert standing(BOTH, 2, on) is of_two


def test_the_old_stays_flagged_when_it_expires_before_the_new_takes_effect():
    # rule 7
    late = version(2, "2026-06-01", "2028-06-01")
    history = History(versions=(ONE, late))

    assert standing(history, 1, "2026-04-01") is Standing.EXPIRED
    assert history.applying(day("2026-04-01")) == ONE
    assert history.begun_after(1) == late


def test_a_cancelled_upcoming_version_never_applies_and_the_old_goes_on():
    # rule 2
    history = History(versions=(ONE, replace(TWO, is_cancelled=True)))

    assert standing(history, 2, "2025-07-01") is Standing.REPEALED
    assert standing(history, 1, "2025-07-01") is Standing.IN_FORCE
    assert history.applying(day("2025-07-01")) == ONE
    assert history.begun_after(1) is None
    assert history.latest == ONE


def test_the_number_of_a_cancelled_version_is_never_used_again():
    # rule 1
    assert History(versions=(ONE, replace(TWO, is_cancelled=True))).next_number == 3
    assert History().next_number == 1


def test_nothing_applies_from_the_first_day_of_the_repeal():
    # rule 12
    history = replace(BOTH, repealed_from=day("2026-01-01"))

    assert standing(history, 2, "2025-12-31") is Standing.IN_FORCE
    assert standing(history, 2, "2026-01-01") is Standing.REPEALED
    assert standing(history, 1, "2026-01-01") is Standing.SUPERSEDED
    assert history.applying(day("2026-01-01")) is None


def test_a_page_shows_what_applies_else_the_last_that_did_else_what_is_to_come():
    # rule 24
    repealed = replace(ALONE, repealed_from=day("2026-01-01"))

    assert BOTH.shown(day("2025-07-01")) == TWO
    assert repealed.shown(day("2026-07-01")) == ONE
    assert ALONE.shown(day("2024-01-01")) == ONE
    assert History().shown(day("2024-01-01")) is None
    assert History().latest is None


def test_there_is_no_standing_for_a_version_that_was_never_issued():
    with pytest.raises(KeyError):
        standing(BOTH, 3, "2025-07-01")


def test_a_gap_before_an_extension_stays_visible_on_its_days():
    # rule 10
    gap = (day("2026-03-16"), day("2026-04-30"))
    extended = replace(ONE, valid_until=day("2028-05-01"), gaps=(gap,))
    history = History(versions=(extended,))

    assert standing(history, 1, "2026-03-15") is Standing.IN_FORCE
    assert standing(history, 1, "2026-03-16") is Standing.EXPIRED
    assert standing(history, 1, "2026-04-30") is Standing.EXPIRED
    assert standing(history, 1, "2026-05-01") is Standing.IN_FORCE
