"""A document's page: what applies now, what applied on a day, and in which words."""

from datetime import date

import pytest

from tests.views.library import (
    BLOOD,
    CHANGING,
    CORRECTED,
    DUE,
    EXPIRED,
    EXTENDED,
    HYGIENE,
    INTERNAL,
    INTERNAL_REPEALED,
    REPEALED,
    RICH,
    SECRET,
    TO_COME,
    UNKNOWN,
    WITHDRAWN_FROM_PUBLIC,
)
from tests.views.reading import facts_of, has_noindex, hook, main_of, words_of


@pytest.mark.parametrize(
    ("document", "standing", "version"),
    [
        (BLOOD, "in_force", "2"),
        (DUE, "due", "1"),
        (EXPIRED, "expired", "1"),
        (CHANGING, "in_force", "1"),
        (TO_COME, "upcoming", "1"),
        (REPEALED, "repealed", "1"),
        (CORRECTED, "in_force", "2"),
        (HYGIENE, "in_force", "2"),
    ],
)
def test_the_page_shows_what_applies_now(client, document, standing, version):
    page = main_of(client, f"/documents/{document}")
    assert (hook(page, "standing"), hook(page, "version")) == (standing, version)
    assert page.count("<h1") == 1


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (DUE, "Giltig till och med 2026-12-10."),
        (
            EXPIRED,
            "Giltighetstiden gick ut 2026-06-30. Detta är den senast fastställda versionen.",
        ),
        (CHANGING, "Ny version gäller från 2026-12-15."),
        (TO_COME, "Gäller från 2027-01-01."),
        (REPEALED, "Det gäller inte från och med 2026-10-01. Skäl: Texten ingår i en annan rutin."),
        (REPEALED, "Ersätts av: Handhygien"),
    ],
)
def test_how_a_text_stands_is_said_in_words(client, document, words):
    assert words in words_of(client, f"/documents/{document}")


def test_a_repealed_document_is_shown_with_its_last_text_and_not_for_search_engines(client):
    page = main_of(client, f"/documents/{REPEALED}")
    assert f'href="/documents/{HYGIENE}"' in page
    assert "Texten finns för att läsas." in page
    assert has_noindex(client, f"/documents/{REPEALED}")
    assert not has_noindex(client, f"/documents/{BLOOD}")


@pytest.mark.parametrize("ending", ["", ".md", ".json", "/versions", "/history", "/compare"])
@pytest.mark.parametrize("document", [INTERNAL, INTERNAL_REPEALED, WITHDRAWN_FROM_PUBLIC])
def test_an_internal_document_is_the_sign_in_page_without_a_word_of_it(client, document, ending):
    response = client.get(f"/documents/{document}{ending}")
    assert response.status_code == 401
    assert SECRET not in response.get_data(as_text=True)
    assert "Passersystem" not in response.get_data(as_text=True)


def test_the_sign_in_page_leads_back_to_the_document(client):
    page = main_of(client, f"/documents/{INTERNAL}", status=401)
    assert f'name="next" value="/documents/{INTERNAL}"' in page


def test_those_signed_in_read_internal_documents(eva):
    assert SECRET in words_of(eva, f"/documents/{INTERNAL}")


@pytest.mark.parametrize(
    "address", [f"/documents/{UNKNOWN}", "/documents/7", "/documents/10000000"]
)
def test_what_was_never_adopted_is_not_there(client, address):
    assert client.get(address).status_code == 404


def test_the_card_tells_who_decided_and_reviewed_as_they_were(client):
    facts = facts_of(client, f"/documents/{HYGIENE}")
    assert facts["Dokumentnummer"] == str(HYGIENE)
    assert facts["Dokumenttyp"] == "Rutin"
    assert facts["Fastställd av"] == "Dag (Verksamhetschef, Medicinkliniken)"
    assert "Birgit (Smittskyddsläkare" in facts["Granskad av"]
    assert facts["Faktaägare"] == "Hygienläkare (Frans)"
    assert facts["Handläggare"] == "Alma"
    assert facts["Ansvarig enhet"] == "Medicinkliniken"
    assert facts["Ändringar i denna version"] == "Sprita oftare."


def test_the_card_of_an_imported_text_does_not_pretend(client):
    facts = facts_of(client, f"/documents/{BLOOD}")
    assert facts["Fastställd av"] == "Okänd enligt källan"
    assert facts["Granskad av"] == "Överförd, ej granskad här"


def test_the_card_shows_every_field_and_unknown_keys_too(client):
    facts = facts_of(client, f"/documents/{RICH}")
    assert facts["ändringar"] == "nummer: 2009:15; gäller: kap 1, kap 2"
    assert facts["Målgrupp"] == "sjuksköterska"
    assert facts["Lagrum"] == "SOSFS 2011:9 4:4 (Rutiner för aktiviteterna)"
    assert facts["Processer"] == "Omvårdnad"
    assert facts["Tidigare beteckningar"] == "platina:115094 /rutiner/sarvard.pdf"
    assert facts["doknr_barium"] == "SU-77"


def test_a_public_page_names_an_internal_document_by_number_alone(client, eva):
    assert facts_of(client, f"/documents/{RICH}")["Överordnat"] == f"Dokument {INTERNAL}"
    assert SECRET not in words_of(eva, f"/documents/{RICH}")


def test_an_internal_page_names_its_internal_successor(eva):
    assert f"Ersätts av: {SECRET}" in words_of(eva, f"/documents/{INTERNAL_REPEALED}")


def test_the_card_tells_the_minutes_of_a_board(client):
    facts = facts_of(client, f"/documents/{CORRECTED}")
    assert facts["Fastställd av"] == "Regionfullmäktige"
    minutes = "Protokoll (Regionfullmäktige, 2026-09-15, § 112, justerat 2026-09-22)"
    assert facts["Beslutas med stöd av"] == minutes
    assert facts["Diarienummer"] == "RS 2026-1042"


def test_a_title_is_never_markup(client):
    page = main_of(client, f"/documents/{RICH}")
    assert "Sårvård &lt;och&gt;" in page
    assert "<och>" not in page


def test_a_long_text_has_a_table_of_contents_and_a_short_one_none(client):
    assert 'href="#section-svara-sar"' in main_of(client, f"/documents/{RICH}")
    assert "Innehåll" not in words_of(client, f"/documents/{BLOOD}").split("Syfte")[0]


def test_every_page_leads_to_the_actions_and_says_how_to_check_a_copy(client):
    page = main_of(client, f"/documents/{HYGIENE}")
    assert f'href="/documents/{HYGIENE}/actions"' in page
    assert f"http://localhost/documents/{HYGIENE}" in page
    hashed = client.get(f"/documents/{HYGIENE}.json").get_json()["content_hash"]
    assert hashed in page


def test_a_look_back_shows_the_version_of_that_day(client):
    page = main_of(client, f"/documents/{BLOOD}?on=2024-03-03")
    assert (hook(page, "version"), hook(page, "standing")) == ("1", "in_force")
    words = words_of(client, f"/documents/{BLOOD}?on=2024-03-03")
    assert "tillbakablick: så gällde dokumentet 2024-03-03. Versionens läge i dag: ersatt." in words
    assert has_noindex(client, f"/documents/{BLOOD}?on=2024-03-03")


def test_a_look_back_at_what_was_corrected_later_says_so(client):
    page = main_of(client, f"/documents/{CORRECTED}/versions/1")
    assert "Den här versionen är rättad." in page
    assert f'href="/documents/{CORRECTED}/versions/2"' in page


def test_a_look_back_into_a_gap_says_that_the_time_was_out(client):
    page = main_of(client, f"/documents/{EXTENDED}?on=2026-02-05")
    assert hook(page, "standing") == "expired"
    assert "Giltighetstiden hade gått ut den 2026-02-05." in page
    assert hook(main_of(client, f"/documents/{EXTENDED}?on=2026-02-15"), "standing") != "expired"


def test_a_day_when_nothing_applied_is_told_in_words(client):
    words = words_of(client, f"/documents/{BLOOD}?on=2020-01-01", status=404)
    assert f"Dokument {BLOOD} hade ingen version som gällde 2020-01-01." in words
    assert client.get(f"/documents/{BLOOD}.json?on=2020-01-01").status_code == 404


def test_a_repealed_document_still_tells_what_applied_before(client):
    assert hook(main_of(client, f"/documents/{REPEALED}?on=2026-09-30"), "version") == "1"
    assert client.get(f"/documents/{REPEALED}?on=2026-10-01").status_code == 404


@pytest.mark.parametrize("typed", ["igår", "2024-02-30", "%00", "9" * 10_000])
def test_a_day_that_does_not_exist_is_refused_in_words(client, typed):
    response = client.get(f"/documents/{BLOOD}?on={typed}")
    assert response.status_code == 422
    assert 'data-problem="bad_value"' in response.get_data(as_text=True)


def test_a_look_back_takes_what_reading_that_version_took(client):
    page = main_of(client, f"/documents/{WITHDRAWN_FROM_PUBLIC}?on=2025-01-01")
    assert SECRET not in page
    assert client.get(f"/documents/{WITHDRAWN_FROM_PUBLIC}?on=2026-06-01").status_code == 401
    assert client.get(f"/documents/{INTERNAL}?on=2020-01-01").status_code == 401


def test_the_moved_calendar_moves_what_applies(visit):
    later = visit(on=date(2026, 12, 15))
    assert hook(main_of(later, f"/documents/{CHANGING}"), "version") == "2"
    assert hook(main_of(later, f"/documents/{DUE}"), "standing") == "expired"


@pytest.mark.parametrize("rest", ["hygien", "x/y/z", "versions/1/x", "edit?x=1"])
def test_anything_else_under_a_document_leads_to_it(client, rest):
    response = client.get(f"/documents/{BLOOD}/{rest}")
    assert (response.status_code, response.location) == (302, f"/documents/{BLOOD}")


def test_the_markdown_is_the_stored_file(client, house):
    response = client.get(f"/documents/{RICH}.md")
    stored = house.record.files_of(RICH)["text.md"]
    assert response.data == house.git.blob(stored)
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"


def test_a_refused_json_is_a_problem_document(client):
    response = client.get(f"/documents/{INTERNAL}.json")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.get_json()["problems"][0]["code"] == "not_signed_in"
