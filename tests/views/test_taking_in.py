"""What is decided beside an open revision is taken in before the revision goes on."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.actions.taking_in import joined_fields
from styrdokument.domain.case import CaseNumber
from styrdokument.domain.document import DocumentId
from tests.views import library
from tests.views.steps import (
    form,
    forms_at,
    opened,
    page,
    post,
    problems,
    send,
    steps_taken,
    words,
)

PASSWORD = library.PASSWORD
HYGIENE = library.HYGIENE
BEGUN = "## Syfte\n\nTvätta.\n\n## Ansvar\n\nAlla.\n\n## Genomförande\n\nSprita.\n"
FIELDS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2", "3"]))


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


def write(person, case, text, **fields):
    done = send(person("alma"), f"{case}/documents/{HYGIENE}", text=text, **fields)
    assert done.status_code == 303, done.text


def adopt(person, case, **typed):
    send(person("alma"), case, f"{case}/submission", change_note="Ändrat.")
    for reviewer in ("birgit", "cecilia"):
        send(person(reviewer), case, f"{case}/approvals")
    return send(person("dag"), case, f"{case}/decision", password=PASSWORD, **typed)


def drafted(house, case):
    held = house.cases.read(CaseNumber(int(case.rsplit("/", 1)[1])))
    return house.matters.sheet(DocumentId(HYGIENE), house.cases.files_of(held, DocumentId(HYGIENE)))


@pytest.fixture
def revision(person):
    """An open revision in which Alma has changed the purpose."""
    first = opened(person, "alma", HYGIENE, "correct")
    write(person, first, BEGUN)
    assert adopt(person, first).status_code == 303
    case = opened(person, "alma", HYGIENE, "revise")
    write(person, case, BEGUN.replace("Tvätta.", "Tvätta noga."))
    return case


def correct(person, text, **fields):
    case = opened(person, "alma", HYGIENE, "correct")
    write(person, case, text, **fields)
    assert adopt(person, case).status_code == 303


def test_a_correction_is_taken_into_the_revision_that_runs_beside_it(person, house, revision):
    correct(person, BEGUN.replace("Sprita.", "Sprita i 30 s."), keywords="handsprit")
    refused = send(person("alma"), revision, f"{revision}/submission", change_note="Nytt.")
    assert (refused.status_code, problems(refused)) == (409, ["base_moved"])

    assert send(person("alma"), revision, f"{revision}/base").status_code == 303

    sheet = drafted(house, revision)
    assert sheet.body == BEGUN.replace("Tvätta.", "Tvätta noga.").replace(
        "Sprita.", "Sprita i 30 s."
    )
    assert sheet.fields.keywords == ("handsprit",)
    assert f"{revision}/base" not in forms_at(person("alma"), revision)
    assert "samma ställe" not in words(page(person("alma"), revision))
    assert adopt(person, revision).status_code == 303


def test_where_both_changed_the_same_words_the_drafts_stand_and_the_author_is_told(
    person, house, revision
):
    correct(person, BEGUN.replace("Tvätta.", "Tvätta alltid."))

    send(person("alma"), revision, f"{revision}/base")

    assert "Tvätta noga." in drafted(house, revision).body
    shown = page(person("alma"), revision)
    assert "Utkastets ord står kvar" in words(shown)
    assert f"/documents/{HYGIENE}/compare?from=3&to=4" in shown.xpath("//main//a/@href")
    write(person, revision, BEGUN.replace("Tvätta.", "Tvätta alltid noga."))
    assert "Utkastets ord står kvar" not in words(page(person("alma"), revision))


def test_approvals_lapse_when_a_change_is_taken_in(person, revision):
    send(person("alma"), revision, f"{revision}/submission", change_note="Nytt.")
    send(person("birgit"), revision, f"{revision}/approvals")
    correct(person, BEGUN.replace("Sprita.", "Sprita i 30 s."))
    send(person("alma"), revision, f"{revision}/base")
    assert f"{revision}/approvals" in forms_at(person("birgit"), revision)


def test_a_change_of_who_is_who_is_taken_in_and_not_undone_by_the_revision(
    person, house, region, revision
):
    case = opened(person, "karin", HYGIENE, "assign")
    people = form(person("karin"), case, f"{case}/people", role="fact_owner")
    typed = people | {"person": region.ids["gun"], "reason": "Frans slutar."}
    assert person("karin").post(f"{case}/people", data=typed).status_code == 303
    decided = send(person("karin"), case, f"{case}/decision", password=PASSWORD, reason="Byte.")
    assert decided.status_code == 303

    send(person("alma"), revision, f"{revision}/base")

    assert drafted(house, revision).roles.fact_owner == region.ids["gun"]
    assert "noga" in drafted(house, revision).body
    assert adopt(person, revision).status_code == 303
    adopted = house.matters.adopted(DocumentId(HYGIENE))
    assert adopted.roles.fact_owner == region.ids["gun"]


def test_a_clone_of_the_draft_can_be_brought_along(person, house, revision):
    number = CaseNumber(int(revision.rsplit("/", 1)[1]))
    before = house.cases.read(number).tip
    correct(person, BEGUN.replace("Sprita.", "Sprita i 30 s."))
    send(person("alma"), revision, f"{revision}/base")
    after = house.git.commit(house.cases.read(number).tip)
    assert after.parents == (before, house.record.head)


def test_where_nothing_was_decided_nothing_is_taken_in(person, house, revision):
    before = steps_taken(house, revision)
    assert post(person("alma"), f"{revision}/base").status_code == 303
    assert steps_taken(house, revision) == before


def test_a_reader_takes_nothing_into_anothers_draft(person, revision):
    correct(person, BEGUN.replace("Sprita.", "Sprita i 30 s."))
    answer = post(person("birgit"), f"{revision}/base")
    assert (answer.status_code, problems(answer)) == (403, ["wrong_role"])


@given(FIELDS, FIELDS, FIELDS)
def test_what_one_side_changed_alone_is_kept_whatever_the_sides_are(began, drafted, decided):
    changes, is_clean = joined_fields(began, drafted, decided)
    joined = {key: value for key, value in {**drafted, **changes}.items() if value is not None}
    for key in "abc":
        sides = (began.get(key), drafted.get(key), decided.get(key))
        if sides[1] == sides[0]:
            assert joined.get(key) == sides[2]
        else:
            assert joined.get(key) == sides[1]
    clashes = [
        key for key in "abc" if len({began.get(key), drafted.get(key), decided.get(key)}) == 3
    ]
    assert is_clean == (not clashes)
