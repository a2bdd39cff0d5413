"""Search: all the words, in force first, and nothing typed can break it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.views.library import BLOOD, CHANGING, CORRECTED, EXPIRED, HYGIENE, INTERNAL, SECRET
from tests.views.reading import hook, main_of, words_of


def ids_in(client, address):
    return [row["id"] for row in client.get(address).get_json()["documents"]]


def test_all_the_words_must_be_there(client):
    assert ids_in(client, "/search.json?q=tvätta+sprita+ofta") == [HYGIENE]
    assert ids_in(client, "/search.json?q=tvätta+påse") == []


def test_words_are_found_in_titles_texts_and_any_case(client):
    assert ids_in(client, "/search.json?q=BLODTRANSFUSION") == [BLOOD]
    assert ids_in(client, "/search.json?q=medarbetare") == [BLOOD]


def test_a_documents_number_finds_it(client):
    assert ids_in(client, f"/search.json?q={HYGIENE}") == [HYGIENE]


def test_what_is_in_force_comes_before_what_is_expired(client):
    assert ids_in(client, "/search.json?q=syfte")[-1] == EXPIRED


def test_a_hit_in_the_title_comes_first(client):
    assert ids_in(client, "/search.json?q=handhygien")[0] == HYGIENE


def test_older_versions_are_found_only_when_asked_for(client):
    assert ids_in(client, "/search.json?q=ensam+medarbetare") == []
    found = client.get("/search.json?q=ensam+medarbetare&standing=superseded").get_json()
    assert [(row["id"], row["version"]) for row in found["documents"]] == [(BLOOD, 1)]
    page = main_of(client, "/search?q=ensam+medarbetare&standing=all")
    assert f'href="/documents/{BLOOD}/versions/1"' in page
    assert ids_in(client, "/search.json?q=fjärde&standing=upcoming") == [CHANGING]


def test_a_hit_is_shown_with_the_word_marked(client):
    page = main_of(client, "/search?q=medarbetare")
    assert "<mark>medarbetare</mark>" in page
    assert hook(page, "standing") == "in_force"
    snippet = client.get("/search.json?q=medarbetare").get_json()["documents"][0]["snippet"]
    assert "<mark>medarbetare</mark>" in snippet


def test_an_empty_search_shows_the_form(client):
    page = main_of(client, "/search")
    assert 'name="q"' in page
    assert "Träffar" not in page
    assert client.get("/search.json").get_json() == {"documents": [], "next": None, "total": 0}


def test_the_public_finds_nothing_internal(client, eva):
    assert ids_in(client, f"/search.json?q={SECRET}&standing=all") == []
    assert INTERNAL in ids_in(eva, f"/search.json?q={SECRET}")
    assert "Träffar: 0" in words_of(client, f"/search?q={SECRET}&standing=all")


def test_a_percent_sign_is_a_percent_sign(client):
    assert ids_in(client, "/search.json?q=100+%25") == [CORRECTED]
    assert ids_in(client, "/search.json?q=_") == []


@pytest.mark.parametrize(
    "typed",
    ["%", "_", "'", '"', "\\", "' OR 1=1 --", "<script>alert(1)</script>", "[", "*"]
    + [word * 2_500 for word in ("aaaa", "ord ", "\0", "\ud7ff\u200b", "🩸", "(", "9")],
)
def test_hostile_words_are_only_words(client, typed):
    for address in ("/search", "/search.json", "/documents", "/documents.csv"):
        response = client.get(address, query_string={"q": typed})
        assert response.status_code == 200
        assert b"<script>alert" not in response.data


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.text(max_size=80),
    name=st.sampled_from(["q", "type", "unit", "process", "sort", "page"]),
)
def test_no_query_breaks_a_list(client, typed, name):
    for address in ("/search", "/documents.json"):
        response = client.get(address, query_string={"q": "a", name: typed})
        assert response.status_code == 200
