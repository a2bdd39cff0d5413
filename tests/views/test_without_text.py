"""Decisions that write no new version: extension, change of who is who; and those made in haste."""

from functools import cache

import pytest

from styrdokument.domain.document import DocumentId
from tests.views import library
from tests.views.steps import (
    BODY,
    form,
    forms_at,
    opened,
    page,
    problems,
    send,
    state,
    words,
)

PASSWORD = library.PASSWORD
WHY = "Inget har ändrats i lag eller arbetssätt."


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


def newest(house, document):
    return house.record.decisions_of(DocumentId(document))[-1].decision


def test_an_extension_goes_from_the_case_officer_by_the_fact_owner_to_the_decider(person, house):
    case = opened(person, "alma", library.EXPIRED, "extend")
    assert "Be faktaägaren intyga att texten stämmer." in words(page(person("alma"), case))
    send(person("alma"), case, f"{case}/submission", change_note=WHY)
    assert "Läs hela texten och intyga att den stämmer." in words(page(person("frans"), case))
    send(person("frans"), case, f"{case}/approvals")
    offered = form(person("dag"), case, f"{case}/decision")
    assert (offered["reason"].strip(), "attest" in offered) == (WHY, False)
    answer = send(person("dag"), case, f"{case}/decision", password=PASSWORD)
    assert answer.headers["Location"] == f"/documents/{library.EXPIRED}"
    made = newest(house, library.EXPIRED)
    assert (made.kind, made.version, str(made.valid_until)) == ("extend", 1, "2028-11-21")
    assert (made.reason, made.change_note, made.decided_by.name) == (WHY, None, "Dag")
    assert [(a.by.name, a.meaning) for a in made.approvals] == [("Frans", "attested")]
    shown = page(person("eva"), f"/documents/{library.EXPIRED}")
    assert shown.xpath("string(//main//@data-standing)") == "in_force"


def test_a_fact_owner_who_opens_the_extension_attests_it_and_it_waits_for_its_decision(person):
    case = opened(person, "frans", library.EXPIRED, "extend")
    send(person("frans"), case, f"{case}/approvals")
    assert "Det är din tur" not in words(page(person("frans"), case))
    assert "Det är din tur. Ta ställning till beslutet." in words(page(person("dag"), case))


def test_an_extension_that_nobody_attested_is_refused(person, house):
    case = opened(person, "alma", library.EXPIRED, "extend")
    send(person("alma"), case, f"{case}/submission")
    answer = send(person("dag"), case, f"{case}/decision", password=PASSWORD, reason=WHY)
    assert (answer.status_code, problems(answer)) == (422, ["needs_attest"])
    assert newest(house, library.EXPIRED).kind != "extend"


def test_the_proposer_of_an_extension_does_not_decide_it(person):
    case = opened(person, "karin", library.EXPIRED, "extend")
    assert f"{case}/decision" not in forms_at(person("karin"), case)


def test_a_correction_keeps_the_last_day_and_takes_the_next_number(person, house):
    before = newest(house, library.EXPIRED)
    case = opened(person, "alma", library.EXPIRED, "correct")
    send(person("alma"), f"{case}/documents/{library.EXPIRED}", text=BODY.format("Rättat."))
    send(person("alma"), case, f"{case}/submission", change_note="Rättat ett skrivfel.")
    for reviewer in ("birgit", "cecilia"):
        send(person(reviewer), case, f"{case}/approvals")
    send(person("dag"), case, f"{case}/decision", password=PASSWORD)
    made = newest(house, library.EXPIRED)
    assert (made.kind, made.version, made.corrects) == ("correct", 2, 1)
    assert made.valid_until == before.valid_until
    shown = words(page(person("eva"), f"/documents/{library.EXPIRED}/compare?from=1&to=2"))
    assert "Rättat." in shown


def test_an_urgent_change_takes_one_approval_and_applies_at_once(person, house):
    case = opened(person, "alma", library.HYGIENE, "urgent")
    send(person("alma"), f"{case}/documents/{library.HYGIENE}", text=BODY.format("Genast."))
    send(person("alma"), case, f"{case}/submission", change_note="Nytt larmnummer.")
    send(person("birgit"), case, f"{case}/approvals")
    send(person("dag"), case, f"{case}/decision", password=PASSWORD)
    made = newest(house, library.HYGIENE)
    assert (made.version, str(made.effective_from)) == (3, "2026-11-21")
    assert made.facts == ({"remark": "urgent", "day": "2026-12-21"},)
    shown = page(person("eva"), f"/documents/{library.HYGIENE}")
    assert "Hela texten ska granskas i efterhand, senast 2026-12-21." in words(shown)


def test_a_change_of_who_is_who_is_decided_by_the_head_and_makes_no_version(person, house, region):
    case = opened(person, "karin", library.HYGIENE, "assign")
    send(person("karin"), f"{case}/documents/{library.HYGIENE}", case_officer=region.ids["gun"])
    assert f"{case}/decision" not in forms_at(person("karin"), case)
    answer = send(person("dag"), case, f"{case}/decision", password=PASSWORD, reason="Alma slutar.")
    assert answer.status_code == 303
    made = newest(house, library.HYGIENE)
    assert (made.kind, made.version, made.reason) == ("assign", 2, "Alma slutar.")
    assert state(person("karin"), case) == "decided"
    assert (
        house.matters.adopted(DocumentId(library.HYGIENE)).roles.case_officer == (region.ids["gun"])
    )


def test_several_documents_are_extended_with_one_signature_and_an_attest_for_each(person, house):
    shown = page(person("alma"), "/tasks")
    assert {str(library.EXPIRED), str(library.DUE)} <= set(
        shown.xpath("//main//input[@name='document']/@value")
    )
    fields = form(person("alma"), "/tasks", "/cases")
    chosen = {**fields, "document": [str(library.EXPIRED), str(library.DUE)]}
    case = person("alma").post("/cases", data=chosen).headers["Location"]
    send(person("alma"), case, f"{case}/submission", change_note=WHY)

    none = send(person("frans"), case, f"{case}/approvals")
    assert (none.status_code, problems(none)) == (422, ["needs_attest"])
    send(person("frans"), case, f"{case}/approvals", document=str(library.EXPIRED))
    early = send(person("dag"), case, f"{case}/decision", password=PASSWORD)
    assert (early.status_code, problems(early)) == (422, ["needs_attest"])
    send(person("frans"), case, f"{case}/approvals", document=str(library.DUE))
    done = send(person("dag"), case, f"{case}/decision", password=PASSWORD)

    assert done.status_code == 303
    for document in (library.EXPIRED, library.DUE):
        made = newest(house, document)
        assert (made.kind, [a.by.name for a in made.approvals]) == ("extend", ["Frans"])


def test_where_one_of_several_cannot_be_extended_all_reasons_are_told(person):
    fields = form(person("alma"), "/tasks", "/cases")
    chosen = {**fields, "document": [str(library.EXPIRED), str(library.REPEALED)]}
    answer = person("alma").post("/cases", data=chosen)
    assert (answer.status_code, problems(answer)) == (409, ["wrong_state"])
