"""What an attacker sends: each of these once did what it may not."""

import logging

import pytest

from tests.views.library import HYGIENE
from tests.views.steps import page, post, problems, send, steps_taken, tree

NEW = {"title": "Kallelser", "type": "routine", "unit": "medicinkliniken"}


@pytest.fixture
def person(visit, sign_in):
    return lambda login: sign_in(visit(), login)


def token(client):
    return page(client, "/session").xpath("//input[@name='csrf_token']/@value")[0]


@pytest.mark.parametrize("address", ["/documents", "/search", "/search.json", "/documents.csv"])
def test_a_number_of_any_length_is_only_a_word_to_look_for(client, address):
    assert client.get(f"{address}?q={'0' * 7}{'9' * 40}").status_code == 200
    assert client.get(f"{address}?q={'9' * 400}").status_code == 200


@pytest.mark.parametrize(
    "origin", ["null", "", "garbage", "http://[", "https://localhost", "http://localhost.evil"]
)
def test_a_form_from_a_page_that_is_not_ours_is_refused(client, origin):
    form = {"csrf_token": token(client), "username": "eva", "password": "-"}
    assert client.post("/session", data=form, headers={"Origin": origin}).status_code == 403
    ours = client.post("/session", data=form, headers={"Origin": "http://localhost"})
    assert problems(ours) == ["not_signed_in"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_host_that_is_not_ours_is_refused_without_a_page_of_ours(client, method):
    answer = client.open("/session", method=method, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


@pytest.mark.parametrize("body", ["a&" * 3_000, "a=" + "x" * 9_000_000], ids=["many", "large"])
def test_a_form_of_countless_fields_is_not_read(client, body):
    kind = "application/x-www-form-urlencoded"
    answer = client.post("/session", data=body, content_type=kind)
    assert answer.status_code == 413
    assert problems(answer) == ["too_large"]
    assert not tree(answer).xpath("//textarea")


def test_a_failure_is_logged_on_one_line_whatever_the_address(eva, caplog, monkeypatch):
    views = eva.application.view_functions
    monkeypatch.setitem(views, "people.show_unit", lambda slug: slug.gone)
    with caplog.at_level(logging.ERROR, "styrdokument"):
        assert eva.get("/units/a%0AGET forged failed").status_code == 500
    assert "\n" not in caplog.records[0].getMessage()


def test_a_title_of_several_lines_becomes_one(person):
    answer = send(person("alma"), "/cases", **NEW | {"title": "Kallelser\r\nDecision: 1"})
    assert answer.status_code == 303
    assert page(person("alma"), answer.location).xpath("string(//h1)") == "Kallelser Decision: 1"


def test_a_title_without_end_never_becomes_a_document(person, house):
    before = house.cases.numbers()
    answer = send(person("alma"), "/cases", **NEW | {"title": "x" * 501})
    assert (answer.status_code, problems(answer)) == (422, ["bad_front_matter"])
    assert house.cases.numbers() == before


@pytest.mark.parametrize("quote", ["a\u202eb", "a\0b", "x" * 20_001])
def test_a_quote_is_judged_as_the_remark_is(person, house, quote):
    alma = person("alma")
    case = send(alma, "/cases", **NEW).location
    answer = post(alma, f"{case}/comments", body="Så?", quote=quote)
    assert answer.status_code == 422
    assert "bad_value" in problems(answer)
    assert steps_taken(house, case) == ["open"]


def test_nobody_is_assigned_whom_no_register_knows(person):
    karin = person("karin")
    case = post(karin, "/cases", kind="assign", document=HYGIENE).location
    change = {"role": "fact_owner", "person": "ingen-alls", "reason": "Byte."}
    assert post(karin, f"{case}/people", **change).status_code == 303
    shown = page(karin, case).xpath("string(//main/@data-snapshot)")
    decided = {"snapshot": shown, "reason": "Byte.", "password": "styrdokument"}
    answer = post(karin, f"{case}/decision", **decided)
    assert (answer.status_code, problems(answer)) == (422, ["bad_value"])
