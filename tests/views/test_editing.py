"""Writing in a draft: what is kept, what is refused, and two people who save."""

import io
from functools import cache

import pytest

from styrdokument.domain.case import CaseNumber
from tests.views import library
from tests.views.steps import (
    BODY,
    form,
    opened,
    page,
    post,
    problems,
    reviewed,
    revised,
    rows,
    said,
    send,
    snapshot,
    steps_taken,
    submitted,
    tree,
    words,
)

TEXT = BODY.format("Tvätta noga.")


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


@pytest.fixture
def case(person):
    """A revision that Alma has opened and not yet written in."""
    return opened(person, "alma", library.HYGIENE, "revise")


@pytest.fixture
def editor(case):
    return f"{case}/documents/{library.HYGIENE}"


def _sheet(house, case):
    held = house.cases.read(CaseNumber(int(case.rsplit("/", 1)[1])))
    return house.matters.sheet(library.HYGIENE, house.cases.files_of(held, library.HYGIENE))


def test_the_editor_holds_the_text_and_the_fields_as_they_stand(person, house, case, editor):
    fields = form(person("alma"), editor, editor)
    assert fields["text"] == _sheet(house, case).body
    assert fields["title"] == "Handhygien"
    assert rows(fields, "applies_to") == ["sjukhusvarden"]
    assert rows(fields, "processes") == ["vard/basal-hygien"]
    assert len(rows(fields, "reviewers")) == 2
    assert fields["fact_owner"] == "hygienlakare"


def test_saving_what_was_not_touched_changes_no_byte_and_leaves_no_trace(
    person, house, case, editor
):
    before, steps = snapshot(person("alma"), case), steps_taken(house, case)
    assert send(person("alma"), editor).headers["Location"] == case
    assert (snapshot(person("alma"), case), steps_taken(house, case)) == (before, steps)


def test_what_was_typed_is_saved_and_shown(person, house, case, editor):
    typed = {"text": TEXT.replace("\n", "\r\n"), "title": "Handhygien i vården"}
    assert send(person("alma"), editor, **typed, keywords=["sprit", "", "tvål"]).status_code == 303
    sheet = _sheet(house, case)
    assert sheet.body == TEXT
    assert (sheet.fields.title, sheet.fields.keywords) == ("Handhygien i vården", ("sprit", "tvål"))
    assert "noga" in words(page(person("birgit"), case))


def test_a_field_that_is_absent_is_unchanged_and_an_empty_one_is_cleared(
    person, house, case, editor
):
    base = form(person("alma"), editor, editor)["base"]
    assert post(person("alma"), editor, base=base, processes="").status_code == 303
    sheet = _sheet(house, case)
    assert sheet.fields.processes == ()
    assert (sheet.fields.title, len(sheet.roles.reviewers)) == ("Handhygien", 2)


def test_a_value_that_no_register_lists_stays_a_choice(person, case, editor):
    send(person("alma"), editor, type="sonnet", reviewers=["p-fjarran0"])
    fields = form(person("alma"), editor, editor)
    assert fields["type"] == "sonnet"
    assert rows(fields, "reviewers") == ["p-fjarran0"]
    assert "bad_value" in page(person("alma"), case).xpath("//main//li/@data-problem")


def test_a_preview_shows_the_text_as_readers_will_and_saves_nothing(person, house, case, editor):
    fields = form(person("alma"), editor, editor) | {"text": TEXT, "title": "Nytt namn"}
    answer = person("alma").post(f"{editor}/preview", data=fields)
    assert answer.status_code == 200
    shown = tree(answer)
    assert "Tvätta noga." in shown.xpath("string(//section[@aria-labelledby='preview-title'])")
    again = next(one for one in shown.forms if one.get("action") == editor)
    assert (again.fields["text"], again.fields["title"]) == (TEXT, "Nytt namn")
    assert "save" not in steps_taken(house, case)
    assert person("alma").post(editor, data=dict(again.form_values())).status_code == 303
    assert _sheet(house, case).body == TEXT


def test_the_preview_button_leads_to_the_preview(person, editor):
    assert page(person("alma"), editor).xpath("//button/@formaction") == [f"{editor}/preview"]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=y>"]
)
def test_hostile_text_is_saved_and_shown_as_text(person, case, editor, text):
    alma = person("alma")
    fields = form(alma, editor, editor) | {"text": f"{TEXT}\n{text}\n"}
    pages = [tree(alma.post(f"{editor}/preview", data=fields))]
    assert alma.post(editor, data=fields).status_code == 303
    pages.append(page(alma, case))
    for shown in pages:
        prose = shown.xpath("//*[contains(@class, 'prose')]")[0]
        assert text in prose.text_content()
        assert not prose.xpath(".//script | .//img | .//a[starts-with(@href, 'javascript')]")


def test_a_link_that_would_run_is_refused_at_submission(person, case, editor):
    alma = person("alma")
    assert send(alma, editor, text=f"{TEXT}\n[x](javascript:alert(1))\n").status_code == 303
    assert "bad_text" in page(alma, case).xpath("//main//li/@data-problem")
    answer = send(alma, case, f"{case}/submission", change_note="Ändrat.")
    assert (answer.status_code, set(problems(answer))) == (422, {"bad_text"})


@pytest.mark.parametrize(
    "text",
    ["x" * 1_000_001, "a\x00b", "a\x07b", "a\u202eb", "a\u2066b", "> " * 500 + "x"],
    ids=["over 1 MB", "NUL", "bell", "bidi override", "bidi isolate", "deep"],
)
def test_a_text_that_may_not_be_stored_is_refused_and_kept_in_the_form(
    person, house, case, editor, text
):
    typed = {"text": f"{TEXT}{text}\n", "title": "Namn som skrevs"}
    answer = send(person("alma"), editor, **typed)
    assert (answer.status_code, set(problems(answer))) == (422, {"bad_text"})
    again = next(one for one in tree(answer).forms if one.get("action") == editor)
    assert again.fields["title"] == "Namn som skrevs"
    assert again.fields["text"].startswith(TEXT)
    assert len(again.fields["text"]) >= len(TEXT) + len(text.replace("\x00", ""))
    assert "save" not in steps_taken(house, case)


def test_a_post_too_large_to_read_is_refused(person, editor):
    answer = post(person("alma"), editor, text="x" * 22_500_000)
    assert (answer.status_code, problems(answer)) == (413, ["too_large"])


@pytest.mark.parametrize(
    "key", ["version", "status", "effective_from", "valid_until", "adopted_by", "decided_on"]
)
def test_what_only_a_decision_sets_is_refused(person, house, case, editor, key):
    answer = send(person("alma"), editor, **{key: "2099-01-01"}, text=TEXT)
    assert (answer.status_code, problems(answer)) == (422, ["governed_field"])
    assert "save" not in steps_taken(house, case)


def test_other_names_in_a_form_are_ignored(person, house, case, editor):
    assert send(person("alma"), editor, text=TEXT, is_admin="1", id="1001").status_code == 303
    assert _sheet(house, case).fields.id == library.HYGIENE
    assert _sheet(house, case).fields.others == {}


def test_front_matter_in_a_field_or_a_text_stays_a_value(person, house, case, editor):
    typed = {"title": "x\nversion: 9\nstatus: fastställd", "text": f"---\nversion: 9\n---\n{TEXT}"}
    assert send(person("alma"), editor, **typed).status_code == 303
    assert _sheet(house, case).fields.title == "x version: 9 status: fastställd"
    assert _sheet(house, case).body == typed["text"]


@pytest.mark.parametrize("parent", ["0", "abc", "-5", "9" * 30, "\uff11\uff10\uff14\uff12"])
def test_a_number_that_is_none_is_refused_and_shown_again(person, editor, parent):
    answer = send(person("alma"), editor, parent=parent)
    assert (answer.status_code, problems(answer)) == (422, ["bad_value"])
    assert tree(answer).xpath("//*[@id='field-parent']/@value") == [parent]


def test_of_two_who_save_the_second_sees_both_texts_and_goes_on_from_the_first(
    person, house, case, editor
):
    first = form(person("alma"), editor, editor) | {"text": BODY.format("Ett."), "title": "Ett"}
    second = form(person("karin"), editor, editor) | {"text": BODY.format("Två."), "title": "Två"}
    assert person("alma").post(editor, data=first).status_code == 303
    answer = person("karin").post(editor, data=second)
    assert (answer.status_code, problems(answer)) == (409, ["stale_snapshot"])
    shown = tree(answer)
    assert shown.xpath("string(//textarea[@id='saved-text'])") == BODY.format("Ett.")
    assert shown.xpath("string(//textarea[@id='field-text'])") == BODY.format("Två.")
    cells = [one.text_content() for one in shown.xpath("//main//table/tbody//td")]
    assert cells == ["Ett", "Två"]
    assert _sheet(house, case).body == BODY.format("Ett.")
    again = next(one for one in shown.forms if one.get("action") == editor)
    assert again.fields["text"] == BODY.format("Två.")
    assert person("karin").post(editor, data=dict(again.form_values())).status_code == 303
    assert _sheet(house, case).body == BODY.format("Två.")


def test_a_stale_tab_cannot_write_over_what_it_has_not_seen(person, house, case, editor):
    stale = form(person("alma"), editor, editor)["base"]
    send(person("alma"), editor, text=TEXT)
    for base in (stale, "", "0" * 64):
        answer = post(person("alma"), editor, base=base, text="Gammalt.\n")
        assert answer.status_code == 409
    assert _sheet(house, case).body == TEXT


def test_the_same_save_sent_twice_is_saved_once(person, house, case, editor):
    fields = form(person("alma"), editor, editor) | {"text": TEXT}
    answers = [person("alma").post(editor, data=fields) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [case, case]
    assert steps_taken(house, case).count("save") == 1


def test_nothing_typed_is_lost_when_the_case_has_ended_meanwhile(person, case, editor):
    fields = form(person("alma"), editor, editor) | {"text": TEXT}
    send(person("karin"), case, f"{case}/withdrawal")
    answer = person("alma").post(editor, data=fields)
    assert (answer.status_code, problems(answer)) == (409, ["wrong_state"])
    assert tree(answer).xpath("string(//textarea[@id='field-text'])") == TEXT


def test_nothing_typed_is_lost_when_the_session_has_ended(person, editor):
    fields = form(person("alma"), editor, editor) | {"text": TEXT}
    post(person("alma"), "/session/end")
    answer = person("alma").post(editor, data=fields)
    assert answer.status_code in {401, 403}
    assert TEXT in [one.text for one in tree(answer).xpath("//textarea")]


@pytest.mark.parametrize("login", ["birgit", "dag", "arvid"])
def test_whoever_may_not_write_gets_no_editor(person, case, editor, login):
    answer = person(login).get(editor)
    assert (answer.status_code, problems(answer)) == (403, ["wrong_role"])
    assert not tree(answer).xpath("//textarea")
    assert editor not in person(login).get(case).text.replace(f"{editor}/appendices", "")
    answer = post(person(login), editor, text=TEXT)
    assert "wrong_role" in problems(answer)


def test_there_is_no_editor_for_a_document_that_is_not_in_the_case(person, case):
    assert person("alma").get(f"{case}/documents/{library.BLOOD}").status_code == 404
    assert person("alma").get(f"{case}/documents/{10**30}").status_code == 404


def test_a_reviewer_who_may_write_is_warned_before_the_first_save(person, region, editor):
    fields = form(person("alma"), editor, editor)
    people = [*rows(fields, "reviewers"), region.ids["karin"]]
    send(person("alma"), editor, reviewers=people, text=TEXT)
    assert "varken godkänna eller besluta" in words(page(person("karin"), editor))
    assert "varken godkänna eller besluta" not in words(page(person("alma"), editor))
    send(person("karin"), editor, text=BODY.format("Karins."))
    assert "varken godkänna eller besluta" not in words(page(person("karin"), editor))


def test_an_edit_in_review_keeps_the_state_and_says_what_lapses(person):
    case = reviewed(person)
    editor = f"{case}/documents/{library.HYGIENE}"
    assert "måste granskarna ta ställning igen" in words(page(person("alma"), editor))
    assert send(person("alma"), editor, text=BODY.format("Nytt.")).status_code == 303
    shown = page(person("dag"), case)
    assert shown.xpath("//main/@data-case-state") == ["in_review"]
    assert "Godkände en tidigare text" in words(shown)


PNG, SVG = library.PNG, library.SVG


def _upload(client, editor, name, data):
    fields = form(client, editor, f"{editor}/appendices")
    fields["file"] = (io.BytesIO(data), name)
    answer = client.post(f"{editor}/appendices", data=fields)
    answer.request.environ["wsgi.input"].close()  # the client's own temporary file
    return answer


def test_an_appendix_is_added_shown_and_removed(person, case, editor):
    alma = person("alma")
    assert _upload(alma, editor, "karta.png", PNG).headers["Location"] == f"{editor}#appendices"
    shown = alma.get(f"{editor}/appendices/karta.png")
    assert (shown.data, shown.mimetype) == (PNG, "image/png")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert person("birgit").get(f"{editor}/appendices/karta.png").status_code == 200
    assert person("gun").get(f"{editor}/appendices/karta.png").status_code == 404
    assert f"{editor}/appendices/karta.png" in person("birgit").get(case).text
    assert send(alma, editor, f"{editor}/appendices/karta.png/removal").status_code == 303
    assert alma.get(f"{editor}/appendices/karta.png").status_code == 404


def test_the_same_upload_sent_twice_is_taken_once(person, house, case, editor):
    fields = form(person("alma"), editor, f"{editor}/appendices")
    for _ in range(2):
        sent = fields | {"file": (io.BytesIO(PNG), "karta.png")}
        assert person("alma").post(f"{editor}/appendices", data=sent).status_code == 303
    assert steps_taken(house, case).count("save") == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("prog.exe", b"MZ"),
        ("karta.png", b"<html><script>"),
        ("karta.svg", SVG.replace(b"<rect", b"<script>alert(1)</script><rect")),
        ("lista.csv", b"\0"),
        ("../text.md", b"x"),
        ("text.md", b"x"),
        ("tom.png", b""),
        ("stor.csv", b"a;b\n" * 5_300_000),
    ],
)
def test_an_appendix_of_the_wrong_type_or_size_is_refused(person, house, case, editor, name, data):
    answer = _upload(person("alma"), editor, name, data)
    assert answer.status_code in {413, 422}
    assert set(problems(answer)) <= {"bad_appendix", "too_large"}
    assert problems(answer)
    assert "save" not in steps_taken(house, case)


def test_no_file_is_an_appendix_and_no_file_of_the_record_is_served(person, editor):
    answer = post(person("alma"), f"{editor}/appendices")
    assert (answer.status_code, problems(answer)) == (422, ["needs_field"])
    for name in ("text.md", "roles.yaml", "decisions", "karta.png"):
        assert person("alma").get(f"{editor}/appendices/{name}").status_code == 404
    assert post(person("alma"), f"{editor}/appendices/text.md/removal").status_code == 404


def test_only_whoever_may_write_adds_appendices(person):
    case = submitted(person)
    editor = f"{case}/documents/{library.HYGIENE}"
    typed = {"file": (io.BytesIO(PNG), "karta.png")}
    answer = post(person("birgit"), f"{editor}/appendices", **typed)
    assert (answer.status_code, problems(answer)) == (403, ["wrong_role"])


def test_a_refusal_names_the_line(person, editor):
    answer = send(person("alma"), editor, text="ett\ntvå\ntre\u202e\n")
    assert said(answer).startswith("Rad 3")


def test_a_document_in_a_case_without_a_text_of_its_own_is_not_edited(person):
    case = opened(person, "alma", library.EXPIRED, "repeal")
    answer = person("alma").get(f"{case}/documents/{library.EXPIRED}")
    assert (answer.status_code, problems(answer)) == (409, ["wrong_state"])


def test_revised_again_the_text_begins_from_what_was_saved(person):
    case = revised(person)
    editor = f"{case}/documents/{library.HYGIENE}"
    assert form(person("alma"), editor, editor)["text"] == TEXT
