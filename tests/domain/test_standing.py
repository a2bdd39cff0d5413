"""What holds of any versions on any day, also of days that no rule would have let through."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.validity import APPLIES, History, Standing, Version

FEW_DAYS = st.dates(date(2026, 11, 1), date(2026, 11, 9))


@st.composite
def histories(draw) -> History:
    """Any numbers of versions, also with days that no rule would have let through."""
    begins = draw(st.lists(FEW_DAYS, max_size=5))
    ends = [draw(st.none() | FEW_DAYS) for _ in begins]
    cancelled = [draw(st.booleans()) for _ in begins]
    versions = tuple(
        Version(number=n, effective_from=begin, valid_until=end, is_cancelled=is_cancelled)
        for n, (begin, end, is_cancelled) in enumerate(zip(begins, ends, cancelled, strict=True), 1)
    )
    return History(versions=versions, repealed_from=draw(st.none() | FEW_DAYS))


@given(histories(), FEW_DAYS)
def test_on_any_day_the_one_that_applies_is_the_highest_number_that_has_begun(history, on):
    # rule 1
    standings = {v.number: history.standing(v.number, on=on) for v in history.versions}
    applying = [number for number, one in standings.items() if one in APPLIES]
    begun = [v.number for v in history.versions if v.effective_from <= on and not v.is_cancelled]
    is_repealed = history.repealed_from is not None and on >= history.repealed_from

    assert applying == ([] if is_repealed else begun[-1:])
    assert [v.number for v in [history.applying(on)] if v] == applying


@given(histories(), FEW_DAYS, st.integers(0, 9))
def test_an_older_version_never_comes_back_as_days_go_by(history, on, days):
    # rule 1
    now, later = history.applying(on), history.applying(on + timedelta(days=days))

    assert later is None or now is None or later.number >= now.number


@given(histories(), FEW_DAYS)
def test_a_superseded_version_has_a_later_one_that_has_begun(history, on):
    # rule 5
    for one in history.versions:
        if history.standing(one.number, on=on) is Standing.SUPERSEDED:
            later = history.begun_after(one.number)
            assert later is not None
            assert any(v.effective_from <= on for v in history.versions if v.number > one.number)
