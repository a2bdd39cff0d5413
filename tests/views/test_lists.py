"""Lists: what may be used, narrowed, paged, and the same for people and machines."""

import csv
from io import StringIO

import pytest

from styrdokument.views import asking
from styrdokument.views.spreadsheet import harmless
from tests.cast import TODAY
from tests.views.library import (
    BLOOD,
    CHANGING,
    DUE,
    EXPIRED,
    EXTENDED,
    HYGIENE,
    INTERNAL,
    REPEALED,
    RICH,
    SECRET,
    TO_COME,
    WITHDRAWN_FROM_PUBLIC,
    Text,
    put_all,
)
from tests.views.reading import hook, main_of, words_of


def ids_in(client, address):
    listed = client.get(address).get_json()
    assert listed["total"] == len(listed["documents"])
    return [row["id"] for row in listed["documents"]]


def test_a_list_is_of_what_a_reader_may_use_today(client):
    found = ids_in(client, "/documents.json")
    assert {BLOOD, DUE, EXPIRED, CHANGING, HYGIENE} <= set(found)
    assert not {TO_COME, REPEALED, INTERNAL, WITHDRAWN_FROM_PUBLIC} & set(found)
    assert found[-1] == EXPIRED


def test_a_row_has_the_contracts_keys(client):
    row = client.get("/documents.json?q=handhygien").get_json()["documents"][0]
    assert row == {
        "id": HYGIENE,
        "version": 2,
        "title": "Handhygien",
        "type": "routine",
        "audience": "public",
        "standing": "in_force",
        "effective_from": "2026-11-21",
        "valid_until": "2028-11-21",
        "fact_owner": "hygienlakare",
        "case_officer": row["case_officer"],
    }
    assert row["case_officer"].startswith("p-")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("standing=due", {DUE}),
        ("standing=expired", {EXPIRED}),
        ("standing=upcoming", {CHANGING, TO_COME}),
        ("standing=repealed", {REPEALED}),
        ("type=guideline&standing=all", {TO_COME}),
        ("process=vard/basal-hygien", {HYGIENE}),
        ("process=vard", {HYGIENE, BLOOD, RICH}),
        ("unit=kirurgkliniken", set()),
        ("unit=finns-inte", set()),
        ("process=finns-inte", set()),
        ("q=finns+inte", set()),
    ],
)
def test_a_list_is_narrowed(client, query, expected):
    assert set(ids_in(client, f"/documents.json?{query}")) == expected


def test_a_unit_takes_in_those_below_it(eva):
    assert ids_in(eva, "/documents.json?unit=kirurgkliniken") == [INTERNAL]
    assert {INTERNAL, HYGIENE} <= set(ids_in(eva, "/documents.json?unit=sjukhusvarden"))


def test_every_version_is_listed_when_all_are_asked_for(client):
    found = ids_in(client, "/documents.json?standing=all")
    assert found.count(BLOOD) == 2


def test_titles_are_sorted_as_in_swedish(client):
    rows = client.get("/documents.json?sort=title").get_json()["documents"]
    assert [row["title"] for row in rows][-2:] == ["Ätstörningar", "Överrapportering"]


def test_the_newest_and_the_next_to_end_come_first_when_asked_for(client):
    assert ids_in(client, "/documents.json?sort=effective_from")[0] == HYGIENE
    assert ids_in(client, "/documents.json?sort=valid_until")[:2] == [EXPIRED, DUE]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/documents?standing=all",
        "/documents.json?standing=all",
        "/documents.csv?standing=all",
        "/library",
        "/library.json?on=2026-06-01",
        "/library.csv",
        f"/search?q={SECRET}&standing=all",
        f"/search.json?q={SECRET}&standing=all",
    ],
)
def test_no_internal_title_is_listed_to_the_public(client, address):
    page = client.get(address).get_data(as_text=True)
    echoed = (f'"{SECRET}"', f"%3Fq%3D{SECRET}%26")  # the box, and the switch of language

    assert SECRET not in page.replace(echoed[0], "").replace(echoed[1], "")
    assert client.get(address).status_code == 200


def test_counts_are_of_what_the_visitor_may_read(client, eva):
    public = client.get("/documents.json").get_json()["total"]
    assert eva.get("/documents.json").get_json()["total"] == public + 2
    assert f"Antal dokument: {public}" in words_of(client, "/documents")


def test_a_long_list_is_paged_and_every_row_is_on_one_page(client, house, region):
    texts = [
        Text(document=5000 + number, title=f"Text {number}", begins=TODAY, ends=None)
        for number in range(120)
    ]
    put_all(house, texts, region.ids)
    house.index.catch_up()
    first = client.get("/documents.json").get_json()
    assert len(first["documents"]) == 100
    second = client.get(first["next"]).get_json()
    assert second["next"] is None
    seen = [row["id"] for row in first["documents"] + second["documents"]]
    assert len(set(seen)) == first["total"] == len(seen)
    assert "Sida 1 av 2" in words_of(client, "/documents")


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999", "9" * 400])
def test_a_page_that_is_not_there_is_empty_or_the_first(client, page):
    assert client.get(f"/documents.json?page={page}").status_code == 200


def test_a_standing_that_does_not_exist_is_refused(client):
    response = client.get("/documents.json?standing=valid")
    assert response.status_code == 422
    assert response.get_json()["problems"][0]["field"] == "standing"


def test_the_csv_is_the_same_list_in_words(client):
    response = client.get("/documents.csv?standing=all")
    text = response.data.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert len(rows) == client.get("/documents.json?standing=all").get_json()["total"]
    hygiene = next(row for row in rows if row["id"] == str(HYGIENE) and row["version"] == "2")
    assert hygiene["fact_owner"] == "Hygienläkare"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("cell", ["=1+1", "+46", "-2", "@SUM", "\t=1", " =1", "\r@x"])
def test_a_cell_that_a_spreadsheet_would_run_is_disarmed(cell):
    assert harmless(cell) == f"'{cell}"


def test_an_ordinary_cell_is_left_alone():
    assert harmless("Handhygien = viktigt") == "Handhygien = viktigt"


def test_the_library_tells_what_was_in_force_on_a_day(client):
    rows = client.get("/library.json?on=2026-02-05").get_json()["documents"]
    found = {row["id"]: (row["version"], row["standing"]) for row in rows}
    assert found[HYGIENE] == (1, "in_force")
    assert found[EXTENDED] == (1, "expired")
    assert found[REPEALED] == (1, "in_force")
    assert TO_COME not in found
    page = main_of(client, "/library?on=2026-02-05")
    assert "Vad som gällde 2026-02-05" in page
    assert f'href="/documents/{HYGIENE}?on=2026-02-05"' in page


def test_the_library_of_today_is_what_may_be_used_today(client):
    assert set(ids_in(client, "/library.json")) == set(ids_in(client, "/documents.json"))
    assert client.get("/library?on=snart").status_code == 422


def test_the_next_page_keeps_the_query(client):
    with client.application.test_request_context("/documents?type=routine&q=a%26b"):
        pages = asking.Pages(number=1, total=5, size=2)
        assert pages.following == "/documents?q=a%26b&type=routine&page=2"
        assert pages.count == 3


def test_the_start_page_shows_what_changed_last(client):
    page = main_of(client, "/")
    assert page.index("Handhygien") < page.index("Blodtransfusion")
    assert 'href="/documents?process=vard' in page
    assert hook(page, "standing") in {"due", "expired"}


def test_the_start_page_shows_what_waits_for_those_signed_in(client, eva):
    assert "Inget väntar på dig." in words_of(eva, "/")
    assert "Mitt" not in words_of(client, "/")
