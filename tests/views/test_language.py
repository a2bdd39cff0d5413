"""Swedish first, English by a switch."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from styrdokument.store.sorting import sort_key
from styrdokument.words import Words
from tests.views.library import HYGIENE

SWITCH = re.compile(r'href="(/language/[^"]+)"')


def switched(client: FlaskClient, address: str) -> str:
    """The page after its switch was followed."""
    switch = SWITCH.search(client.get(address).text)
    assert switch
    answer = client.get(switch[1].replace("&amp;", "&"))
    assert answer.location == address
    return client.get(answer.location).text


def test_a_page_is_in_swedish_until_the_reader_says_otherwise(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept-Language": "en"}).text

    assert '<html lang="sv">' in page
    assert "In English" in page


def test_the_switch_leads_back_to_the_same_page(client: FlaskClient) -> None:
    page = switched(client, "/documents?type=routine&unit=")

    assert '<html lang="en">' in page
    assert "På svenska" in page


def test_days_are_written_as_the_language_writes_them(client: FlaskClient) -> None:
    swedish = client.get(f"/documents/{HYGIENE}").text
    english = switched(client, f"/documents/{HYGIENE}")

    assert re.search(r"<dd>\s*2026-\d\d-\d\d", swedish)
    assert re.search(r"<dd>\s*\d{1,2} [A-Z][a-z]+ 2026", english)


def test_a_language_without_words_is_no_page(client: FlaskClient) -> None:
    assert client.get("/language/de").status_code == 404


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/\\example.org"])
def test_the_switch_never_leads_elsewhere(client: FlaskClient, elsewhere: str) -> None:
    answer = client.get("/language/en", query_string={"next": elsewhere})

    assert answer.location == "/"


def test_a_refusal_is_in_the_readers_language(client: FlaskClient) -> None:
    client.set_cookie("styrdokument-language", "en")

    assert "There is no such page" in client.get("/documents/9999").text


def test_a_day_in_words() -> None:
    assert Words("sv").day(date(2026, 11, 1)) == "2026-11-01"
    assert Words("en").day(date(2026, 11, 1)) == "1 November 2026"


def test_titles_are_in_the_order_of_the_readers_language(client: FlaskClient) -> None:
    def titles() -> list[str]:
        found = client.get("/library.json").get_json()["documents"]
        return [one["title"] for one in found]

    swedish = titles()
    client.set_cookie("styrdokument-language", "en")
    english = titles()

    assert swedish == sorted(swedish, key=sort_key)
    assert english == sorted(english, key=lambda title: sort_key(title, is_swedish=False))
    assert set(swedish) == set(english)
