"""The decision: on the text that was shown, by somebody with mandate, with a second look."""

import hashlib
import io
from functools import cache

import pytest

from styrdokument.domain.document import DocumentId
from tests.views import library
from tests.views.steps import (
    BODY,
    change_register,
    form,
    forms_at,
    opened,
    page,
    post,
    problems,
    reviewed,
    reviewed_policy,
    send,
    snapshot,
    state,
    steps_taken,
    submitted,
    tree,
    words,
)

EDITOR = f"/documents/{library.HYGIENE}"
PASSWORD = library.PASSWORD


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


def _decisions(house, document=library.HYGIENE):
    return [filed.decision for filed in house.record.decisions_of(DocumentId(document))]


def test_the_whole_way_from_revision_to_decision(person, house):
    case = submitted(person, text="Tvätta.")
    send(person("birgit"), case, f"{case}/returns", reason="Hur länge?")
    send(person("alma"), f"{case}{EDITOR}", text=BODY.format("Tvätta i en halv minut."))
    send(person("alma"), case, f"{case}/submission", change_note="Sagt hur länge.")
    for reviewer in ("birgit", "cecilia"):
        assert send(person(reviewer), case, f"{case}/approvals").status_code == 303
    answer = send(person("dag"), case, f"{case}/decision", password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/documents/1042")
    made = _decisions(house)[-1]
    assert (made.version, made.decided_by.name, made.second_look) == (3, "Dag", "password")
    assert made.change_note == "Sagt hur länge."
    assert made.basis.kind == "head_of_operations"
    assert (str(made.effective_from), str(made.valid_until)) == ("2026-11-21", "2028-11-21")
    assert [a.by.name for a in made.approvals] == ["Birgit", "Cecilia"]
    assert state(person("alma"), case) == "decided"
    assert "Fastställd Dag, 2026-11-21 Handhygien, version 3" in words(page(person("alma"), case))
    assert forms_at(person("dag"), case) == []


def test_what_the_form_does_not_ask_for_has_defaults_that_are_shown(person):
    case = reviewed(person)
    shown = page(person("dag"), case)
    box = next(one for one in shown.forms if one.get("action") == f"{case}/decision")
    assert box.xpath(".//input[@name='basis' and @checked]/@value") == ["head_of_operations"]
    assert box.xpath(".//*[@required]/@name") == ["password"]
    assert "till och med 2028-11-21" in box.text_content()
    assert not box.xpath(".//*[@name='minutes_date']")


def test_a_decision_carries_what_was_filled_in(person, house):
    case = reviewed(person)
    typed = {
        "basis": "delegation",
        "mandate": "§ 4 i delegationsordningen",
        "effective_from": "2026-12-01",
        "valid_until": "2027-12-01",
        "presented_by": "Alma",
        "registry_number": "RS 2026-7",
    }
    answer = send(person("dag"), case, f"{case}/decision", password=PASSWORD, **typed)
    assert answer.status_code == 303
    made = _decisions(house)[-1]
    assert (made.basis.kind, made.basis.mandate) == ("delegation", "§ 4 i delegationsordningen")
    assert (str(made.effective_from), str(made.valid_until)) == ("2026-12-01", "2027-12-01")
    assert (made.presented_by, made.registry_number) == ("Alma", "RS 2026-7")


def test_a_decision_on_a_text_that_changed_is_refused_with_every_reason(person, house):
    case = reviewed(person)
    seen = form(person("dag"), case, f"{case}/decision") | {"password": PASSWORD}
    send(person("alma"), f"{case}{EDITOR}", text=BODY.format("Bakom ryggen."))
    answer = person("dag").post(f"{case}/decision", data=seen)
    assert answer.status_code == 409
    assert set(problems(answer)) == {"stale_snapshot", "not_approved"}
    assert len(_decisions(house)) == 2


def test_a_decision_before_everybody_has_approved_is_refused(person, house):
    case = submitted(person)
    shown = page(person("dag"), case)
    listed = shown.xpath("//section[@aria-labelledby='hindrances']//li/@data-problem")
    assert listed == ["not_approved"]
    answer = send(person("dag"), case, f"{case}/decision", password=PASSWORD)
    assert (answer.status_code, problems(answer)) == (403, ["not_approved"])
    assert len(_decisions(house)) == 2


@pytest.mark.parametrize("password", ["", "fel lösenord", PASSWORD.upper()])
def test_a_decision_takes_the_right_password(person, house, password):
    case = reviewed(person)
    answer = send(person("dag"), case, f"{case}/decision", password=password)
    assert (answer.status_code, problems(answer)) == (403, ["needs_second_look"])
    if password:
        assert password not in answer.text
    assert len(_decisions(house)) == 2


def test_guessing_at_the_password_of_a_stolen_session_is_throttled(person):
    case = reviewed(person)
    for _ in range(8):
        send(person("dag"), case, f"{case}/decision", password="gissning")
    answer = send(person("dag"), case, f"{case}/decision", password=PASSWORD)
    assert (answer.status_code, problems(answer)) == (429, ["throttled"])


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("effective_from", "2026-02-30"),
        ("effective_from", "i morgon"),
        ("valid_until", "2026-13-01"),
        ("valid_until", "99999-01-01"),
        ("basis", "because"),
    ],
)
def test_what_cannot_be_read_is_refused_and_shown_again(person, house, field, typed):
    case = reviewed(person)
    sent = {field: typed, "password": PASSWORD, "mandate": "§ 4"}
    answer = send(person("dag"), case, f"{case}/decision", **sent)
    assert (answer.status_code, problems(answer)) == (422, ["bad_value"])
    assert tree(answer).xpath("//*[@id='field-mandate']/@value") == ["§ 4"]
    if field != "basis":
        assert tree(answer).xpath(f"//*[@id='field-{field}']/@value") == [typed]
    assert len(_decisions(house)) == 2


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"effective_from": "2026-11-20"}, "dates_out_of_order"),
        ({"valid_until": "2026-11-20"}, "dates_out_of_order"),
        ({"valid_until": "2099-01-01"}, "validity_too_long"),
        ({"basis": "minutes"}, "basis_not_allowed"),
        ({"mandate": "a\u202eb"}, "bad_value"),
        ({"mandate": "a\x00b"}, "bad_value"),
    ],
)
def test_terms_that_the_rules_do_not_allow_are_refused(person, house, typed, code):
    case = reviewed(person)
    answer = send(person("dag"), case, f"{case}/decision", password=PASSWORD, **typed)
    assert answer.status_code == 422
    assert code in problems(answer)
    assert len(_decisions(house)) == 2


def test_every_reason_is_said_at_once(person):
    case = submitted(person)
    typed = {"effective_from": "2026-11-20", "valid_until": "2026-02-30", "password": "fel"}
    answer = send(person("dag"), case, f"{case}/decision", **typed)
    assert set(problems(answer)) == {
        "bad_value",
        "needs_second_look",
        "not_approved",
        "dates_out_of_order",
    }


@pytest.mark.parametrize("login", ["alma", "birgit", "frans", "karin", "arvid"])
def test_whoever_has_no_mandate_decides_nothing(person, house, login):
    case = reviewed(person)
    assert f"{case}/decision" not in forms_at(person(login), case)
    seen = snapshot(person(login), case)
    answer = post(person(login), f"{case}/decision", snapshot=seen, password=PASSWORD)
    assert answer.status_code == 403
    assert "wrong_role" in problems(answer)
    assert len(_decisions(house)) == 2


def test_whoever_wrote_does_not_decide_and_reads_why(person, region, house):
    case = submitted(person)
    send(person("alma"), f"{case}{EDITOR}", case_officer=region.ids["dag"])
    assert "varken godkänna eller besluta" in words(page(person("dag"), f"{case}{EDITOR}"))
    send(person("dag"), f"{case}{EDITOR}", text=BODY.format("Dags ord."))
    for reviewer in ("birgit", "cecilia"):
        send(person(reviewer), case, f"{case}/approvals")
    shown = page(person("dag"), case)
    assert f"{case}/decision" not in forms_at(person("dag"), case)
    assert "own_work" in shown.xpath("//main//li/@data-problem")
    seen = snapshot(person("dag"), case)
    answer = post(person("dag"), f"{case}/decision", snapshot=seen, password=PASSWORD)
    assert (answer.status_code, problems(answer)) == (403, ["own_work"])
    assert len(_decisions(house)) == 2


def test_the_same_decision_sent_twice_is_one(person, house):
    case = reviewed(person)
    fields = form(person("dag"), case, f"{case}/decision") | {"password": PASSWORD}
    answers = [person("dag").post(f"{case}/decision", data=fields) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == ["/documents/1042"] * 2
    assert len(_decisions(house)) == 3
    assert steps_taken(house, case).count("decide") == 1


def test_a_case_that_is_decided_is_not_decided_again(person, house):
    case = reviewed(person)
    seen = snapshot(person("dag"), case)
    for status in (303, 409):
        answer = post(person("dag"), f"{case}/decision", snapshot=seen, password=PASSWORD)
        assert answer.status_code == status
    assert problems(answer) == ["wrong_state"]
    assert len(_decisions(house)) == 3


def test_a_document_is_repealed_by_another_than_the_one_who_proposed_it(person, house):
    case = opened(person, "alma", library.EXPIRED, "repeal")
    assert f"{case}/decision" not in forms_at(person("alma"), case)
    answer = send(person("dag"), case, f"{case}/decision", password=PASSWORD)
    assert (answer.status_code, problems(answer)) == (422, ["needs_reason"])
    typed = {"reason": "Ingår i en annan.", "successor": "1042", "effective_from": "2026-12-01"}
    answer = send(person("dag"), case, f"{case}/decision", password=PASSWORD, **typed)
    assert answer.headers["Location"] == f"/documents/{library.EXPIRED}"
    made = _decisions(house, library.EXPIRED)[-1]
    assert (made.kind, made.reason, made.successor) == ("repeal", "Ingår i en annan.", 1042)
    assert str(made.effective_from) == "2026-12-01"


@pytest.mark.parametrize("successor", ["1999", "abc"])
def test_a_successor_that_is_none_is_refused(person, house, successor):
    case = opened(person, "alma", library.EXPIRED, "repeal")
    typed = {"reason": "x", "successor": successor, "password": PASSWORD}
    answer = send(person("dag"), case, f"{case}/decision", **typed)
    assert (answer.status_code, problems(answer)) == (422, ["bad_value"])
    assert len(_decisions(house, library.EXPIRED)) == 1


@pytest.fixture
def policy(person, house, region):
    """A policy of the assembly's, on review and approved; Gun is the assembly's secretary."""
    return reviewed_policy(person, house, region.ids)


def test_a_boards_decision_is_entered_from_its_minutes(person, house, policy):
    box = form(person("gun"), policy, f"{policy}/decision")
    assert box["basis"] == "minutes"
    answer = send(person("gun"), policy, f"{policy}/decision", password=PASSWORD)
    assert (answer.status_code, problems(answer)) == (422, ["needs_minutes"] * 4)
    typed = {
        "body": "Regionfullmäktige",
        "minutes_date": "2026-11-10",
        "minutes_section": "§ 112",
        "minutes_confirmed_on": "2026-11-17",
        "minutes_file": (io.BytesIO(b"%PDF-1.7 minutes"), "protokoll.pdf"),
    }
    answer = send(person("gun"), policy, f"{policy}/decision", password=PASSWORD, **typed)
    assert answer.status_code == 303
    made = _decisions(house, library.CORRECTED)[-1]
    assert (made.decided_by.name, str(made.decided_on)) == ("Regionfullmäktige", "2026-11-10")
    assert made.basis.minutes_sha256 == hashlib.sha256(b"%PDF-1.7 minutes").hexdigest()
    assert made.recorded_by.name == "Gun"


def test_where_the_type_says_so_an_approval_too_takes_a_password(person, house, region):
    looks = ("second_look: decisions", "second_look: approvals")
    change_register(house, region.ids, "types.yaml", *looks)
    case = submitted(person)
    assert "password" in form(person("birgit"), case, f"{case}/approvals")
    for password, status in (("", 403), ("fel", 403), (PASSWORD, 303)):
        answer = send(person("birgit"), case, f"{case}/approvals", password=password)
        assert answer.status_code == status
    assert steps_taken(house, case).count("approve") == 1


def test_the_form_sums_up_what_is_decided_and_who_has_reviewed_it(person):
    case = reviewed(person)
    shown = page(person("dag"), case).xpath(f"//form[@action='{case}/decision']")[0]
    told = " ".join(shown.text_content().split())
    assert f"(rutin {library.HYGIENE})" in told
    assert "Granskad av Birgit, Cecilia Har kvar att granska Ingen" in told
    assert "Ändringsnotering Tvätta noggrannare." in told


def test_a_repeal_is_sent_for_decision_and_not_for_review(person):
    case = opened(person, "alma", library.EXPIRED, "repeal")
    shown = words(page(person("alma"), case))
    assert "Skicka förslaget till beslut." in shown
    assert "Skicka på granskning" not in shown
    assert "Skicka förslaget till beslut." in words(page(person("alma"), "/tasks"))
