"""What was seen of who is in a function's group: one row while it lasts, another after a break."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from styrdokument.store.holdings import Holdings
from tests.cast import ALMA, DAG, TODAY

DAY = timedelta(days=1)
HELD = {"chief": "group-1", "deputy": "group-1", "nurse": "group-2"}


@pytest.fixture
def holdings(journal_engine: Engine) -> Holdings:
    return Holdings(journal_engine)


def told(holdings: Holdings) -> list[tuple[str, str, int, int, int | None]]:
    """Function, person, and the days from today: first, last, over."""
    return sorted(
        (
            one.function,
            one.person,
            (one.first_seen - TODAY).days,
            (one.last_seen - TODAY).days,
            (one.over_on - TODAY).days if one.over_on else None,
        )
        for one in holdings.all()
    )


def look(holdings: Holdings, day: int, chiefs: list[str], nurses: list[str]) -> None:
    members = {"group-1": chiefs, "group-2": nurses}
    holdings.note_all(HELD, members, on=TODAY + day * DAY)


def test_looks_of_many_days_are_one_row_and_a_break_begins_another(holdings: Holdings) -> None:
    look(holdings, 0, [], [ALMA.id])
    look(holdings, 1, [], [ALMA.id])
    look(holdings, 1, [], [ALMA.id])
    look(holdings, 5, [], [ALMA.id])
    look(holdings, 6, [], [])
    look(holdings, 7, [], [])
    look(holdings, 8, [], [ALMA.id])

    assert told(holdings) == [("nurse", ALMA.id, 0, 5, 6), ("nurse", ALMA.id, 8, 8, None)]


def test_out_and_in_on_one_day_is_one_row(holdings: Holdings) -> None:
    for nurses in ([ALMA.id], [], [ALMA.id]):
        look(holdings, 0, [], nurses)

    assert told(holdings) == [("nurse", ALMA.id, 0, 0, None)]


def test_a_group_may_give_several_functions_and_a_person_have_several(holdings: Holdings) -> None:
    look(holdings, 0, [ALMA.id, DAG.id], [ALMA.id])

    assert [(f, p) for f, p, *_ in told(holdings)] == sorted(
        [
            *[("chief", ALMA.id), ("chief", DAG.id), ("deputy", ALMA.id), ("deputy", DAG.id)],
            ("nurse", ALMA.id),
        ]
    )


def test_what_is_seen_of_one_person_says_nothing_of_others(holdings: Holdings) -> None:
    look(holdings, 0, [ALMA.id, DAG.id], [])
    holdings.note_person(ALMA.id, {"nurse": "group-2"}, on=TODAY + DAY)

    assert told(holdings) == sorted(
        [
            *[("chief", ALMA.id, 0, 0, 1), ("chief", DAG.id, 0, 0, None)],
            *[("deputy", ALMA.id, 0, 0, 1), ("deputy", DAG.id, 0, 0, None)],
            ("nurse", ALMA.id, 1, 1, None),
        ]
    )


def test_another_group_of_the_same_function_is_another_row(holdings: Holdings) -> None:
    holdings.note_person(ALMA.id, {"nurse": "group-2"}, on=TODAY)
    holdings.note_person(ALMA.id, {"nurse": "group-3"}, on=TODAY)

    assert {one.group: one.over_on for one in holdings.all()} == {
        "group-2": TODAY,
        "group-3": None,
    }


def test_what_another_process_notes_is_seen_when_it_is_read_again(
    journal_engine: Engine, holdings: Holdings
) -> None:
    assert holdings.all() == []
    look(Holdings(journal_engine), 0, [], [ALMA.id])
    holdings._kept_until = 0.0

    assert told(holdings) == [("nurse", ALMA.id, 0, 0, None)]
