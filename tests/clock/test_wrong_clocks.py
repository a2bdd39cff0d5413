"""A clock that is set back, or has run ahead: nothing is signed out of order (T7, T8)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from styrdokument.actions import clockwork
from styrdokument.actions.house import House
from styrdokument.actions.registering import put_register
from styrdokument.app import join
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


# What a clock that ran ahead by two years left behind holds nothing up once it is right again (T8)

AHEAD = NOON + 730 * DAY


def test_mail_that_was_put_off_until_then_goes(region: Region) -> None:
    row = {"happening": "reminders:2026-11-21", "recipient": region.ids["alma"]}
    for kind in ("held", "reminders"):  # one was tried in vain, one was in somebody's hands
        region.house.outbox.put([{**row, "kind": kind, "at": NOON}])
    (first, second) = region.house.outbox.claim(at=AHEAD, most=2)
    region.house.outbox.mark_later(first, at=AHEAD + HOUR, fault="the certificate has expired")

    assert set(region.house.outbox.claim(at=NOON, most=10)) >= {first, second}


def test_tomorrows_digest_still_waits_for_tomorrow(region: Region) -> None:
    row = {"happening": "reminders:2026-11-22", "recipient": region.ids["alma"]}
    region.house.outbox.put([{**row, "kind": "reminders", "at": NOON, "next_at": NOON + DAY}])
    assert "reminders:2026-11-22" not in {
        key.happening for key in region.house.outbox.claim(at=NOON, most=100)
    }


def test_who_failed_to_sign_in_then_is_not_kept_out_for_two_years(region: Region) -> None:
    sessions = region.house.sessions
    for _ in range(200):
        sessions.note_failure("alma", "192.0.2.1", at=AHEAD)

    assert sessions.is_throttled("alma", "192.0.2.1", at=AHEAD)
    assert not sessions.is_throttled("alma", "192.0.2.1", at=NOON)


def test_who_signed_in_then_is_not_signed_in_for_two_years(region: Region) -> None:
    sessions = region.house.sessions
    token = sessions.begin(region.ids["alma"], at=AHEAD)

    assert sessions.read(token, at=AHEAD)
    assert sessions.read(token, at=NOON) is None
    assert sessions.glance(token, at=NOON).person is None
    assert sessions.read(sessions.begin(region.ids["alma"], at=NOON), at=NOON - HOUR)


def test_what_a_directory_said_then_is_asked_for_again(region: Region) -> None:
    settings = {"kind": "openldap", "servers": "ldaps://localhost", "base": "dc=x", "user": "cn=x"}
    known = {f"directory_{name}": value for name, value in settings.items()}
    house = join(replace(region.config, **known, directory_password="x"), now=lambda: NOON)
    try:
        assert house.directory.is_fresh(NOON - timedelta(minutes=4))
        assert not house.directory.is_fresh(AHEAD)
    finally:
        house.close()


def test_cases_go_on_being_told_of(region: Region, at: At) -> None:
    house, ids = region.house, region.ids
    clockwork.send(at(AHEAD), lambda: True)
    case = small.open_revision(house, ids, BLOOD)
    small.save(house, ids, case, TEXT)
    small.submit(house, ids, case)

    clockwork.send(at(NOON + timedelta(minutes=1)), lambda: True)

    turns = [row["recipient"] for row in house.journal.outbox() if row["kind"] == "turn"]
    assert set(turns) == {ids["birgit"], ids["cecilia"]}
