"""A board changed the text: the registrar enters it, another attests it, the minutes follow."""

from functools import cache

import pytest

from styrdokument.actions import telling
from styrdokument.actions.letters.facts import look_up
from styrdokument.actions.letters.writing import letter_for
from styrdokument.actions.verifying import verify_house, verify_repository
from styrdokument.domain.document import DocumentId
from styrdokument.outside.mail import Letter
from styrdokument.store.outbox import Key
from tests.views import library
from tests.views.steps import (
    change_register,
    form,
    forms_at,
    main_of,
    page,
    post,
    problems,
    reviewed,
    reviewed_policy,
    said,
    send,
    steps_taken,
    tree,
    words,
)

POLICY = library.CORRECTED
BOARDS = "## Mål\n\nNytt, och hållbart.\n"
MINUTES = {
    "password": library.PASSWORD,
    "body": "Regionfullmäktige",
    "minutes_date": "2026-11-10",
    "minutes_section": "§ 112",
    "minutes_confirmed_on": "2026-11-17",
}


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


@pytest.fixture
def policy(person, house, region):
    return reviewed_policy(person, house, region.ids)


def entering(case):
    return f"{case}/documents/{POLICY}/minutes"


def attesting(case):
    return f"{case}/minutes/attests"


@pytest.fixture
def entered(person, policy):
    """The same policy, with what the assembly made of it."""
    answer = send(person("gun"), policy, entering(policy), text=BOARDS)
    assert answer.status_code == 303, answer.text
    return policy


def decisions(house):
    return [filed.decision for filed in house.record.decisions_of(DocumentId(POLICY))]


def test_the_whole_way_of_a_text_that_the_board_changed(person, house, entered):
    waiting = words(page(person("birgit"), "/tasks"))
    assert "Jämför texten med protokollet och intyga att den är densamma." in waiting
    refused = send(person("gun"), entered, f"{entered}/decision", **MINUTES)
    assert (refused.status_code, problems(refused)) == (422, ["needs_attest"])
    assert 'value="§ 112"' in refused.text
    assert send(person("birgit"), entered, attesting(entered)).status_code == 303
    answer = send(person("gun"), entered, f"{entered}/decision", **MINUTES)
    assert answer.status_code == 303, answer.text
    made = decisions(house)[-1]
    assert (
        house.git.blob(house.record.files_of(DocumentId(POLICY))["text.md"])
        .decode()
        .endswith(BOARDS)
    )
    reviews, (attest,) = made.approvals[:2], made.approvals[2:]
    (fact,) = made.facts
    ids = {a.by.name: a.by.id for a in made.approvals}
    assert [a.by.name for a in reviews] == ["Birgit", "Cecilia"]
    assert {a.content_hash for a in reviews} == {fact["reviewed"]} != {made.content_hash}
    assert (attest.meaning, attest.content_hash) == ("attested", made.content_hash)
    gun = made.recorded_by
    assert fact["remark"] == "boards_text"
    assert (fact["entered_by"], fact["attested_by"]) == (gun.id, ids["Birgit"])
    assert [who.name for who in made.participants] == ["Gun"]
    assert made.decided_by.name == "Regionfullmäktige"
    assert steps_taken(house, entered)[-3:] == ["save", "approve", "decide"]


def test_an_auditor_reads_what_they_approved_and_who_attested_the_rest(person, house, entered):
    send(person("birgit"), entered, attesting(entered))
    send(person("gun"), entered, f"{entered}/decision", **MINUTES)
    made = decisions(house)[-1]

    offline = verify_repository(house.git.path)
    assert offline.findings == verify_house(house).findings == ()
    (remark,) = offline.remarks
    people = {a.by.name: a.by.id for a in made.approvals}
    for told in (
        made.facts[0]["reviewed"],
        made.content_hash,
        made.recorded_by.id,
        *people.values(),
    ):
        assert str(told) in remark.what
    shown = words(page(person("eva"), f"/documents/{POLICY}/history"))
    assert f"på den text som lades fram (SHA-256 {made.facts[0]['reviewed']})" in shown
    assert "Intygar att texten är protokollets" in shown
    assert "Protokollets text inskriven av Gun" in shown
    assert "på den text som lades fram" in words(page(person("eva"), f"/documents/{POLICY}"))


def test_who_attests_sees_what_the_board_changed(person, entered):
    shown = page(person("birgit"), entered)
    assert main_of(shown).xpath(".//ins/text()") == [", och hållbart"]
    told = words(shown)
    assert "Organet ändrade texten: ”" in told
    assert "Gun har skrivit in den som den står i protokollet." in told
    assert told.count("på den text som lades fram") == 2
    assert "Du har godkänt texten som lades fram. Organet ändrade den sedan." in told
    assert "Du har godkänt texten som den nu står." not in told
    whole = page(person("birgit"), f"{entered}?since=adopted")
    assert main_of(whole).xpath(".//ins/text()") != [", och hållbart"]


def test_a_title_that_the_board_changed_is_shown_with_the_reviewed_one(person, policy):
    answer = send(person("gun"), policy, entering(policy), text=BOARDS, title="Policy för mål")
    assert answer.status_code == 303
    cells = page(person("birgit"), policy).xpath("//table//ins/text()")
    assert cells == ["Policy för mål"]


def test_a_registrar_records_and_does_not_adopt(person, policy):
    box = page(person("gun"), policy).xpath(f"//form[@action='{policy}/decision']")[0]
    told = " ".join(box.text_content().split())
    assert told.startswith("För in protokollet Organet har beslutat.")
    assert "Du fastställer" not in told


def test_only_whoever_may_record_sees_the_form(person, policy):
    assert entering(policy) in forms_at(person("gun"), policy)
    for login in ("alma", "birgit", "karin"):
        assert entering(policy) not in forms_at(person(login), policy)
        refused = post(person(login), entering(policy), text=BOARDS)
        assert (refused.status_code, "wrong_role" in problems(refused)) == (403, True)


def test_a_text_that_no_board_decides_has_no_such_form(person):
    case = reviewed(person)
    address = f"{case}/documents/{library.HYGIENE}/minutes"
    assert address not in forms_at(person("dag"), case)
    seen = form(person("dag"), case, f"{case}/decision")
    answer = post(person("dag"), address, text=BOARDS, snapshot=seen["snapshot"], base="x")
    assert (answer.status_code, problems(answer)) == (422, ["basis_not_allowed"])


def test_whoever_entered_it_does_not_attest_it(person, entered):
    assert attesting(entered) not in forms_at(person("gun"), entered)
    seen = form(person("gun"), entered, f"{entered}/decision")
    refused = post(person("gun"), attesting(entered), snapshot=seen["snapshot"])
    assert (refused.status_code, problems(refused)) == (403, ["own_work"])
    assert "varken godkänna" in said(refused)


def test_to_strangers_there_is_no_such_case(person, entered):
    assert post(person("eva"), entering(entered), text=BOARDS).status_code == 404
    assert post(person("eva"), attesting(entered)).status_code == 404
    unknown = f"{entered}/documents/9999/minutes"
    assert post(person("gun"), unknown, text=BOARDS).status_code == 404


def test_what_cannot_be_entered_is_shown_again(person, policy, house):
    bad = "## Mål\n\n<script>alert(1)</script>\u202e\n"
    answer = send(person("gun"), policy, entering(policy), text=bad, title="Ny titel")
    assert answer.status_code == 422
    box = next(one for one in tree(answer).forms if one.get("action") == entering(policy))
    assert "<script>alert(1)</script>" in box.fields["text"]
    assert box.fields["title"] == "Ny titel"
    assert steps_taken(house, policy)[-1] == "approve"


def test_nothing_is_entered_where_the_board_changed_nothing(person, policy, house):
    answer = send(person("gun"), policy, entering(policy))
    assert (answer.status_code, problems(answer)) == (422, ["nothing_changed"])
    assert "räcker det att föra in protokollet" in said(answer)
    assert steps_taken(house, policy)[-1] == "approve"


def test_a_board_changes_title_and_text_alone(person, policy, house):
    seen = form(person("gun"), policy, entering(policy))
    answer = person("gun").post(
        entering(policy), data=seen | {"text": BOARDS, "reviewers": "smittskydd"}
    )
    assert answer.status_code in {403, 422}
    assert steps_taken(house, policy)[-1] == "approve"


def test_an_attest_of_what_was_entered_again_meanwhile_is_refused(person, entered):
    seen = form(person("birgit"), entered, attesting(entered))
    send(person("gun"), entered, entering(entered), text=BOARDS.replace("hållbart", "dyrt"))
    answer = person("birgit").post(attesting(entered), data=seen)
    assert (answer.status_code, problems(answer)) == (409, ["stale_snapshot"])


def test_an_edit_of_the_draft_begins_the_review_anew(person, entered):
    send(person("birgit"), entered, attesting(entered))
    edited = send(person("alma"), f"{entered}/documents/{POLICY}", text="## Mål\n\nMitt.\n")
    assert edited.status_code == 303
    answer = send(person("gun"), entered, f"{entered}/decision", **MINUTES)
    assert set(problems(answer)) == {"not_approved"}
    assert attesting(entered) not in forms_at(person("cecilia"), entered)


def test_the_reviewed_text_again_takes_it_back(person, house, policy):
    before = form(person("gun"), policy, entering(policy))["text"]
    send(person("gun"), policy, entering(policy), text=BOARDS)
    send(person("gun"), policy, entering(policy), text=before)
    assert send(person("gun"), policy, f"{policy}/decision", **MINUTES).status_code == 303
    made = decisions(house)[-1]
    assert made.facts == ()
    assert {a.content_hash for a in made.approvals} == {made.content_hash}


def test_where_approvals_take_a_second_look_the_attest_does_too(person, house, region, entered):
    looks = ("second_look: decisions", "second_look: approvals")
    change_register(house, region.ids, "types.yaml", *looks)
    for password, status in (("", 403), ("fel", 403), (library.PASSWORD, 303)):
        answer = send(person("birgit"), entered, attesting(entered), password=password)
        assert answer.status_code == status, (password, answer.text)


def test_each_whose_turn_it_becomes_is_told_in_words_of_what_to_do(person, house, region, policy):
    telling.tell_of_cases(house)  # the first time nobody is
    logins = {person: login for login, person in region.ids.items()}

    def told():
        telling.tell_of_cases(house)
        rows = [row for row in house.journal.outbox() if row["kind"] == "turn"]
        keys = [Key(**{k: row[k] for k in ("happening", "recipient", "kind")}) for row in rows]
        facts = look_up(house, keys)
        letters = {logins[key.recipient]: letter_for(house, key, facts) for key in keys}
        return {who: one.subject for who, one in letters.items() if isinstance(one, Letter)}

    record = {"gun": "Din tur: för in protokollet i ärende 2"}
    attest = "Din tur: intyga protokollets text i ärende 2"
    assert told() == record
    send(person("gun"), policy, entering(policy), text=BOARDS)
    assert told() == {"birgit": attest, "cecilia": attest}
    send(person("birgit"), policy, attesting(policy))
    assert told() == record


def test_the_log_says_what_was_entered_and_attested(person, entered):
    send(person("birgit"), entered, attesting(entered), comment="Jämfört med § 112.")
    told = words(page(person("alma"), entered))
    assert "Gun skrev in organets text" in told
    assert "Birgit intygade att texten är protokollets ”Jämfört med § 112.”" in told
    assert "Intygar att texten är protokollets Birgit" in told
