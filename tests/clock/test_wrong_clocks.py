"""A clock that is set back, or has run ahead: nothing is signed out of order (T7, T8)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from styrdokument.actions.house import House
from styrdokument.actions.registering import put_register
from styrdokument.domain.problems import Code, Refused
from tests.actions import small
from tests.cast import NOON
from tests.views.conftest import Region
from tests.views.library import BLOOD, DUE

TEXT = "## Syfte\n\nNytt.\n\n## Ansvar\n\nAlla.\n\n## Genomförande\n\nGör.\n"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
At = Callable[[datetime], House]


@pytest.fixture
def at(region: Region) -> At:
    return lambda moment: replace(region.house, now=lambda: moment)


def refused(do: Callable[..., Any], *given: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as why:
        do(*given)
    (problem,) = why.value.problems
    return problem.code, problem.rule


@pytest.mark.parametrize("back", [HOUR, DAY])
def test_while_the_clock_is_behind_the_newest_decision_nobody_approves_or_decides(
    region: Region, at: At, back: timedelta
) -> None:
    house, ids, early = region.house, region.ids, at(NOON - back)
    case, other = (small.open_revision(house, ids, one) for one in (BLOOD, DUE))
    small.make_ready(house, ids, case, TEXT)
    small.save(house, ids, other, TEXT)
    small.submit(house, ids, other)
    before, slow = house.record.head, (Code.NOT_WRITABLE, "clock")

    assert refused(small.decide, early, ids, case) == slow
    assert refused(small.approve, early, ids, other, "birgit") == slow
    units = house.record.register_files()["units.yaml"] + b"\nny:\n  label: {sv: Ny}\n"
    by = [small.actor(house, ids, login) for login in ("karin", "alma")]
    put = lambda: put_register(early, "units.yaml", units, by=by, reason="Prov.")  # noqa: E731
    assert refused(put) == slow
    assert house.record.head == before

    small.save(early, ids, other, TEXT.replace("Nytt", "Än nyare"))  # work goes on
    small.decide(at(NOON - timedelta(seconds=5)), ids, case)  # as another machine's clock may be
    assert house.record.head != before


def test_after_a_clock_that_ran_ahead_decisions_go_on_once_somebody_has_said_so(
    region: Region, at: At
) -> None:
    house, ids = region.house, region.ids
    first, second = (small.open_revision(house, ids, one) for one in (BLOOD, DUE))
    for case in (first, second):
        small.make_ready(house, ids, case, TEXT)
    small.decide(at(NOON + 700 * DAY), ids, first)
    assert refused(small.decide, house, ids, second)[1] == "clock"

    head = house.record.head
    assert head
    ahead = house.record.decided_at(head)[-1].decision.seq
    small.decide(replace(house, recorded_ahead=ahead), ids, second)

    small.decide(at(NOON + DAY), ids, ready(house, ids))  # what was said has done its part


def ready(house: House, ids: Any) -> Any:
    case = small.open_revision(house, ids, DUE)
    small.save(house, ids, case, TEXT.replace("Nytt", "Igen"))
    small.submit(house, ids, case)
    for login in ("birgit", "cecilia"):
        small.approve(house, ids, case, login)
    return case
