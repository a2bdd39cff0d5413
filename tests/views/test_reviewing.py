"""Submitting, approving and sending back: each yes stands under the text that was shown."""

from functools import cache

import pytest

from tests.views import library
from tests.views.steps import (
    BODY,
    form,
    forms_at,
    main_of,
    page,
    post,
    problems,
    revised,
    send,
    snapshot,
    state,
    steps_taken,
    submitted,
    tree,
    words,
)

EDITOR = f"/documents/{library.HYGIENE}"


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


def test_a_text_goes_on_review_with_a_note_of_what_changed(person):
    case = revised(person)
    typed = {"change_note": "Tvätta noggrannare.", "significance": "minor"}
    answer = send(person("alma"), case, f"{case}/submission", **typed)
    assert answer.headers["Location"] == f"{case}#content"
    shown = words(page(person("birgit"), case))
    assert "Tvätta noggrannare. (Mindre ändring)" in shown
    assert state(person("birgit"), case) == "in_review"


def test_all_that_stands_in_the_way_of_review_is_said_at_once(person):
    case = revised(person)
    send(person("alma"), f"{case}{EDITOR}", text="[x](javascript:y)", reviewers="", type="")
    answer = send(person("alma"), case, f"{case}/submission", change_note=" ")
    assert answer.status_code == 422
    assert set(problems(answer)) >= {"needs_change_note", "needs_field", "bad_text"}


def test_an_unchanged_text_is_not_sent_on_review(person):
    case = revised(person)
    send(person("alma"), f"{case}{EDITOR}", text=BODY.format("Tvätta händerna."))
    answer = send(person("alma"), case, f"{case}/submission", change_note="Inget.")
    assert (answer.status_code, problems(answer)) == (422, ["nothing_changed"])
    box = tree(answer).xpath("//*[@id='field-change_note']")
    assert [one.text for one in box] == ["Inget."]


def test_what_cannot_be_read_is_not_taken_for_the_default(person):
    case = revised(person)
    typed = {"change_note": "x", "significance": "enormous"}
    answer = post(person("alma"), f"{case}/submission", **typed)
    assert (answer.status_code, problems(answer)) == (422, ["bad_value"])
    typed = {"change_note": "x" * 20_001}
    answer = post(person("alma"), f"{case}/submission", **typed)
    assert (answer.status_code, problems(answer)) == (422, ["bad_value"])


def test_the_page_says_who_has_approved_and_who_remains(person):
    case = submitted(person)
    assert "Har kvar att granska Birgit, Cecilia" in words(page(person("dag"), case))
    assert (
        send(person("birgit"), case, f"{case}/approvals").headers["Location"] == f"{case}#content"
    )
    shown = words(page(person("dag"), case))
    assert "Granskad av Birgit, granskad och godkänd 2026-11-21 12:00" in shown
    assert "Har kvar att granska Cecilia" in shown
    assert "På tur Cecilia" in shown


def test_an_approval_of_a_text_that_changed_since_it_was_shown_is_refused(person, house):
    case = submitted(person)
    seen = form(person("birgit"), case, f"{case}/approvals")
    send(person("alma"), f"{case}{EDITOR}", text=BODY.format("Bakom ryggen."))
    answer = person("birgit").post(f"{case}/approvals", data=seen)
    assert (answer.status_code, problems(answer)) == (409, ["stale_snapshot"])
    assert "Bakom ryggen." in words(tree(answer))
    assert "approve" not in steps_taken(house, case)


def test_an_approval_without_a_snapshot_is_refused(person):
    case = submitted(person)
    answer = post(person("birgit"), f"{case}/approvals")
    assert (answer.status_code, problems(answer)) == (409, ["stale_snapshot"])


@pytest.mark.parametrize("login", ["alma", "dag", "frans", "karin", "arvid"])
def test_only_a_reviewer_approves(person, login):
    case = submitted(person)
    assert f"{case}/approvals" not in forms_at(person(login), case)
    answer = post(person(login), f"{case}/approvals", snapshot=snapshot(person(login), case))
    assert answer.status_code == 403
    assert "wrong_role" in problems(answer)


def test_whoever_wrote_does_not_approve_and_reads_why(person, region):
    case = submitted(person)
    people = [region.ids["birgit"], region.ids["karin"]]
    send(person("alma"), f"{case}{EDITOR}", reviewers=people)
    assert f"{case}/approvals" in forms_at(person("karin"), case)
    send(person("karin"), f"{case}{EDITOR}", text=BODY.format("Karins ord."))
    shown = page(person("karin"), case)
    assert f"{case}/approvals" not in forms_at(person("karin"), case)
    assert "own_work" in shown.xpath("//main//li/@data-problem")
    seen = snapshot(person("karin"), case)
    answer = post(person("karin"), f"{case}/approvals", snapshot=seen)
    assert (answer.status_code, problems(answer)) == (403, ["own_work"])


def test_a_text_is_sent_back_with_a_reason_and_comes_again(person):
    case = submitted(person)
    answer = send(person("birgit"), case, f"{case}/returns", reason="Hur länge?")
    assert answer.headers["Location"] == f"{case}#content"
    assert state(person("alma"), case) == "draft"
    assert "Skickades tillbaka för att Hur länge?" in words(page(person("alma"), case))
    send(person("alma"), f"{case}{EDITOR}", text=BODY.format("En halv minut."))
    send(person("alma"), case, f"{case}/submission", change_note="Sagt hur länge.")
    assert state(person("birgit"), case) == "in_review"


def test_nothing_is_sent_back_without_a_reason(person):
    case = submitted(person)
    answer = send(person("birgit"), case, f"{case}/returns", reason="  ")
    assert (answer.status_code, problems(answer)) == (422, ["needs_reason"])
    assert tree(answer).xpath("//details[@open]//*[@id='field-reason']")


def test_a_reviewer_may_see_only_what_changed_since_their_own_last_look(person):
    case = submitted(person, text="Tvätta noga.")
    assert "since=judged" not in person("birgit").get(case).text
    send(person("birgit"), case, f"{case}/returns", reason="Hur länge?")
    send(person("alma"), f"{case}{EDITOR}", text=BODY.format("Tvätta noga, i en halv minut."))
    whole, since = page(person("birgit"), case), page(person("birgit"), f"{case}?since=judged")
    added = [" ".join(t.xpath("string(//ins[1])").split()) for t in (whole, since)]
    assert "noga" in added[0]
    assert "noga" not in added[1]
    assert "halv minut" in words(since)
    assert "since=judged" not in person("cecilia").get(case).text


@pytest.mark.parametrize("step", ["approvals", "returns"])
def test_nothing_is_judged_that_is_not_on_review(person, step):
    case = revised(person)
    seen = snapshot(person("birgit"), case)
    answer = post(person("birgit"), f"{case}/{step}", snapshot=seen, reason="x")
    assert (answer.status_code, problems(answer)) == (409, ["wrong_state"])


@pytest.mark.parametrize("step", ["approvals", "returns"])
def test_the_same_judgement_sent_twice_is_one(person, house, step):
    case = submitted(person)
    fields = form(person("birgit"), case, f"{case}/{step}")
    if step == "returns":
        fields["reason"] = "Hur länge?"
    answers = [person("birgit").post(f"{case}/{step}", data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    taken = steps_taken(house, case)
    assert taken.count({"approvals": "approve", "returns": "return"}[step]) == 1


def test_no_step_is_taken_by_a_look(person, house):
    case = submitted(person)
    before = steps_taken(house, case)
    for login in ("alma", "birgit", "dag"):
        for address in main_of(page(person(login), case)).xpath(".//a/@href"):
            if address.startswith(case):
                assert person(login).get(address).status_code == 200
    assert steps_taken(house, case) == before


@pytest.mark.parametrize(
    ("login", "asked"),
    [("birgit", "Granska texten."), ("cecilia", "Granska texten."), ("dag", ""), ("alma", "")],
)
def test_the_page_tells_those_whose_turn_it_is_what_to_do(person, login, asked):
    shown = words(page(person(login), submitted(person)))
    assert ("Det är din tur." in shown) == bool(asked)
    assert f"Det är din tur. {asked}" in shown or not asked


def test_the_note_of_what_changed_is_there_when_a_text_comes_again(person):
    case = revised(person)
    typed = {"change_note": "Tvätta noggrannare.", "significance": "minor"}
    send(person("alma"), case, f"{case}/submission", **typed)
    send(person("birgit"), case, f"{case}/returns", reason="Hur länge?")
    again = form(person("alma"), case, f"{case}/submission")
    assert {name: again[name] for name in typed} == typed


def test_the_page_counts_the_changes_and_says_how_they_are_marked(person):
    shown = words(page(person("birgit"), submitted(person)))
    assert "Antal ändringar i texten: 1. Tillagt är understruket" in shown


def test_who_has_approved_is_told_so_and_not_asked_again(person):
    case = submitted(person)
    assert send(person("birgit"), case, f"{case}/approvals").status_code == 303
    assert "Du har godkänt texten som den nu står." in words(page(person("birgit"), case))
    assert f"{case}/approvals" not in forms_at(person("birgit"), case)
    send(person("alma"), f"{case}{EDITOR}", text=BODY.format("Tvätta i två minuter."))
    assert f"{case}/approvals" in forms_at(person("birgit"), case)
