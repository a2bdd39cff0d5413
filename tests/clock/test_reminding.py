"""Reminders on a real record: found by the calendar, claimed once, explained to everybody."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from styrdokument.actions import reminding
from styrdokument.actions.explaining import names_of, reason_said, stage_said
from styrdokument.actions.house import House
from styrdokument.store.outbox import Key
from styrdokument.store.reminders import DIGEST, digest_of
from styrdokument.words import Words
from tests.cast import NOON, TODAY
from tests.clock.conftest import on_day
from tests.views.conftest import Region
from tests.views.library import CHANGING, DUE, EXPIRED, REPEALED, Text, put

At = Callable[[date], House]
LAST = date(2026, 12, 10)
"""The last day of DUE."""
DAY = timedelta(days=1)


def due(house: House, on: date) -> dict[int, str]:
    return {one.row["document"]: one.stage.name for one in reminding.look(house, on).due}


def told(house: House, on: date, document: int, ids: dict[str, str]) -> dict[str, str]:
    """Who is told of a document, as what, by login."""
    logins = {person: login for login, person in ids.items()}
    (found,) = (o for o in reminding.look(house, on).due if o.row["document"] == document)
    return {logins[one.person]: str(one.part) for one in found.recipients}


def claim(house: House, on: date) -> int:
    return reminding.remind(house, reminding.look(house, on))


def test_the_first_look_finds_what_has_come_and_not_what_was_replaced_or_repealed(house):
    found = due(house, TODAY)
    assert found[DUE] == "1 month"
    assert found[EXPIRED] == "after 4 months"
    assert CHANGING not in found  # rule 7: its version 2 is adopted
    assert REPEALED not in found


def test_it_is_claimed_once_however_often_it_is_looked(house):
    first = reminding.look(house, TODAY)
    assert reminding.remind(house, first) == first.count > 0
    assert reminding.remind(house, first) == 0
    assert due(house, TODAY) == due(house, TODAY + DAY) == {}


def test_each_rung_comes_on_its_day_and_goes_to_those_it_is_for(region, at):
    house = region.house
    claim(house, TODAY)
    claim(at(LAST - 15 * DAY), LAST - 15 * DAY)
    assert due(house, LAST - 14 * DAY) == {DUE: "14 days"}
    assert told(house, LAST - 14 * DAY, DUE, region.ids) == {
        "alma": "case_officer",
        "frans": "fact_owner",
        "dag": "head",
        "karin": "controller",
    }


def test_after_days_without_anybody_looking_the_newest_stage_alone_goes_out(house):
    claim(house, TODAY)
    assert due(house, LAST + 3 * DAY)[DUE] == "0 days"
    claim(on_day(house, LAST + 3 * DAY), LAST + 3 * DAY)
    assert DUE not in due(house, LAST + 4 * DAY)


def test_two_who_look_at_once_claim_each_reminder_once(house):
    # T2
    found = reminding.look(house, TODAY)
    with ThreadPoolExecutor(4) as threads:
        counts = list(threads.map(lambda _: reminding.remind(house, found), range(4)))
    assert sorted(counts) == [0, 0, 0, found.count]
    people = {who.person for one in found.due for who in one.recipients}
    assert sum(row["kind"] == DIGEST for row in house.journal.outbox()) == len(people)


def test_there_is_one_mail_a_day_to_each_person(region):
    house = region.house
    claim(house, TODAY)
    mail = Key(happening=digest_of(TODAY), recipient=region.ids["alma"], kind=DIGEST)
    assert len(house.reminders.within([mail])[mail]) > 1
    house.outbox.mark_sent(mail, at=NOON)
    late = Text(
        document=1900, title="Ny", begins=date(2024, 1, 1), ends=TODAY - DAY
    )  # imported the same day
    put(house, late, region.ids)
    house.index.catch_up()
    assert claim(house, TODAY)
    tomorrows = replace(mail, happening=digest_of(TODAY + DAY))
    assert [row["document"] for row in house.reminders.within([tomorrows])[tomorrows]] == [1900]
    assert house.outbox.find(tomorrows)["next_at"] > NOON


def test_whoever_has_left_is_replaced_and_it_is_said_in_whose_place(region):
    house = region.house
    house.accounts.disable("alma", at=NOON)
    assert "alma" not in told(house, TODAY, DUE, region.ids)
    (one,) = (o for o in reminding.look(house, TODAY).due if o.row["document"] == DUE)
    reasons = [reminding.reason_of(who) for who in one.recipients]
    names = names_of(house, region.ids.values())
    said = [reason_said(Words("sv"), one, house.registers, names) for one in reasons]
    assert said[0] == ("faktaägare (Hygienläkare), i stället för handläggaren Alma, som har slutat")
    assert stage_said(Words("sv"), one.stage.name) == "1 månad före"
    assert stage_said(Words("en"), "after 2 months") == "2 months after"
    assert stage_said(Words("sv"), "0 days") == "sista dagen"


def test_a_clock_that_goes_back_claims_nothing_again(house):
    # T7
    for day in (TODAY, LAST, TODAY + DAY, LAST - 7 * DAY):
        claim(on_day(house, day), day)
    rows = house.reminders.about(DUE)
    assert {row["stage"] for row in rows} == {"1 month", "0 days"}
    assert len({(row["stage"], row["recipient"]) for row in rows}) == len(rows)


def test_a_clock_that_runs_ahead_by_years_is_held_and_a_person_lets_it_go(house):
    # T8
    claim(house, TODAY)
    later = date(2029, 1, 1)
    found = reminding.look(house, later)
    assert reminding.is_too_much(house, found)
    assert not reminding.is_too_much(house, reminding.look(house, TODAY + DAY))
    assert not reminding.is_too_much(house, reminding.look(house, LAST))
    assert reminding.remind(house, found)  # as `remind --on` does
    assert reminding.look(house, later).count == 0


def test_many_times_the_usual_is_held(house, monkeypatch):
    monkeypatch.setattr(reminding, "USUALLY_AT_MOST", 3)
    found = reminding.look(house, TODAY)
    assert reminding.is_too_much(house, found)
    for days in range(1, 5):
        house.reminders.note_look(TODAY - days * DAY, at=NOON, reminders=20)
    assert not reminding.is_too_much(house, found)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_who_was_reminded_stands_on_the_documents_history(region, language):
    from styrdokument.app import create_app  # noqa: PLC0415 - only here are there pages
    from styrdokument.domain.people import PersonId  # noqa: PLC0415

    claim(region.house, TODAY)
    client = create_app(region.house, region.config).test_client()
    client.set_cookie("styrdokument-language", language)
    address = f"/documents/{DUE}/history"
    assert "reminders-title" not in client.get(address).get_data(as_text=True)
    token = region.house.sessions.begin(PersonId(region.ids["eva"]), at=NOON)
    client.set_cookie("styrdokument", token)
    page = client.get(address).get_data(as_text=True)
    assert ("1 månad före" if language == "sv" else "1 month before") in page
    assert ("Väntar på att skickas" if language == "sv" else "Waiting to be sent") in page


def test_the_ladder_is_the_region_as_it_is(region: Region) -> None:
    kinds = region.house.registers.types
    assert {kind.reminders[0] for kind in kinds.values()} == {"3 months"}
