"""Opening a case: from a document's page of actions, and as a new document."""

from functools import cache

import pytest

from tests.views import library
from tests.views.steps import (
    form,
    forms_at,
    opened,
    page,
    post,
    problems,
    revised,
    said,
    send,
    state,
    tree,
    words,
)

ACTIONS = f"/documents/{library.HYGIENE}/actions"
NEW = {"kind": "new", "title": "Kallelser", "type": "routine", "unit": "medicinkliniken"}


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


def test_the_case_officer_opens_a_revision_from_the_page_of_actions(person):
    case = opened(person, "alma", library.HYGIENE, "revise")
    assert state(person("alma"), case) == "draft"
    assert "Handhygien" in page(person("alma"), case).xpath("string(//h1)")


def test_only_what_can_be_done_now_is_offered(person):
    kinds = page(person("alma"), ACTIONS).xpath("//main//input[@name='kind']/@value")
    assert kinds == ["revise", "extend", "correct", "urgent", "repeal"]
    assert page(person("dag"), ACTIONS).xpath("//main//input[@name='kind']/@value") == ["assign"]


@pytest.mark.parametrize("login", ["eva", "gun", "birgit", "arvid"])
def test_whoever_may_not_is_told_why_and_gets_no_form(person, login):
    shown = page(person(login), ACTIONS)
    assert forms_at(person(login), ACTIONS) == []
    assert shown.xpath("//main//li/@data-problem") == ["wrong_role"] * 2
    assert "Bara den som har skapat eller ansvarar för dokumentet" in words(shown)


@pytest.mark.parametrize("kind", ["revise", "repeal", "extend", "correct", "urgent", "assign"])
def test_a_reader_opens_nothing_by_hand_either(person, kind):
    answer = post(person("eva"), "/cases", kind=kind, document=str(library.HYGIENE))
    assert (answer.status_code, problems(answer)) == (403, ["wrong_role"])


@pytest.mark.parametrize("document", [library.HYGIENE, library.INTERNAL, library.UNKNOWN])
def test_a_visitor_is_asked_to_sign_in_and_learns_nothing(client, document):
    answer = client.get(f"/documents/{document}/actions")
    assert answer.status_code == 401
    assert tree(answer).xpath("//input[@name='next']/@value") == [f"/documents/{document}/actions"]
    assert library.SECRET not in answer.text


@pytest.mark.parametrize("document", [1, 1999, 10**30])
def test_there_are_no_actions_on_a_document_that_does_not_exist(person, document):
    assert person("alma").get(f"/documents/{document}/actions").status_code == 404
    assert post(person("alma"), "/cases", kind="revise", document=1999).status_code == 404


def test_a_second_revision_is_refused_and_the_page_names_the_first(person):
    first = revised(person)
    shown = page(person("alma"), ACTIONS)
    reasons = ["open_revision_exists", "wrong_role"]
    assert shown.xpath("//main//li/@data-problem") == reasons
    assert shown.xpath("//main//ul//a/@href") == [first]
    answer = post(person("alma"), "/cases", kind="revise", document=str(library.HYGIENE))
    assert (answer.status_code, problems(answer)) == (409, ["open_revision_exists"])
    assert first.rsplit("/", 1)[1] in said(answer)


def test_a_stranger_is_not_shown_the_open_cases_of_a_document(person):
    case = revised(person)
    assert case not in person("gun").get(ACTIONS).text
    assert case in person("karin").get(ACTIONS).text


def test_nothing_can_be_done_with_a_repealed_document(person):
    shown = page(person("alma"), f"/documents/{library.REPEALED}/actions")
    assert shown.xpath("//main//li/@data-problem") == ["wrong_state", "wrong_role"]
    assert shown.xpath("//main//*[@data-standing]/@data-standing") == ["repealed"]


def test_whoever_reviews_or_adopts_is_warned_before_writing(person):
    shown = page(person("karin"), ACTIONS)
    assert "varken godkänna" not in words(shown)
    fields = form(person("alma"), "/cases", "/cases") | NEW
    case = person("alma").post("/cases", data=fields).headers["Location"]
    assert "varken godkänna" not in words(page(person("alma"), f"{case}/documents/1043"))


def test_an_author_begins_a_new_document(person):
    fields = form(person("alma"), "/cases", "/cases") | NEW
    answer = person("alma").post("/cases", data=fields)
    assert answer.status_code == 303
    shown = page(person("alma"), answer.headers["Location"])
    assert shown.xpath("string(//h1)") == "Kallelser"
    assert shown.xpath("//main//*[@data-standing]/@data-standing") == ["draft"]


@pytest.mark.parametrize("login", ["eva", "dag", "birgit", "arvid"])
def test_the_form_for_a_new_document_is_for_authors_and_controllers(person, login):
    assert forms_at(person(login), "/cases") == []
    answer = post(person(login), "/cases", **NEW)
    assert (answer.status_code, problems(answer)) == (403, ["wrong_role"])
    assert forms_at(person("karin"), "/cases") == ["/cases"]


def test_all_that_is_wrong_with_a_new_document_is_said_at_once_and_kept(person):
    typed = {"title": "", "type": "sonnet", "unit": "månen"}
    answer = send(person("alma"), "/cases", **typed)
    assert answer.status_code == 422
    assert sorted(problems(answer)) == ["bad_value", "bad_value", "needs_field"]
    chosen = tree(answer).xpath("//main//option[@selected]/@value")
    assert chosen == ["sonnet", "månen"]
    assert tree(answer).xpath("//main//*[@id='field-title']/@aria-invalid") == ["true"]


@pytest.mark.parametrize("title", ["a\x00b", "a\u202eb"])
def test_a_title_that_deceives_never_becomes_a_document(person, house, title):
    before = house.cases.numbers()
    answer = send(person("alma"), "/cases", **NEW | {"title": title})
    assert answer.status_code == 422
    assert house.cases.numbers() == before


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({}, "needs_field"),
        ({"kind": "conquer"}, "bad_value"),
        ({"kind": "revise"}, "needs_field"),
        ({"kind": "revise", "document": "abc"}, "bad_value"),
        ({"kind": "revise", "document": "9" * 40}, "bad_value"),
    ],
)
def test_what_cannot_be_read_opens_nothing(person, typed, code):
    answer = post(person("alma"), "/cases", **typed)
    assert (answer.status_code, problems(answer)) == (422, [code])


@pytest.mark.parametrize("kind", ["new", "revise"])
def test_the_same_form_sent_twice_opens_one_case(person, house, kind):
    alma = person("alma")
    fields = (
        form(alma, "/cases", "/cases") | NEW
        if kind == "new"
        else form(alma, ACTIONS, "/cases", kind="revise")
    )
    before = len(house.cases.numbers())
    answers = [alma.post("/cases", data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert len(house.cases.numbers()) == before + 1
