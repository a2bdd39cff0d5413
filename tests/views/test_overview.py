"""The controller's desk: numbers that lead to lists, and lists of what needs somebody's care."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache
from io import StringIO
from itertools import product

import pytest
from sqlalchemy import event

from styrdokument.app import create_app
from styrdokument.domain.document import DocumentId
from styrdokument.domain.people import PersonId
from styrdokument.domain.validity import APPLIES
from tests.cast import NOON
from tests.views import library
from tests.views.library import (
    BLOOD,
    CORRECTED,
    DUE,
    EXPIRED,
    HYGIENE,
    INTERNAL,
    Text,
    put,
    put_all,
)
from tests.views.reading import words_of
from tests.views.steps import page, problems, revised, said, submitted, words

OTHERS = ("alma", "dag", "eva", "gun", "frans")
LISTS = ("expired", "due", "ownerless", "cases", "stuck", "in-force")


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


@pytest.fixture
def karin(person):
    return person("karin")


def listed(client, address, key="documents"):
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert found["total"] == len(found[key])
    return found[key]


def ids(client, address):
    return [row["id"] for row in listed(client, address)]


def rows_of(client, address):
    answer = client.get(address)
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))


def test_what_has_expired_and_what_is_due_are_listed_with_the_days(karin):
    (expired,) = listed(karin, "/overview/expired.json")
    assert (expired["id"], expired["standing"], expired["days_left"]) == (EXPIRED, "expired", -144)
    assert (expired["valid_until"], expired["unit"]) == ("2026-06-30", "medicinkliniken")
    (due,) = listed(karin, "/overview/due.json")
    assert (due["id"], due["days_left"], due["vacant"]) == (DUE, 19, [])
    assert "2026-06-30 (för 144 dagar sedan)" in words_of(karin, "/overview/expired")


def test_a_role_that_nobody_holds_makes_a_document_ownerless(karin):
    assert listed(karin, "/overview/ownerless.json")[0]["id"] == CORRECTED
    (row,) = rows_of(karin, "/overview/ownerless.csv")
    assert row["vacant"] == "Fastställare: Regionfullmäktige (ingen innehar funktionen i dag)"
    assert row["vacant"].split(" (")[0] in words_of(karin, "/overview/ownerless")


def test_somebody_who_leaves_is_missing_in_each_of_their_documents(karin, house, region):
    applying = set(ids(karin, "/documents.json"))
    house.accounts.disable("alma", at=house.now())
    found = {row["id"]: row["vacant"] for row in listed(karin, "/overview/ownerless.json")}
    assert set(found) == applying
    lost = {"role": "case_officer", "entry": region.ids["alma"], "why": "left"}
    assert found[HYGIENE] == [lost]
    assert "Handläggare: Alma (kontot är avslutat)" in words_of(karin, "/overview/ownerless")


def test_a_function_is_vacant_when_its_only_holder_leaves(karin, house):
    house.accounts.disable("frans", at=house.now())
    found = {row["id"]: row["vacant"] for row in listed(karin, "/overview/ownerless.json")}
    lost = {"role": "fact_owner", "entry": "hygienlakare", "why": "no_holder"}
    assert found[BLOOD] == [lost]


def test_names_and_units_that_no_register_knows_are_missing(karin, house, region):
    roles = {"unit": "kurortskliniken", "fact_owner": "brunnslakare", "adopter": []}
    text = Text(
        document=DocumentId(3000), title="Brunn", begins=NOON.date(), ends=None, roles=roles
    )
    put(house, text, region.ids)
    house.index.catch_up()
    found = {row["id"]: row["vacant"] for row in listed(karin, "/overview/ownerless.json")}
    assert found[3000] == [
        {"role": "unit", "entry": "kurortskliniken", "why": "unknown"},
        {"role": "adopter", "entry": "", "why": "missing"},
        {"role": "fact_owner", "entry": "brunnslakare", "why": "unknown"},
    ]
    assert "kurortskliniken" in words_of(karin, "/overview")


def later(region, days):
    """The same region some days later, with Karin before it."""
    house = replace(region.house, now=lambda: NOON + timedelta(days=days))
    client = create_app(house, region.config).test_client()
    token = house.sessions.begin(PersonId(region.ids["karin"]), at=house.now())
    client.set_cookie("styrdokument", token)
    return client


def test_a_case_is_stuck_when_more_days_have_gone_by_than_are_asked_for(person, region):
    case = revised(person)
    assert listed(person("karin"), "/overview/stuck.json", "cases") == []
    assert listed(later(region, 30), "/overview/stuck.json", "cases") == []
    (stuck,) = listed(later(region, 31), "/overview/stuck.json", "cases")
    assert (f"/cases/{stuck['number']}", stuck["unchanged_days"]) == (case, 31)
    assert listed(later(region, 31), "/overview/stuck.json?days=31", "cases") == []
    assert len(listed(later(region, 1), "/overview/stuck.json?days=0", "cases")) == 1
    shown = page(later(region, 31), "/overview/stuck")
    assert shown.xpath("//tbody//a/@href")[0] == case


def test_it_says_where_each_case_is_whose_turn_it_is_and_since_when(person, region):
    number = int(submitted(person).rsplit("/", 1)[1])
    (row,) = listed(later(region, 12), "/overview/cases.json", "cases")
    assert (row["number"], row["state"], row["type"]) == (number, "in_review", "routine")
    assert {one["name"] for one in row["turn"]} == {"Birgit", "Cecilia"}
    assert (row["turn_since"][:10], row["turn_days"]) == ("2026-11-21", 12)
    (line,) = rows_of(person("karin"), "/overview/cases.csv")
    assert set(line["turn"].split("; ")) == {"Birgit", "Cecilia"}
    assert (line["state"], line["unit"]) == ("På granskning", "Medicinkliniken")
    assert "På granskning" in words_of(person("karin"), "/overview/cases")


def test_a_function_whose_turn_it_is_stands_with_its_holders(person):
    case = submitted(person)
    for login in ("birgit", "cecilia"):
        token = page(person(login), case).xpath("//input[@name='csrf_token']/@value")[0]
        shown = page(person(login), case).xpath("string(//main/@data-snapshot)")
        form = {"csrf_token": token, "snapshot": shown}
        assert person(login).post(f"{case}/approvals", data=form).status_code == 303
    (row,) = listed(person("karin"), "/overview/cases.json", "cases")
    (turn,) = row["turn"]
    assert (turn["entry"], turn["holders"]) == ("verksamhetschef-medicin", ["Dag"])
    assert "Verksamhetschef medicin (Dag)" in words_of(person("karin"), "/overview/cases")


def test_the_list_of_cases_is_narrowed(person):
    revised(person)
    within = ("", "unit=medicinkliniken", "unit=sjukhusvarden", "type=routine", "state=draft")
    beside = ("unit=kirurgkliniken", "type=policy", "state=in_review")
    for query in within:
        assert len(listed(person("karin"), f"/overview/cases.json?{query}", "cases")) == 1, query
    for query in beside:
        assert listed(person("karin"), f"/overview/cases.json?{query}", "cases") == [], query


def test_those_who_have_waited_the_longest_come_first_unless_asked_otherwise(person, house):
    first, second = revised(person), revised(person, document=BLOOD)
    numbers = [int(case.rsplit("/", 1)[1]) for case in (first, second)]
    with house.index.engine.begin() as connection:
        since = NOON - timedelta(days=9)
        connection.exec_driver_sql(
            f"UPDATE cases SET turn_since = '{since:%Y-%m-%d %H:%M:%S}.0' "
            f"WHERE number = {numbers[1]}"
        )
    found = listed(person("karin"), "/overview/cases.json", "cases")
    assert [row["number"] for row in found] == numbers[::-1]
    found = listed(person("karin"), "/overview/cases.json?sort=shortest", "cases")
    assert [row["number"] for row in found] == numbers


def test_every_number_leads_to_a_list_of_that_length(person, house):
    revised(person)
    house.accounts.disable("frans", at=house.now())
    karin = person("karin")
    seen = 0
    for query in ("", "?show=all", "?show=ownerless&unit=sjukhusvarden", "?show=cases&days=0"):
        for link in page(karin, f"/overview{query}").xpath("//table//td/a"):
            path, _, narrowed = link.get("href").partition("?")
            found = karin.get(f"{path}.json?{narrowed}").get_json()
            assert found["total"] == int(link.text_content()), link.get("href")
            seen += 1
    assert seen > 50


def test_the_numbers_are_those_of_the_domain(karin, house):
    counted = Counter()
    for number in {one.decision.document for one in house.record.everything_decided()} - {None}:
        adopted = house.matters.adopted(number)
        shown = adopted.history.shown(house.today)
        reminders = house.registers.types[adopted.fields.type].reminders
        standing = adopted.history.standing(shown.number, on=house.today, reminders=reminders)
        if standing in APPLIES:
            place = adopted.roles.unit, adopted.fields.type
            counted[*place, "all"] += 1
            counted[*place, str(standing)] += 1
    found = karin.get("/overview.json").get_json()
    kinds = ("all", "expired", "due")
    assert {
        (row["unit"], row["type"], kind): row[kind]
        for row in found["counts"]
        for kind in kinds
        if row[kind]
    } == {place: n for place, n in counted.items() if place[2] in kinds}
    rows = rows_of(karin, "/overview.csv")
    assert [row["unit"] for row in rows] == [row["unit"] for row in found["counts"]]


def test_the_year_is_listed_by_whoever_decided(karin):
    found = {row["id"]: row for row in listed(karin, "/overview/in-force.json")}
    assert set(found) == set(ids(karin, "/documents.json"))
    hygiene, policy = found[HYGIENE], found[CORRECTED]
    assert (hygiene["decided_by"]["name"], hygiene["decided_on"]) == ("Dag", "2026-11-21")
    assert hygiene["basis"]["kind"] == "head_of_operations"
    assert (policy["decided_by"]["name"], policy["decided_by"]["id"]) == ("Regionfullmäktige", None)
    assert policy["basis"]["section"] == "§ 112"
    assert found[BLOOD]["decided_by"] is None
    headings = page(karin, "/overview/in-force").xpath("//section/h2")
    assert [" ".join(one.text_content().split()) for one in headings] == [
        "Dag (Verksamhetschef, Medicinkliniken)",
        "Regionfullmäktige",
        "Okänd enligt källan",
    ]


def test_the_list_of_a_year_tells_what_was_in_force_at_its_end_or_during_it(karin):
    at_end = {
        row["id"]: row["version"] for row in listed(karin, "/overview/in-force.json?year=2025")
    }
    assert at_end[HYGIENE] == 1
    assert library.REPEALED in at_end
    assert at_end[BLOOD] == 2
    during = listed(karin, "/overview/in-force.json?year=2025&when=during")
    assert {row["version"] for row in during if row["id"] == BLOOD} == {1, 2}
    now = ids(karin, "/overview/in-force.json?when=during")
    assert library.REPEALED in now
    assert library.TO_COME not in now


def test_the_list_of_one_decider_is_theirs_alone(karin):
    links = page(karin, "/overview/in-force").xpath("//details//a")
    totals = {}
    for link in links:
        path, _, query = link.get("href").partition("?")
        totals[link.text_content()] = karin.get(f"{path}.json?{query}").get_json()["total"]
    assert totals["Dag"] == 1
    assert sum(totals.values()) == len(ids(karin, "/overview/in-force.json"))


WRONG = {
    "/overview?unit=finns-inte": "unit",
    "/overview?type=finns-inte": "type",
    "/overview?days=-1": "days",
    "/overview?days=snart": "days",
    "/overview?show=x": "show",
    "/overview/expired?unit=%00": "unit",
    "/overview/stuck?days=99999999999": "days",
    "/overview/cases?state=decided": "state",
    "/overview/cases?sort=x": "sort",
    "/overview/in-force?year=2027": "year",
    "/overview/in-force?year=MMXXVI": "year",
    "/overview/in-force?when=x": "when",
}
"""Addresses, and the field that is wrong in each."""


def test_a_filter_that_does_not_exist_is_refused_in_words(karin):
    for address, field in WRONG.items():
        answer = karin.get(address)
        assert (answer.status_code, problems(answer)) == (422, ["bad_value"]), address
        assert len(said(answer)) > 20
        asked = karin.get(address, headers={"Accept": "application/json"})
        assert [problem["field"] for problem in asked.get_json()["problems"]] == [field], address


def test_all_that_is_wrong_with_a_query_is_said_at_once(karin):
    assert problems(karin.get("/overview/due?unit=x&type=y")) == ["bad_value", "bad_value"]


def test_nobody_else_learns_anything_from_the_desk(person):
    for login, name, ending in product(OTHERS, LISTS, ("", ".json", ".csv")):
        answer = person(login).get(f"/overview/{name}{ending}")
        assert answer.status_code == 403
        assert library.SECRET not in answer.text
        assert "Ätstörningar" not in answer.text
    for login in OTHERS:
        assert "/overview" not in person(login).get("/").text


def test_administrators_see_no_desk_for_being_administrators(visit, house):
    added = house.accounts.add(
        "admin", name="Admin", password=library.PASSWORD, at=NOON, is_admin=True
    )
    client = visit()
    token = house.sessions.begin(added.person.id, at=NOON)
    client.set_cookie("styrdokument", token)
    assert client.get("/tasks").status_code == 200
    assert client.get("/overview").status_code == 403
    assert client.get("/overview.json").get_json()["problems"][0]["code"] == "wrong_role"


def test_the_start_page_leads_there_those_who_see_all(person):
    for login in ("karin", "arvid"):
        assert page(person(login), "/").xpath("//a[@href='/overview']")


def test_no_cell_of_the_desk_is_run_by_a_spreadsheet(person, house, region):
    roles = {"fact_owner": "=hyperlink(1)", "unit": "@unit"}
    text = Text(
        document=DocumentId(3001),
        title="=cmd|' /C calc'!A0",
        begins=NOON.date() - timedelta(days=800),
        ends=NOON.date() - timedelta(days=1),
        roles=roles,
    )
    put(house, text, region.ids)
    house.index.catch_up()
    for address in ("/overview/expired.csv", "/overview/ownerless.csv", "/overview/in-force.csv"):
        cells = [cell for row in rows_of(person("karin"), address) for cell in row.values()]
        assert "'=cmd|' /C calc'!A0" in cells, address
        assert not [c for c in cells if c.startswith(("=", "@", "+", "\t"))], address
    assert "'@unit" in [row["unit"] for row in rows_of(person("karin"), "/overview.csv")]


def test_a_long_list_is_paged_by_a_hundred(karin, house, region):
    begins, ends = NOON.date() - timedelta(days=800), NOON.date() - timedelta(days=9)
    numbers = map(DocumentId, range(4000, 4105))
    texts = [Text(document=d, title="T", begins=begins, ends=ends) for d in numbers]
    put_all(house, texts, region.ids)
    house.index.catch_up()
    first = karin.get("/overview/expired.json?type=routine").get_json()
    assert (len(first["documents"]), first["total"]) == (100, 106)
    assert first["documents"][0]["id"] == EXPIRED
    second = karin.get(first["next"]).get_json()
    assert (len(second["documents"]), second["next"]) == (6, None)
    assert len(rows_of(karin, "/overview/expired.csv")) == 106
    year = page(karin, "/overview/in-force?whole=yes").xpath("//section//tbody/tr")
    assert len(year) == karin.get("/overview/in-force.json").get_json()["total"] > 105


def test_a_page_that_is_not_there_is_empty(karin):
    for name in LISTS:
        found = karin.get(f"/overview/{name}.json?page=99").get_json()
        assert (found["next"], found.get("documents", found.get("cases"))) == (None, [])
        assert karin.get(f"/overview/{name}?page=99").status_code == 200


HINTS = {
    "/overview/expired?type=form": "Titta på dem som går ut snart",
    "/overview/due?type=form": "när den första påminnelsen skickas",
    "/overview/ownerless?type=form": "när någon slutar",
    "/overview/cases": "öppna ett ärende",
    "/overview/stuck": "Pröva färre dagar",
    "/overview/in-force?year=1950": "Pröva ett annat år",
    "/overview?type=form": "Ta bort något villkor",
}


def test_an_empty_list_says_what_to_do(karin):
    for address, hint in HINTS.items():
        assert hint in words(page(karin, address)), address


def statements(house, client, address):
    """What a page asks of the index and of the journal, and which git objects it reads."""
    asked = {"index": [], "journal": []}
    engines = {"index": house.index.engine, "journal": house.journal.engine}
    for name, engine in engines.items():
        event.listen(engine, "before_cursor_execute", asked_by := _noting(asked[name]))
        engines[name] = (engine, asked_by)
    read = []
    before = house.git.blob
    object.__setattr__(house.git, "blob", lambda *a: read.append(a) or before(*a))
    assert client.get(address).status_code == 200
    del house.git.__dict__["blob"]
    for engine, noting in engines.values():
        event.remove(engine, "before_cursor_execute", noting)
    return len(asked["index"]), len(asked["journal"]), len(read)


def _noting(found):
    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            found.append(statement)

    return note


MOST = {
    "/overview": 3,
    "/overview/expired": 2,
    "/overview/due": 2,
    "/overview/ownerless": 4,
    "/overview/cases": 2,
    "/overview/stuck": 2,
    "/overview/in-force": 2,
    "/overview/expired.csv": 2,
    "/units/medicinkliniken": 3,
}
"""Statements to the index: for what is missing in a list, who is named and in which roles too."""


def test_a_page_asks_a_few_questions_however_many_documents_there_are(karin, house, region):
    few = {address: statements(house, karin, address) for address in MOST}
    firsts = [NOON.date() - timedelta(days=begins) for begins in (0, 720, 800)]
    texts = [
        Text(
            document=DocumentId(4000 + number * 10 + more),
            title="T",
            begins=first,
            ends=first + timedelta(days=730),
            roles={"case_officer": person, "fact_owner": f"unknown-{number}"},
        )
        for number, person in enumerate(region.ids.values())
        for more, first in enumerate(firsts)
    ]
    put_all(house, texts, region.ids)
    house.index.catch_up()
    for address, most in MOST.items():
        index, journal, read = statements(house, karin, address)
        assert 0 < index <= most, address
        assert journal <= few[address][1], address
        assert read == 0, address


def test_internal_documents_are_among_those_listed(karin):
    assert INTERNAL in ids(karin, "/overview/in-force.json")
