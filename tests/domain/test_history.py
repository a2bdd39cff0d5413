"""From decisions to versions in time: what each kind of decision does, in the record's order."""

from datetime import date, datetime, time, timedelta, timezone

import pytest

from styrdokument.domain.decisionfile import Basis, BasisKind, Decision, DecisionKind
from styrdokument.domain.document import DocumentType
from styrdokument.domain.history import history_of
from styrdokument.domain.people import Who
from styrdokument.domain.validity import History, Standing
from tests.cast import DAG

REMINDERS = DocumentType(slug="routine", label={}).reminders
DECIDER = Who(id=DAG.id, name=DAG.name)


def decision(kind: DecisionKind, decided: str, **facts) -> Decision:
    """A decision recorded on the day it was taken, unless `recorded` is given; days as text."""
    recorded = date.fromisoformat(facts.pop("recorded", decided))
    days = {key: date.fromisoformat(v) for key, v in facts.items() if isinstance(v, str)}
    return Decision(
        kind=kind,
        decided_on=date.fromisoformat(decided),
        recorded_at=datetime.combine(recorded, time(14), timezone(timedelta(hours=1))),
        recorded_by=DECIDER,
        decided_by=DECIDER,
        basis=Basis(kind=BasisKind.HEAD_OF_OPERATIONS),
        **{**facts, **days},
    )


def adopt(number: int, begins: str, ends: str | None, **facts) -> Decision:
    decided = facts.pop("decided", begins)
    if ends:
        facts["valid_until"] = ends
    return decision(DecisionKind.ADOPT, decided, version=number, effective_from=begins, **facts)


def extend(number: int, decided: str, ends: str, **facts) -> Decision:
    return decision(DecisionKind.EXTEND, decided, version=number, valid_until=ends, **facts)


def repeal(decided: str, **facts) -> Decision:
    return decision(DecisionKind.REPEAL, decided, **facts)


def standing(history: History, number: int, on: str) -> Standing:
    return history.standing(number, on=date.fromisoformat(on), reminders=REMINDERS)


ONE = adopt(1, "2024-03-15", "2026-03-15")


def test_each_adoption_is_a_version():
    # rule 1
    history = history_of([ONE, adopt(2, "2025-06-01", "2027-06-01")])

    assert [v.number for v in history.versions] == [1, 2]
    assert history.version(2).valid_until == date(2027, 6, 1)


def test_an_extension_moves_the_last_day_of_the_same_version_and_is_counted():
    # rule 9
    history = history_of([ONE, extend(1, "2026-02-01", "2028-02-01")])

    (only,) = history.versions
    assert (only.number, only.valid_until, only.extensions) == (1, date(2028, 2, 1), 1)


def test_only_a_new_version_begins_to_count_extensions_anew():
    # rule 9
    twice = [ONE, extend(1, "2026-02-01", "2028-02-01"), extend(1, "2028-01-01", "2030-01-01")]
    corrected = decision(
        DecisionKind.CORRECT,
        "2028-03-01",
        version=2,
        corrects=1,
        effective_from="2024-03-15",
        valid_until="2030-01-01",
    )

    assert history_of(twice).latest.extensions == 2
    assert history_of([*twice, corrected]).latest.extensions == 2
    assert history_of([*twice, adopt(2, "2028-03-01", "2030-03-01")]).latest.extensions == 0


def test_the_gap_before_an_extension_stays_visible():
    # rule 10
    history = history_of([ONE, extend(1, "2026-05-01", "2028-05-01")])

    assert standing(history, 1, "2026-03-15") is Standing.IN_FORCE
    assert standing(history, 1, "2026-03-16") is Standing.EXPIRED
    assert standing(history, 1, "2026-04-30") is Standing.EXPIRED
    assert standing(history, 1, "2026-05-01") is Standing.IN_FORCE
    assert history.latest.gaps == ((date(2026, 3, 16), date(2026, 4, 30)),)


@pytest.mark.parametrize("decided", ["2026-03-14", "2026-03-15", "2026-03-16"])
def test_an_extension_in_time_or_on_the_next_day_leaves_no_gap(decided):
    # rule 10
    assert history_of([ONE, extend(1, decided, "2028-03-15")]).latest.gaps == ()


def test_a_correction_takes_its_gaps_along():
    # rules 10 and 11
    extended = [ONE, extend(1, "2026-05-01", "2028-05-01")]
    corrected = decision(
        DecisionKind.CORRECT,
        "2026-06-01",
        version=2,
        corrects=1,
        effective_from="2024-03-15",
        valid_until="2028-05-01",
    )
    history = history_of([*extended, corrected])

    assert standing(history, 2, "2026-04-01") is Standing.EXPIRED
    assert standing(history, 2, "2026-06-01") is Standing.IN_FORCE
    assert standing(history, 1, "2026-06-01") is Standing.SUPERSEDED
    assert history.latest.corrects == 1


def test_until_further_notice_is_extended_by_a_new_review_day():
    # rule 6
    noticed = adopt(1, "2024-03-15", None, review_on="2026-03-15")
    moved = decision(DecisionKind.EXTEND, "2026-05-01", version=1, review_on="2028-05-01")
    history = history_of([noticed, moved])

    assert history.latest.review_on == date(2028, 5, 1)
    assert history.latest.gaps == ()
    assert standing(history, 1, "2026-05-01") is Standing.IN_FORCE


def test_a_repeal_ends_the_document_from_its_first_day():
    # rule 12
    history = history_of([ONE, repeal("2025-01-10", version=1, effective_from="2025-02-01")])

    assert standing(history, 1, "2025-01-31") is Standing.IN_FORCE
    assert standing(history, 1, "2025-02-01") is Standing.REPEALED


def test_a_repeal_of_a_version_to_come_cancels_that_version_only():
    # rule 2
    upcoming = adopt(2, "2025-06-01", "2027-06-01", decided="2025-04-01")
    history = history_of([ONE, upcoming, repeal("2025-05-01", version=2)])

    assert history.repealed_from is None
    assert history.version(2).is_cancelled
    assert history.applying(date(2025, 7, 1)).number == 1


def test_a_cancelled_version_gives_way_to_an_earlier_one_under_the_next_number():
    # rule 2
    upcoming = adopt(2, "2025-06-01", "2027-06-01", decided="2025-04-01")
    earlier = adopt(3, "2025-05-15", "2027-05-15")
    history = history_of([ONE, upcoming, repeal("2025-05-01", version=2), earlier])

    assert history.applying(date(2025, 5, 20)).number == 3
    assert history.applying(date(2025, 6, 1)).number == 3


def test_a_repeal_of_the_only_version_to_come_ends_the_document():
    # rule 12
    upcoming = adopt(1, "2025-06-01", "2027-06-01", decided="2025-04-01")
    history = history_of([upcoming, repeal("2025-05-01", version=1)])

    assert history.repealed_from == date(2025, 5, 1)
    assert history.applying(date(2025, 7, 1)) is None


def test_a_repeal_registered_late_never_undoes_a_version_that_took_effect():
    # rules 1 and 3: the board met before version 2 began, the repeal is recorded after
    two = adopt(2, "2025-06-01", "2027-06-01", decided="2025-04-01")
    late = repeal("2025-05-20", recorded="2025-06-10", version=2, effective_from="2025-07-01")
    history = history_of([ONE, two, late])

    assert history.applying(date(2025, 6, 15)).number == 2
    assert history.applying(date(2025, 7, 1)) is None


def test_a_version_repealed_on_its_own_first_day_brings_no_older_back():
    # rule 1
    two = adopt(2, "2025-06-01", "2027-06-01", decided="2025-04-01")
    history = history_of([ONE, two, repeal("2025-06-01", version=2)])

    assert history.applying(date(2025, 5, 31)).number == 1
    assert history.applying(date(2025, 6, 1)) is None


def test_a_repeal_of_the_whole_document_names_no_version():
    # rule 13: what is replaced ends whole, also where it has a version to come
    two = adopt(2, "2025-06-01", "2027-06-01", decided="2025-04-01")
    history = history_of([ONE, two, repeal("2025-04-10", effective_from="2025-05-01")])

    assert history.applying(date(2025, 4, 30)).number == 1
    assert history.applying(date(2025, 5, 1)) is None
    assert history.applying(date(2025, 6, 1)) is None


def test_a_successor_and_what_it_replaces_change_places_on_one_day():
    # rule 13
    old = history_of([ONE, repeal("2025-01-10", effective_from="2025-02-01", successor=1077)])
    new = history_of([adopt(1, "2025-02-01", "2027-02-01", decided="2025-01-10")])

    for on, of_old, of_new in [("2025-01-31", 1, None), ("2025-02-01", None, 1)]:
        found = [history.applying(date.fromisoformat(on)) for history in (old, new)]
        assert [version.number if version else None for version in found] == [of_old, of_new]


def test_who_is_who_makes_no_version_and_moves_no_day():
    # rule 14
    assign = decision(DecisionKind.ASSIGN, "2025-01-10", version=1)

    assert history_of([ONE, assign]) == history_of([ONE])


def test_an_import_keeps_the_days_of_its_source():
    # rule 26
    imported = decision(
        DecisionKind.IMPORT,
        "2026-11-21",
        version=4,
        effective_from="2019-05-02",
        valid_until="2021-05-02",
    )
    history = history_of([imported])

    assert standing(history, 4, "2026-11-21") is Standing.EXPIRED
    assert history.next_number == 5


def test_an_import_without_a_last_day_is_due_at_once():
    # rule 26
    imported = decision(DecisionKind.IMPORT, "2026-11-21", version=1, effective_from="2019-05-02")

    assert standing(history_of([imported]), 1, "2026-11-21") is Standing.DUE


PLAN = {"remark": "review_planned", "day": "2028-11-21"}


def planned(**facts):
    return decision(
        DecisionKind.IMPORT,
        "2019-05-02",
        version=1,
        recorded="2026-11-21",
        review_on="2028-11-21",
        facts=(PLAN,),
        **facts,
    )


def test_an_import_with_a_planned_review_is_due_at_once_and_never_expires():
    # rule 26, decision 0011
    history = history_of([planned()])

    for day in ("2019-05-02", "2026-11-21", "2040-01-01"):
        assert standing(history, 1, day) is Standing.DUE


def test_a_review_that_the_source_itself_says_is_no_plan():
    said = decision(DecisionKind.IMPORT, "2026-05-02", version=1, review_on="2028-11-21")

    assert standing(history_of([said]), 1, "2026-11-21") is Standing.IN_FORCE


def test_a_correction_carries_a_plan_on_and_an_extension_ends_it():
    corrected = decision(
        DecisionKind.CORRECT,
        "2026-12-01",
        version=2,
        corrects=1,
        effective_from="2019-05-02",
        review_on="2028-11-21",
    )
    extended = decision(DecisionKind.EXTEND, "2026-12-02", version=2, valid_until="2028-12-02")

    assert standing(history_of([planned(), corrected]), 2, "2026-12-05") is Standing.DUE
    done = history_of([planned(), corrected, extended])
    assert standing(done, 2, "2026-12-05") is Standing.IN_FORCE


def test_a_decision_without_days_of_its_own_counts_from_the_day_it_was_taken():
    history = history_of([decision(DecisionKind.IMPORT, "2024-03-15"), repeal("2025-03-15")])

    assert history.versions[0].number == 1
    assert history.versions[0].effective_from == date(2024, 3, 15)
    assert history.repealed_from == date(2025, 3, 15)


def haste(number: int, begins: str, by: str) -> Decision:
    return adopt(number, begins, "2029-03-15", facts=({"remark": "urgent", "day": by},))


def owed(*made: Decision) -> dict[int, date]:
    """By when each version is to be reviewed afterwards, of those that are."""
    history = history_of(made)
    found = {v.number: history.after_review_on(v.number) for v in history.versions}
    return {number: day for number, day in found.items() if day}


HASTY = haste(2, "2025-06-01", "2025-07-01")
CORRECTED = decision(
    DecisionKind.CORRECT, "2025-06-10", version=3, corrects=2, effective_from="2025-06-01"
)
JULY = date(2025, 7, 1)


def test_what_was_adopted_in_haste_is_to_be_reviewed_afterwards():
    # rule 15
    assert owed(ONE) == {}
    assert owed(ONE, HASTY) == {2: JULY}


def test_an_ordinary_decision_is_the_review_afterwards():
    # rule 15
    assert owed(ONE, HASTY, adopt(3, "2025-06-20", "2027-06-20")) == {}
    assert owed(ONE, HASTY, adopt(3, "2025-12-01", "2027-06-20", decided="2025-06-20")) == {}
    assert owed(ONE, HASTY, extend(2, "2025-06-20", "2027-06-20")) == {}
    assert owed(ONE, HASTY, repeal("2025-06-20", effective_from="2026-01-01")) == {}


def test_a_correction_or_more_haste_puts_it_not_off():
    # rule 15
    assert owed(ONE, HASTY, CORRECTED) == {3: JULY}
    assert owed(ONE, HASTY, haste(3, "2025-06-20", "2025-07-20")) == {3: JULY}
    assert owed(ONE, HASTY, CORRECTED, haste(4, "2025-06-20", "2025-06-21")) == {
        4: date(2025, 6, 21)
    }


def test_it_is_owed_again_where_what_came_after_is_cancelled():
    # rules 2 and 15
    to_come = adopt(3, "2025-12-01", "2027-12-01", decided="2025-06-20")
    cancelled = repeal("2025-06-25", version=3, effective_from="2025-06-25")

    assert owed(ONE, HASTY, to_come, cancelled) == {2: JULY}


@pytest.mark.parametrize("day", ["", "soon", "2025-02-30"])
def test_a_day_of_review_that_nobody_can_read_is_none(day):
    assert owed(ONE, haste(2, "2025-06-01", day)) == {}
