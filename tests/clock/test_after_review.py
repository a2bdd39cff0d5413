"""What was changed in haste: looked after until it has been reviewed as a whole (rule 15)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from styrdokument.actions import deciding, drafting, opening, reminding, reviewing
from styrdokument.actions.explaining import stage_said
from styrdokument.actions.house import House
from styrdokument.actions.letters.facts import look_up
from styrdokument.actions.letters.writing import letter_for
from styrdokument.actions.sending import send_waiting
from styrdokument.app import create_app
from styrdokument.cli.reminding import _lines, _plain
from styrdokument.domain.case import Kind
from styrdokument.domain.matter import Given
from styrdokument.domain.people import PersonId
from styrdokument.domain.reminders import About
from styrdokument.store.outbox import Key
from styrdokument.store.reminders import DIGEST, digest_of
from styrdokument.words import Words
from tests.cast import NOON, TODAY
from tests.clock.conftest import on_day
from tests.views import library
from tests.views.conftest import Region
from tests.views.library import HYGIENE
from tests.views.steps import BODY

BY = date(2026, 12, 21)
"""Thirty days after it was decided."""
DAY = timedelta(days=1)
OFFICERS, ABOVE = {"alma", "frans"}, {"alma", "frans", "dag", "karin"}
ENDS = {
    Kind.REVISE: Given(change_note="Genomläst."),
    Kind.EXTEND: Given(reason="Hela texten är läst.", attest=True),
    Kind.REPEAL: Given(reason="Behövs inte."),
}


def decide(region: Region, kind: Kind, given: Given, house: House | None = None) -> None:
    """A case from its opening to its decision, by those who may."""
    house = house or region.house
    by = {login: library.actor(house, region.ids, login) for login in ("alma", "birgit", "dag")}
    number = opening.open_case(house, by["alma"], kind, [HYGIENE])
    if kind not in {Kind.EXTEND, Kind.REPEAL}:
        base = house.cases.read(number).case.contents[HYGIENE]
        text = BODY.format(f"{kind} den {house.today}.")
        writing = drafting.Writing(base=base, text=text)
        drafting.save(house, by["alma"], number, HYGIENE, writing)
        reviewing.submit(house, by["alma"], number, Given(change_note="Nytt nummer."))
    shown = house.matters.of(house.cases.read(number), on=house.today).snapshot
    said = {"snapshot": shown, "second_look": "password", "reason": given.reason}
    approvers = {Kind.REPEAL: (), Kind.EXTEND: ("frans",), Kind.URGENT: ("birgit",)}
    for login in approvers.get(kind, ("birgit", "cecilia")):
        reviewing.approve(house, library.actor(house, region.ids, login), number, Given(**said))
    deciding.decide(house, by["dag"], number, Given(**said))


@pytest.fixture
def urgent(region: Region) -> Region:
    """The routine of hygiene, changed in haste today; what else was due has been told."""
    decide(region, Kind.URGENT, Given())
    reminding.remind(region.house, reminding.look(region.house, TODAY))
    return region


def about_hygiene(house: House, on: date) -> reminding.Due | None:
    found = reminding.look(on_day(house, on), on).due
    return next((one for one in found if one.row["document"] == HYGIENE), None)


def told_until(region: Region, last: date) -> list[tuple[date, str, set[str]]]:
    """The stages that go out if each day is looked at, twice, and who is told."""
    logins = {person: login for login, person in region.ids.items()}
    told, day = [], TODAY
    while day <= last:
        house = on_day(region.house, day)
        if one := about_hygiene(house, day):
            people = {logins[who.person] for who in one.recipients}
            told.append((day, one.stage.name, people))
        for _ in range(2):
            reminding.remind(house, reminding.look(house, day))
        day += DAY
    return told


def test_it_is_reminded_of_and_reaches_higher_once_its_day_has_passed(urgent):
    # rule 15
    assert told_until(urgent, date(2027, 2, 22)) == [
        (BY - 7 * DAY, "after-review 7 days", OFFICERS),
        (BY, "after-review 0 days", OFFICERS),
        (BY + DAY, "after-review after 1 day", ABOVE),
        (date(2027, 1, 21), "after-review after 1 month", ABOVE),
        (date(2027, 2, 21), "after-review after 2 months", ABOVE),
    ]
    rows = urgent.house.reminders.about(HYGIENE)
    assert len({(row["stage"], row["recipient"]) for row in rows}) == len(rows) == 16


@pytest.mark.parametrize("kind", ENDS)
def test_an_ordinary_decision_on_the_text_is_the_end_of_it(urgent, kind):
    # rule 15
    house = on_day(urgent.house, BY + DAY)
    assert about_hygiene(house, BY + DAY) is not None
    decide(urgent, kind, ENDS[kind], on_day(urgent.house, TODAY + 3 * DAY))

    assert house.watch.of([HYGIENE], About.AFTER_REVIEW) == {}
    assert about_hygiene(house, BY + DAY) is None
    assert listed(urgent) == []


@pytest.mark.parametrize("kind", [Kind.CORRECT, Kind.URGENT])
def test_a_slip_put_right_and_more_haste_put_nothing_off(urgent, kind):
    # rule 15
    decide(urgent, kind, Given(), on_day(urgent.house, TODAY + 3 * DAY))

    watched = urgent.house.watch.of([HYGIENE], About.AFTER_REVIEW)[HYGIENE]
    assert (watched["ends_on"], watched["version"]) == (BY, 4)
    shown = _karin(urgent, TODAY + 3 * DAY).get(f"/documents/{HYGIENE}")
    assert f"granskas i efterhand, senast {BY}" in shown.get_data(as_text=True)


def test_a_rebuilt_index_knows_it_as_well(urgent):
    before = urgent.house.watch.of([HYGIENE], About.AFTER_REVIEW)
    urgent.house.index.rebuild()
    assert urgent.house.watch.of([HYGIENE], About.AFTER_REVIEW) == before != {}


def test_the_letter_says_what_is_to_be_done_and_is_not_sent_once_it_is(urgent):
    passed = on_day(urgent.house, BY + DAY)
    reminding.remind(passed, reminding.look(passed, BY + DAY))
    key = Key(happening=digest_of(BY + DAY), recipient=urgent.ids["karin"], kind=DIGEST)

    letter = letter_for(passed, key, look_up(passed, [key]))
    assert "SNABBÄNDRAT, SKA GRANSKAS I EFTERHAND" in letter.text.upper()
    assert f"Hela texten skulle ha granskats senast {BY}, i går. Den gäller fortfarande." in (
        letter.text
    )
    assert "Du får påminnelsen som dokumentsamordnare." in letter.text
    decide(urgent, Kind.EXTEND, ENDS[Kind.EXTEND], on_day(urgent.house, BY + DAY))
    again = letter_for(passed, key, look_up(passed, [key]))
    assert "Handhygien" in letter.text
    assert "Handhygien" not in getattr(again, "text", "")


def test_whoever_left_is_replaced_as_for_other_reminders(urgent):
    house = on_day(urgent.house, BY)
    reminding.remind(house, reminding.look(house, BY))
    house.accounts.disable("alma", at=NOON)
    send_waiting(house)
    rows = house.reminders.about(HYGIENE)
    people = {row["recipient"] for row in rows if row["stage"] == "after-review 0 days"}
    assert people == {urgent.ids["frans"]}


def test_a_dry_run_shows_it_in_words(urgent):
    house = on_day(urgent.house, BY)
    told = _plain(house, reminding.look(house, BY)) | {"dry_run": True}
    lines = "\n".join(_lines(house, told, Words("sv")))
    assert (
        f"{HYGIENE} Handhygien, version 3: senast {BY}, granskning i efterhand, sista dagen; "
        "handläggare" in lines
    )
    english = "\n".join(_lines(house, told, Words("en")))
    assert "by 21 December 2026, review afterwards, the last day" in english
    assert stage_said(Words("sv"), "after-review after 1 day") == (
        "granskning i efterhand, 1 dag efter"
    )


def listed(region: Region, on: date = BY + DAY) -> list[dict[str, object]]:
    found = _karin(region, on).get("/overview/urgent.json").get_json()
    assert found["total"] == len(found["documents"])
    return found["documents"]


def _karin(region: Region, on: date):
    client = create_app(region.house, replace(region.config, today=on)).test_client()
    token = region.house.sessions.begin(PersonId(region.ids["karin"]), at=NOON)
    client.set_cookie("styrdokument", token)
    return client


def test_the_desk_counts_and_lists_it(urgent):
    (row,) = listed(urgent)
    assert (row["id"], row["after_review_on"]) == (HYGIENE, str(BY))
    desk, passed = _karin(urgent, TODAY), _karin(urgent, BY + DAY)
    counts = desk.get("/overview.json").get_json()["counts"]
    assert sum(one["urgent"] for one in counts) == 1
    shown = desk.get("/overview").get_data(as_text=True)
    assert 'href="/overview/urgent"' in shown
    near = desk.get("/overview/urgent").get_data(as_text=True)
    assert f"Ska granskas i efterhand senast {BY}" in near
    late = passed.get("/overview/urgent").get_data(as_text=True)
    assert f"Skulle ha granskats i efterhand senast {BY}" in late
    assert str(BY) in desk.get("/overview/urgent.csv").get_data(as_text=True)


def test_the_unit_and_whoever_answers_for_it_see_it(urgent):
    desk = _karin(urgent, BY + DAY)
    for address in ("/units/medicinkliniken", f"/people/{urgent.ids['alma']}"):
        shown = desk.get(address).get_data(as_text=True)
        assert f"Skulle ha granskats i efterhand senast {BY}" in shown
    assert "Ska granskas i efterhand: 1." in desk.get("/units/medicinkliniken").text


def test_whoever_answers_for_it_has_it_among_their_tasks(urgent):
    client = create_app(urgent.house, urgent.config).test_client()
    token = urgent.house.sessions.begin(PersonId(urgent.ids["frans"]), at=NOON)
    client.set_cookie("styrdokument", token)
    shown = client.get("/tasks").get_data(as_text=True)
    assert shown.count(f'href="/documents/{HYGIENE}"') == 1
    assert f"Ska granskas i efterhand senast {BY}" in shown


def test_its_day_stands_in_the_calendar_of_those_who_answer_for_it(urgent):
    secret = urgent.house.wishes.make_calendar(PersonId(urgent.ids["alma"]))
    file = create_app(urgent.house, urgent.config).test_client().get(f"/calendar/{secret}.ics")
    assert f"document-{HYGIENE}-{BY}-after-review@" in file.text.replace("\r\n ", "")
