"""What waits for somebody: cases whose turn is theirs, and documents that end."""

from functools import cache

import pytest

from tests.views import library
from tests.views.steps import opened, page, reviewed, revised, send, submitted, words


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


def _waiting(client):
    found = page(client, "/tasks").xpath("//section[@aria-labelledby='waiting']//li")
    return [(one.xpath(".//a/@href")[0], one.xpath("string(.//p[1])").strip()) for one in found]


def test_a_draft_waits_for_whoever_writes_it(person):
    case = revised(person)
    assert _waiting(person("alma")) == [(case, "Skriv klart och skicka på granskning.")]
    assert _waiting(person("birgit")) == []


def test_a_text_on_review_waits_for_the_reviewers_who_remain(person):
    case = submitted(person)
    for login in ("birgit", "cecilia"):
        assert _waiting(person(login)) == [(case, "Granska texten.")]
    assert _waiting(person("dag")) == []
    send(person("birgit"), case, f"{case}/approvals")
    assert _waiting(person("birgit")) == []


def test_a_reviewed_text_waits_for_the_adopter_and_then_for_nobody(person):
    case = reviewed(person)
    assert _waiting(person("dag")) == [(case, "Ta ställning till beslutet.")]
    send(person("dag"), case, f"{case}/decision", password=library.PASSWORD)
    for login in ("alma", "birgit", "cecilia", "dag", "frans"):
        assert _waiting(person(login)) == []


def test_a_step_that_is_mine_by_name_but_not_by_rule_says_so(person, region):
    case = submitted(person)
    editor = f"{case}/documents/{library.HYGIENE}"
    send(person("alma"), editor, reviewers=[region.ids["birgit"], region.ids["karin"]])
    send(person("karin"), editor, text="## Syfte\n\nKarins.\n\n## Ansvar\n\n## Genomförande\n")
    assert [link for link, _said in _waiting(person("karin"))] == [case]
    assert "måste tas av någon annan" in _waiting(person("karin"))[0][1]


def _ending(client):
    found = page(client, "/tasks").xpath("//section[@aria-labelledby='ending']//li")
    return [(one.xpath(".//@data-standing")[0], one.xpath(".//a/@href")) for one in found]


@pytest.mark.parametrize("login", ["alma", "frans"])
def test_documents_that_end_wait_for_those_who_answer_for_them(person, login):
    links = [f"/documents/{library.EXPIRED}", f"/documents/{library.EXPIRED}/actions"]
    due = [f"/documents/{library.DUE}", f"/documents/{library.DUE}/actions"]
    assert _ending(person(login)) == [("expired", links), ("due", due)]


@pytest.mark.parametrize("login", ["eva", "gun", "birgit", "dag"])
def test_they_wait_for_nobody_else(person, login):
    assert _ending(person(login)) == []
    assert "Inga av dina dokument går ut snart." in words(page(person(login), "/tasks"))


def test_a_case_to_repeal_leads_from_tasks_to_a_page_that_can_be_read(person):
    case = opened(person, "karin", library.EXPIRED, "repeal")
    assert case in [link for link, _said in _waiting(person("alma"))]
    assert person("alma").get(case).status_code == 200
