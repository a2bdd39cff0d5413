"""The list of cases and the page of one: who sees it, what it says, and the lesser steps."""

from functools import cache

import pytest

from tests.views import library
from tests.views.steps import (
    form,
    forms_at,
    main_of,
    opened,
    page,
    post,
    problems,
    revised,
    send,
    state,
    steps_taken,
    submitted,
    tree,
    without_tokens,
    words,
)

POSTS = (
    "submission",
    "approvals",
    "returns",
    "comments",
    "comments/1/resolution",
    "people",
    "decision",
    "withdrawal",
    f"documents/{library.HYGIENE}",
    f"documents/{library.HYGIENE}/preview",
    f"documents/{library.HYGIENE}/appendices",
    f"documents/{library.HYGIENE}/appendices/karta.png/removal",
)
PAGES = ("", f"/documents/{library.HYGIENE}", f"/documents/{library.HYGIENE}/appendices/karta.png")


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


def _listed(client, address="/cases"):
    return page(client, address).xpath("//main//tbody//a/@href")


def test_a_case_is_listed_for_those_who_take_part_and_for_those_who_oversee(person):
    case = revised(person)
    for login in ("alma", "birgit", "cecilia", "dag", "frans", "karin", "arvid"):
        assert _listed(person(login)) == [case], login
    for login in ("eva", "gun"):
        assert _listed(person(login)) == [], login


def test_the_list_says_whose_turn_it_is_and_since_when(person):
    revised(person)
    row = page(person("karin"), "/cases").xpath("//main//tbody/tr")[0]
    cells = [" ".join(cell.text_content().split()) for cell in row]
    assert cells == ["Handhygien Ärende 2", "Revidera", "Utkast", "Alma", "2026-11-21"]


def test_closed_cases_are_listed_when_asked_for(person):
    case = revised(person)
    assert _listed(person("alma"), "/cases?state=closed") == ["/cases/1"]
    send(person("alma"), case, f"{case}/withdrawal", reason="Behövs inte.")
    assert _listed(person("alma"), "/cases?state=closed") == [case, "/cases/1"]
    assert _listed(person("alma")) == []


def test_the_page_carries_its_snapshot_and_its_state(person):
    case = revised(person)
    shown = main_of(page(person("birgit"), case))
    assert shown.get("data-case-state") == "draft"
    assert len(shown.get("data-snapshot")) == 64
    assert len(shown.xpath(".//h1")) == 1
    assert shown.xpath(".//form/@data-snapshot") == [shown.get("data-snapshot")] * len(
        shown.xpath(".//form")
    )
    assert set(shown.xpath(".//input[@name='snapshot']/@value")) == {shown.get("data-snapshot")}
    assert shown.xpath(".//*[@data-standing]/@data-standing") == ["draft"]


@pytest.mark.parametrize(("language", "words_"), [("sv", "Gren i git"), ("en", "Branch in git")])
def test_whoever_may_push_the_draft_is_shown_its_branch_and_what_to_type(person, language, words_):
    case = submitted(person)
    alma = person("alma")
    alma.set_cookie("styrdokument-language", language)
    main = main_of(page(alma, case))
    branch = main.xpath("string(.//*[@data-branch])")
    assert branch == f"draft/{case.rpartition('/')[2]}-revise"
    assert words_ in main.text_content()
    typed = main.xpath("string(.//pre[contains(@class, 'commands')])")
    assert typed == f"git fetch origin\ngit switch {branch}"
    assert main.xpath(f".//a[@href='/git?document={library.HYGIENE}']")
    for login in ("birgit", "dag"):
        assert not page(person(login), case).xpath("//main//*[@data-branch]")


def test_no_two_elements_of_a_page_share_an_id(person):
    case = submitted(person)
    for login in ("alma", "birgit", "dag", "karin"):
        ids = page(person(login), case).xpath("//@id")
        assert len(ids) == len(set(ids)), login


def test_every_input_has_a_label(person):
    case = submitted(person)
    for address in (case, "/cases", f"{case}/documents/{library.HYGIENE}"):
        shown = page(person("alma"), address)
        labelled = set(shown.xpath("//label/@for"))
        bare = [
            one.get("name")
            for one in shown.xpath("//main//*[self::input or self::select or self::textarea]")
            if one.get("type") != "hidden"
            and one.get("id") not in labelled
            and not one.get("aria-label")
        ]
        assert bare == []


@pytest.mark.parametrize("login", ["eva", "gun"])
def test_to_an_outsider_there_is_no_such_case(person, login):
    case = submitted(person)
    outsider = person(login)
    for place in PAGES:
        there, nowhere = outsider.get(f"{case}{place}"), outsider.get(f"/cases/99{place}")
        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert without_tokens(there) == without_tokens(nowhere)
    for place in POSTS:
        sent = {"role": "nonsense", "snapshot": "x", "text": "x", "effective_from": "2026-02-30"}
        there = post(outsider, f"{case}/{place}", **sent)
        nowhere = post(outsider, f"/cases/99/{place}", **sent)
        assert (there.status_code, nowhere.status_code) == (404, 404), place
        assert without_tokens(there) == without_tokens(nowhere)


def test_a_visitor_is_asked_to_sign_in(client, person):
    case = submitted(person)
    for address in ("/cases", case, "/tasks", f"{case}/documents/{library.HYGIENE}"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert "Handhygien" not in answer.text


def test_each_is_offered_the_steps_that_are_open_to_them(person):
    case = submitted(person)
    ends = {
        login: {action.removeprefix(f"{case}/") for action in forms_at(person(login), case)}
        for login in ("alma", "birgit", "dag", "frans", "karin", "arvid")
    }
    assert ends["alma"] == {"people", "withdrawal", "comments"}
    assert ends["birgit"] == {"approvals", "returns", "comments"}
    assert ends["dag"] == {"decision", "returns", "comments"}
    assert ends["frans"] == {"comments"}
    assert ends["karin"] == {"people", "withdrawal", "comments"}
    assert ends["arvid"] == set()


def test_the_page_shows_the_text_as_changes_against_the_adopted_one(person):
    case = revised(person, text="Tvätta händerna noga.")
    shown = main_of(page(person("birgit"), case))
    added = " ".join(shown.xpath("string(.//*[contains(@class, 'redline')])").split())
    assert "noga" in added
    assert any("noga" in one.text_content() for one in shown.xpath(".//ins"))
    assert "Sprita ofta" not in "".join(one.text_content() for one in shown.xpath(".//ins|.//del"))


def test_changed_fields_stand_in_words_before_and_after(person, region):
    case = revised(person)
    address = f"{case}/documents/{library.HYGIENE}"
    typed = {"keywords": ["sprit", "tvål"], "fact_owner": region.ids["frans"]}
    assert send(person("alma"), address, **typed).status_code == 303
    table = page(person("birgit"), case).xpath("//main//article//table")[0]
    rows = [[cell.text_content().strip() for cell in row] for row in table.xpath(".//tbody/tr")]
    assert rows == [
        ["Nyckelord", "\N{EN DASH}", "sprit, tvål"],
        ["Faktaägare", "Hygienläkare", "Frans"],
    ]


def test_what_stands_in_the_way_of_review_is_said_in_words_before_it_is_tried(person):
    case = revised(person)
    address = f"{case}/documents/{library.HYGIENE}"
    send(person("alma"), address, text="<b>fet</b>\n", fact_owner="", type="")
    shown = page(person("alma"), case)
    found = shown.xpath("//section[@aria-labelledby='hindrances']//li")
    assert {one.get("data-problem") for one in found} >= {"needs_field"}
    assert "Faktaägare måste fyllas i" in " ".join(one.text_content() for one in found)


def test_a_remark_is_answered_and_dealt_with(person):
    case = submitted(person)
    birgit, alma = person("birgit"), person("alma")
    fields = form(birgit, case, f"{case}/comments") | {"quote": "noga", "body": "Hur <noga>?"}
    assert birgit.post(f"{case}/comments", data=fields).headers["Location"] == f"{case}#comments"
    reply = form(alma, case, f"{case}/comments", reply_to="1") | {"body": "En halv minut."}
    assert alma.post(f"{case}/comments", data=reply).status_code == 303
    shown = page(birgit, case)
    assert "Hur <noga>?" in words(shown)
    assert shown.xpath("//*[@id='comment-1']//*[@id='comment-2']")
    assert send(alma, case, f"{case}/comments/1/resolution").status_code == 303
    assert "löst" in words(page(birgit, case))
    assert f"{case}/comments/1/resolution" not in forms_at(alma, case)


def test_an_empty_remark_is_refused_and_so_is_one_on_nothing(person):
    case = submitted(person)
    empty = post(person("birgit"), f"{case}/comments", body=" ")
    assert (empty.status_code, problems(empty)) == (422, ["needs_reason"])
    assert post(person("birgit"), f"{case}/comments", body="x", reply_to="7").status_code == 404
    assert post(person("birgit"), f"{case}/comments", body="x", document="1001").status_code == 404
    assert post(person("birgit"), f"{case}/comments/7/resolution").status_code == 404


def test_a_refused_remark_is_shown_again_in_its_own_form(person):
    case = submitted(person)
    post(person("birgit"), f"{case}/comments", body="Hur noga?")
    answer = post(person("alma"), f"{case}/comments", body="svar\u202e", reply_to="1", quote="noga")
    assert (answer.status_code, problems(answer)) == (422, ["bad_value"])
    box = tree(answer).xpath("//*[@id='field-body']")
    assert [one.text for one in box] == ["svar\u202e"]
    assert box[0].xpath("ancestor::details/@open")


def test_the_case_officer_withdraws_the_case(person):
    case = submitted(person)
    assert (
        send(person("alma"), case, f"{case}/withdrawal", reason="Behövs inte.").status_code == 303
    )
    assert state(person("alma"), case) == "withdrawn"
    assert forms_at(person("alma"), case) == []
    assert "Behövs inte." in words(page(person("alma"), case))


def test_a_reviewer_withdraws_nothing(person):
    case = submitted(person)
    answer = post(person("birgit"), f"{case}/withdrawal", reason="Nej.")
    assert (answer.status_code, problems(answer)) == (403, ["wrong_role"])


def test_who_is_who_changes_in_a_running_case(person, region):
    case = submitted(person)
    karin, gun = person("karin"), region.ids["gun"]
    fields = form(karin, case, f"{case}/people", role="reviewers")
    fields |= {"person": [region.ids["birgit"], gun, ""], "reason": "Cecilia är ledig."}
    assert karin.post(f"{case}/people", data=fields).status_code == 303
    assert f"{case}/approvals" in forms_at(person("gun"), case)
    assert person("cecilia").get(case).status_code == 404
    assert "Cecilia är ledig." in words(page(karin, case))


def test_a_change_of_people_takes_a_reason_and_a_role_that_there_is(person, region):
    case = submitted(person)
    typed = {"role": "reviewers", "person": region.ids["gun"]}
    answer = post(person("karin"), f"{case}/people", **typed)
    assert (answer.status_code, problems(answer)) == (422, ["needs_reason"])
    chosen = tree(answer).xpath("//*[@id='field-person']//option[@selected]/@value")
    assert chosen == [region.ids["gun"]]
    answer = post(person("karin"), f"{case}/people", role="title", person="x", reason="x")
    assert (answer.status_code, problems(answer)) == (422, ["bad_value"])


def test_the_timeline_tells_who_did_what_newest_first(person):
    case = submitted(person)
    items = page(person("dag"), case).xpath("//ol[contains(@class, 'timeline')]/li")
    told = [" ".join(item.text_content().split()) for item in items]
    assert [line.split(" ", 2)[2].split("”")[0].strip() for line in told] == [
        "Alma skickade på granskning",
        "Alma sparade",
        "Alma öppnade ärendet",
    ]
    assert all(line.startswith("2026-11-21 12:00") for line in told)


def test_a_case_to_repeal_shows_the_adopted_text_and_its_real_standing(person):
    case = opened(person, "alma", library.EXPIRED, "repeal")
    shown = main_of(page(person("dag"), case))
    assert shown.xpath(".//*[@data-standing]/@data-standing") == ["expired"]
    assert "Texten finns för att läsas" in shown.text_content()
    assert not shown.xpath(f".//a[@href='{case}/documents/{library.EXPIRED}']")


@pytest.mark.parametrize("step", ["comments", "withdrawal", "returns", "submission"])
def test_the_same_form_sent_twice_has_one_effect(person, house, step):
    case = submitted(person) if step == "returns" else revised(person)
    client = person("birgit" if step == "returns" else "alma")
    typed = {"body": "En gång.", "reason": "En gång.", "change_note": "En gång."}
    fields = form(client, case, f"{case}/{step}")
    fields |= {name: value for name, value in typed.items() if name in fields}
    before = len(steps_taken(house, case))
    answers = [client.post(f"{case}/{step}", data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(steps_taken(house, case)) == before + 1
