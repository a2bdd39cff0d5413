"""Refusals as pages: every reason leads to the field that it is about, or is no link."""

from functools import cache

import pytest

from tests.views import library
from tests.views.steps import main_of, post, problems, revised, send, tree

EDITOR = f"/documents/{library.HYGIENE}"


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


def _leads(answer) -> list[str]:
    """Where the reasons lead."""
    return main_of(tree(answer)).xpath(".//*[@role='alert']//li/a/@href")


def test_a_reason_about_a_field_that_is_not_on_the_page_is_no_link(client):
    answer = client.get("/documents?standing=nonsense")
    assert (answer.status_code, problems(answer)) == (422, ["bad_value"])
    assert _leads(answer) == []


def test_a_page_that_is_missing_has_nothing_to_put_right(client):
    answer = client.get("/nowhere")
    shown = main_of(tree(answer)).text_content()
    assert (answer.status_code, problems(answer)) == (404, ["not_found"])
    assert "Det här behöver rättas" not in shown
    assert main_of(tree(answer)).xpath(".//a/@href") == ["/", "/search"]


def test_a_reason_leads_to_its_field_in_the_form_or_in_the_editor(person):
    case = revised(person)
    send(person("alma"), f"{case}{EDITOR}", title="")
    answer = send(person("alma"), case, f"{case}/submission", change_note=" ")
    assert set(_leads(answer)) == {f"{case}{EDITOR}#field-title", "#field-change_note"}
    assert tree(answer).xpath("//*[@id='field-change_note']")
    assert person("alma").get(f"{case}{EDITOR}").text.count('id="field-title"') == 1


def test_a_reason_leads_nowhere_for_somebody_who_may_not_write(person):
    case = revised(person)
    answer = post(person("dag"), f"{case}/submission", change_note="x", snapshot="x")
    assert "wrong_role" in problems(answer)
    assert not [lead for lead in _leads(answer) if EDITOR in lead]
