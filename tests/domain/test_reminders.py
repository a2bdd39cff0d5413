"""Which stage of the ladder has come on a day: each once, and none passed by unseen."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.document import DocumentType
from styrdokument.domain.reminders import (
    About,
    Watched,
    about_of,
    is_ladder,
    newest_stage,
    stage_due,
)

LADDER = DocumentType.reminders
END = date(2028, 12, 1)
ADOPTED = date(2026, 12, 1)
HYGIENE = Watched(document=1042, version=3, ends_on=END, set_on=ADOPTED)

DAY = timedelta(days=1)
dates = st.dates()
ladders = st.lists(
    st.builds(
        "{} {}".format, st.integers(0, 400), st.sampled_from(["day", "days", "month", "months"])
    ),
    max_size=6,
)


def walked(watched: Watched, days: range | list[date], ladder=LADDER, start: date = ADOPTED):
    """The stages that go out when the days are looked at in order, each once."""
    since, sent, out = None, [], []
    for day in days:
        on = start + timedelta(days=day) if isinstance(day, int) else day
        stage = stage_due(watched, ladder, on=on, since=since, sent=sent)
        since = on
        if stage:
            out.append((on, stage.name, stage.level))
            sent.append(stage.on)
    return out


def test_the_ladder_begins_three_calendar_months_before_and_goes_on_each_month_after():
    assert walked(HYGIENE, range(820)) == [
        (date(2028, 9, 1), "3 months", 0),
        (date(2028, 11, 1), "1 month", 0),
        (date(2028, 11, 17), "14 days", 0),
        (date(2028, 11, 24), "7 days", 0),
        (date(2028, 11, 30), "1 day", 0),
        (date(2028, 12, 1), "0 days", 0),
        (date(2029, 1, 1), "after 1 month", 1),
        (date(2029, 2, 1), "after 2 months", 2),
    ]


def test_a_last_day_that_a_month_lacks_is_that_months_last_every_month():
    # T4: 29 February
    leap = replace(HYGIENE, ends_on=date(2028, 2, 29), set_on=date(2026, 2, 28))
    days = [day for day, *_ in walked(leap, range(1200), start=date(2026, 2, 28))]
    assert days[:2] == [date(2027, 11, 29), date(2028, 1, 29)]
    assert days[6:] == [
        date(2028, 3, 29),
        date(2028, 4, 29),
        date(2028, 5, 29),
        *(date(2028, month, 29) for month in range(6, 13)),
        date(2029, 1, 29),
        date(2029, 2, 28),
        date(2029, 3, 29),
        date(2029, 4, 29),
        date(2029, 5, 29),
    ]


def test_after_days_when_nobody_looked_only_the_newest_stage_goes_out():
    # T6: the job was due while all was down
    down = [date(2028, 8, 31), date(2028, 11, 26), date(2028, 12, 20)]
    assert walked(HYGIENE, down) == [
        (date(2028, 11, 26), "7 days", 0),
        (date(2028, 12, 20), "0 days", 0),
    ]


def test_a_clock_that_went_back_resends_nothing():
    # T7
    days = [date(2028, 8, 31), date(2028, 11, 2), date(2028, 9, 5), date(2028, 10, 1)]
    since, sent, out = None, [], []
    for on in days:
        earlier = max((d for d in days[: days.index(on)] if d < on), default=since)
        stage = stage_due(HYGIENE, LADDER, on=on, since=earlier, sent=sent)
        if stage:
            out.append(stage.name)
            sent.append(stage.on)
    assert out == ["1 month"]


def test_what_the_decision_itself_made_pass_by_is_no_news():
    short = replace(HYGIENE, ends_on=ADOPTED + timedelta(days=20))
    assert walked(short, range(30)) == [
        (date(2026, 12, 7), "14 days", 0),
        (date(2026, 12, 14), "7 days", 0),
        (date(2026, 12, 20), "1 day", 0),
        (date(2026, 12, 21), "0 days", 0),
    ]


def test_an_imported_text_that_expired_long_ago_is_told_of_at_once_and_rises_from_there():
    # rule 26; decision 0011
    old = replace(HYGIENE, ends_on=date(2019, 5, 31), is_imported=True)
    assert walked(old, range(65)) == [
        (date(2026, 12, 1), "after 90 months", 0),
        (date(2026, 12, 31), "after 91 months", 1),
        (date(2027, 1, 31), "after 92 months", 2),
    ]


def test_an_import_after_the_days_look_is_seen_the_day_after():
    old = replace(HYGIENE, ends_on=date(2019, 5, 31), is_imported=True)
    due = stage_due(old, LADDER, on=ADOPTED + DAY, since=ADOPTED)
    assert due is not None
    assert stage_due(old, LADDER, on=ADOPTED + DAY, since=ADOPTED, sent=[due.on]) is None


def test_a_planned_review_is_reminded_of_by_its_day():
    # decision 0011
    planned = replace(HYGIENE, is_imported=True)
    assert walked(planned, range(10)) == []
    assert walked(planned, [END - timedelta(days=14)])[0][1] == "14 days"


def test_another_ladder_is_the_types_to_say():
    ladder = ("6 months", "10 days")
    assert walked(HYGIENE, range(735), ladder) == [
        (date(2028, 6, 1), "6 months", 0),
        (date(2028, 11, 21), "10 days", 0),
    ]
    assert is_ladder(LADDER)
    assert not any(is_ladder([one]) for one in ("", "soon", "2 weeks", "-3 days", "x months"))


@given(dates, dates, ladders, dates, st.booleans())
def test_no_day_and_no_ladder_is_too_odd(ends_on, on, ladder, set_on, imported):
    # T4, T13
    watched = replace(HYGIENE, ends_on=ends_on, set_on=set_on, is_imported=imported)
    stage = stage_due(watched, [*ladder, "nonsense", ""], on=on)
    assert stage is None or (stage.on <= on and stage.level >= 0)


@given(
    st.dates(date(1950, 1, 1), date(2110, 1, 1)),
    st.sets(st.integers(-200, 500), max_size=60),
    st.booleans(),
    st.integers(0, 300),
)
def test_however_often_it_is_looked_each_stage_goes_out_once_and_none_passes_unseen(
    ends_on, days, imported, earlier
):
    # T1 in small: each look sees what all the days since the look before would have shown at last
    watched = replace(
        HYGIENE, ends_on=ends_on, set_on=ends_on - timedelta(days=earlier), is_imported=imported
    )
    looks = [ends_on + timedelta(days=day) for day in sorted(days)]
    out = walked(watched, looks)
    names = [name for _, name, _ in out]
    assert len(names) == len(set(names))
    for before_it, on in zip([None, *looks], looks, strict=False):
        newest = newest_stage(ends_on, LADDER, on=on)
        if newest and before_it and before_it < newest.on and watched.set_on < newest.on:
            assert any(day <= on and name == newest.name for day, name, _ in out)


HASTY = replace(HYGIENE, ends_on=date(2026, 12, 31), about=About.AFTER_REVIEW)


def test_the_review_after_haste_has_a_short_ladder_that_rises_once_it_has_passed():
    # rule 15
    assert walked(HASTY, range(100)) == [
        (date(2026, 12, 24), "after-review 7 days", 0),
        (date(2026, 12, 31), "after-review 0 days", 0),
        (date(2027, 1, 1), "after-review after 1 day", 0),
        (date(2027, 1, 31), "after-review after 1 month", 1),
        (date(2027, 2, 28), "after-review after 2 months", 2),
    ]


def test_only_what_has_passed_reaches_above():
    # rule 15
    reached = {}
    for days in (-7, 0, 1, 31):
        on = HASTY.ends_on + days * DAY
        stage = newest_stage(HASTY.ends_on, LADDER, on=on, about=About.AFTER_REVIEW)
        assert about_of(stage.name) is stage.about is About.AFTER_REVIEW
        reached[days] = (stage.reaches_head, stage.reaches_deciders)

    assert reached == {-7: (False, False), 0: (False, False), 1: (True, True), 31: (True, True)}


@given(st.integers(0, 60), st.integers(0, 200))
def test_a_review_after_haste_has_a_stage_once_its_day_is_near(days, later):
    ends_on = ADOPTED + days * DAY
    stage = newest_stage(ends_on, (), on=ADOPTED + later * DAY, about=About.AFTER_REVIEW)

    assert (stage is None) == (later < days - 7)
    assert stage is None or stage.on <= ADOPTED + later * DAY
