"""All that somebody answers for is handed over to another, in one decision, after a look at it."""

from functools import cache

import pytest

from styrdokument.actions.verifying import verify_house
from styrdokument.domain.case import CaseNumber
from styrdokument.domain.document import DocumentId
from styrdokument.domain.people import PersonId
from styrdokument.store.catalogue import Filters
from tests.views import library
from tests.views.steps import form, opened, page, problems, said, words

PASSWORD = library.PASSWORD


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


@pytest.fixture
def address(region):
    return f"/people/{region.ids['alma']}/handover"


def filled(person, address, heir, **typed):
    fields = form(person("karin"), f"{address}?to={heir}", address, reason="")
    return fields | {"reason": "Alma slutar.", "password": PASSWORD, **typed}


def named(house, who):
    """The documents that name somebody as their case officer or fact owner."""
    filters = Filters(entries=frozenset({PersonId(who)}))
    rows, _ = house.catalogue.find(filters, on=house.today, internal=True)
    return {row["document"] for row in rows}


def test_a_controller_sees_what_changes_before_anything_does(person, house, region, address):
    head = house.record.head
    shown = page(person("karin"), f"{address}?to={region.ids['gun']}")
    assert "Handläggare: Gun" in words(shown)
    assert f"/documents/{library.HYGIENE}" in shown.xpath("//main//table//a/@href")
    assert house.record.head == head


def test_all_documents_are_handed_over_in_one_commit(person, house, region, address):
    alma, gun = region.ids["alma"], region.ids["gun"]
    before, head = named(house, alma), house.record.head
    answer = person("karin").post(address, data=filled(person, address, gun))
    assert answer.status_code == 303, said(answer)
    assert house.git.commit(house.record.head).parents == (head,)
    assert before <= named(house, gun)
    made = house.record.decisions_of(DocumentId(library.HYGIENE))[-1].decision
    assert (made.kind, made.reason, made.decided_by.name) == ("assign", "Alma slutar.", "Karin")
    assert (made.version, made.valid_until) == (2, None)
    case = page(person("karin"), answer.headers["Location"])
    assert "Ändrat ansvar Karin" in words(case)
    assert f"och {len(before) - 1} till" in case.xpath("string(//h1)")
    assert verify_house(house).findings == ()


def test_what_was_handed_over_meanwhile_is_shown_again(person, region, address):
    fields = filled(person, address, region.ids["gun"])
    other = filled(person, address, region.ids["frans"])
    assert person("karin").post(address, data=other).status_code == 303
    answer = person("karin").post(address, data=fields)
    assert (answer.status_code, problems(answer)) == (409, ["stale_snapshot"])


@pytest.mark.parametrize(
    ("typed", "status", "code"),
    [
        ({"reason": " "}, 422, "needs_reason"),
        ({"password": "fel lösenord"}, 403, "needs_second_look"),
        ({"password": ""}, 403, "needs_second_look"),
        ({"to": ""}, 422, "needs_field"),
        ({"document": []}, 422, "needs_field"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_begun(
    person, house, region, address, typed, status, code
):
    head, cases = house.record.head, house.cases.numbers()
    fields = filled(person, address, region.ids["gun"], **typed)
    answer = person("karin").post(address, data=fields)
    assert (answer.status_code, problems(answer)) == (status, [code])
    assert (house.record.head, house.cases.numbers()) == (head, cases)


def test_nobody_unknown_is_put_in_anybodys_place(person, house, region, address):
    head = house.record.head
    fields = filled(person, address, region.ids["gun"], to="uppdiktad")
    answer = person("karin").post(address, data=fields)
    assert answer.status_code in {409, 422}
    assert house.record.head == head
    open_cases = [n for n in house.cases.numbers() if house.cases.read(CaseNumber(n)).case.is_open]
    assert all(house.cases.read(n).case.kind != "assign" for n in open_cases)


@pytest.mark.parametrize("login", ["alma", "dag", "arvid", "gun"])
def test_only_a_controller_hands_over(person, address, login):
    assert person(login).get(address).status_code == 403


def test_somebody_who_is_named_nowhere_has_nothing_to_hand_over(person, region):
    shown = page(person("karin"), f"/people/{region.ids['eva']}/handover")
    assert "står inte med namn på något dokument" in words(shown)


def test_the_page_of_a_person_leads_a_controller_there(person, region, address):
    at = f"/people/{region.ids['alma']}"
    assert address in page(person("karin"), at).xpath("//main//a/@href")
    assert address not in page(person("alma"), at).xpath("//main//a/@href")


@pytest.mark.parametrize("kind", ["extend", "repeal", "assign"])
def test_open_cases_without_a_text_of_their_own_follow_to_whoever_took_over(
    person, region, address, kind
):
    opener = {"assign": "karin"}.get(kind, "frans")
    case = opened(person, opener, library.EXPIRED, kind)
    fields = filled(person, address, region.ids["gun"])
    assert person("karin").post(address, data=fields).status_code == 303
    assert case not in person("alma").get("/tasks").text
    assert case in person("gun").get("/tasks").text
    assert person("alma").get(case).status_code == 404
