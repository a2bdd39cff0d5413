"""Who has left, moved or is away for long is told the same day, with who might take over."""

from datetime import timedelta
from functools import cache

import pytest

from styrdokument.actions import reminding
from styrdokument.domain.departures import Absence
from styrdokument.domain.people import PersonId
from styrdokument.store.renaming import change_account
from tests.cast import NOON
from tests.views.steps import form, page, problems, revised, words

LIST = "/overview/departures"
DAY = timedelta(days=1)


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


def told(client, query=""):
    answer = client.get(f"{LIST}.json{query}")
    assert answer.status_code == 200
    return {(one["name"], one["change"]): one for one in answer.get_json()["people"]}


def say(client, region, login, **typed):
    at = f"/people/{region.ids[login]}"
    return client.post(f"{at}/absence", data=form(client, at, f"{at}/absence") | typed)


def test_whoever_has_left_is_told_with_documents_waiting_cases_and_a_successor(
    person, house, region
):
    revised(person)
    assert told(person("karin")) == {}
    house.accounts.disable("alma", at=house.now())

    alma = told(person("karin"))["Alma", "left"]

    assert alma["documents"] > 1
    assert alma["cases"] == 1
    assert alma["successor"] == "verksamhetschef-medicin"
    shown = page(person("karin"), LIST)
    at = f"/people/{region.ids['alma']}/handover?to=verksamhetschef-medicin"
    assert at in shown.xpath("//main//table//a/@href")
    assert "Har slutat" in words(shown)
    assert at.split("?", maxsplit=1)[0] not in page(person("arvid"), LIST).text_content()
    assert "Alma (kontot är avslutat)" in words(page(person("karin"), "/overview/cases"))
    csv = person("karin").get(f"{LIST}.csv").text
    assert "Alma" in csv
    assert "Har slutat" in csv


def test_the_hand_over_begins_with_whoever_is_proposed(person, house, region):
    house.accounts.disable("alma", at=house.now())
    shown = page(person("karin"), f"/people/{region.ids['alma']}/handover")
    chosen = shown.xpath("//select[@name='to']//option[@selected]/@value")
    assert chosen == ["verksamhetschef-medicin"]


def test_whoever_has_moved_is_told_while_documents_of_their_old_unit_name_them(
    person, house, region
):
    alma = PersonId(region.ids["alma"])
    engine = house.journal.engine
    change_account(engine, alma, at=NOON - 10 * DAY, name="Alma", title="Sjuksköterska")
    assert told(person("karin")) == {}, "another title is no move"
    change_account(engine, alma, at=NOON - 10 * DAY, unit="regionstaben")

    moved = told(person("karin"))["Alma", "moved"]

    assert (moved["unit"], moved["since"]) == (
        "medicinkliniken",
        (NOON - 10 * DAY).date().isoformat(),
    )
    assert moved["documents"] == len(named(house, alma, "medicinkliniken"))
    at = f"/people/{alma}/handover?to=verksamhetschef-medicin&unit=medicinkliniken"
    assert at in page(person("karin"), LIST).xpath("//main//table//a/@href")
    handed = page(person("karin"), at).xpath("//input[@name='document']/@value")
    assert sorted(map(int, handed)) == named(house, alma, "medicinkliniken")
    assert told(person("karin"), "?unit=regionstaben") == {}
    change_account(engine, alma, at=NOON - 181 * DAY, unit="medicinkliniken")
    assert told(person("karin")) == {}, "it is long ago"


def named(house, who, unit):
    rows = house.desk.roles_in(range(1000, 1100), frozenset({who}))
    applying = {d: house.catalogue.applying(d, on=house.today) for d in rows}
    return [d for d, row in applying.items() if row and row["unit"] == unit]


def test_whoever_says_that_they_are_away_for_long_is_told_and_not_for_a_week(person, house, region):
    today = house.today
    alma = person("alma")
    short = {"from": today.isoformat(), "until": (today + 6 * DAY).isoformat()}
    assert say(alma, region, "alma", **short).status_code == 303
    assert told(person("karin")) == {}
    endless = {"from": today.isoformat(), "until": ""}
    assert say(alma, region, "alma", **endless).status_code == 303

    away = told(person("karin"))["Alma", "away"]

    assert (away["since"], away["until"]) == (today.isoformat(), None)
    assert "Är borta" in words(page(person("karin"), LIST))
    at = f"/people/{region.ids['alma']}"
    assert "Frånvarande från" in words(page(alma, at))
    assert "Frånvarande" not in words(page(person("gun"), at)), "it is nobody else's business"
    fields = form(alma, at, f"{at}/absence/end")
    assert alma.post(f"{at}/absence/end", data=fields).status_code == 303
    assert told(person("karin")) == {}
    assert house.wishes.absence(PersonId(region.ids["alma"])) is None


def test_a_controller_says_it_of_another_and_nobody_else_does(person, house, region):
    day = {"from": house.today.isoformat()}
    at = f"/people/{region.ids['alma']}/absence"
    assert at not in page(person("gun"), f"/people/{region.ids['alma']}").text_content()
    own = f"/people/{region.ids['gun']}"
    token = form(person("gun"), own, f"{own}/absence")
    for address in (at, f"{at}/end"):
        answer = person("gun").post(address, data=token | day)
        assert (answer.status_code, problems(answer)) == (403, ["wrong_role"])
    assert say(person("karin"), region, "alma", **day).status_code == 303
    assert told(person("karin"))["Alma", "away"]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("", "", ["needs_field"]),
        ("i går", "", ["bad_value"]),
        ("2026-11-21", "i morgon", ["bad_value"]),
        ("2026-11-21", "2026-11-20", ["dates_out_of_order"]),
    ],
)
def test_days_that_make_no_absence_are_refused_and_shown_again(
    person, house, region, first, last, said
):
    answer = say(person("alma"), region, "alma", **{"from": first, "until": last})
    assert (answer.status_code, problems(answer)) == (422, said)
    if first:
        assert f'value="{first}"' in answer.text
    assert house.wishes.absence(PersonId(region.ids["alma"])) is None


def test_whoever_is_away_for_long_is_reminded_by_the_next_in_line(house, region):
    alma = PersonId(region.ids["alma"])
    before = {
        who.person for one in reminding.look(house, house.today).due for who in one.recipients
    }
    house.wishes.note_absence(Absence(person=alma, since=house.today))

    told_now = [who for one in reminding.look(house, house.today).due for who in one.recipients]

    assert alma in before
    assert alma not in {who.person for who in told_now}
    passed = {(missing.entry, missing.why) for who in told_now for missing in who.instead_of}
    assert (alma, "away") in passed
