"""Versions: each as it was issued, its files byte for byte, and two beside each other."""

import hashlib
import re

import pytest
from lxml import html

from styrdokument.actions.comparing import appendices_changed
from tests.views.library import (
    APPENDICES,
    BLOOD,
    CHANGING,
    CORRECTED,
    DUE,
    HYGIENE,
    REPEALED,
    RICH,
    SECRET,
    WITHDRAWN_FROM_PUBLIC,
)
from tests.views.reading import has_noindex, hook, main_of, words_of

KEYS = {
    *("id", "version", "title", "type", "language", "audience", "applies_to", "fact_owner"),
    *("case_officer", "standing", "effective_from", "valid_until", "decided_at", "decided_by"),
    *("basis", "change_note", "sha256", "text", "links"),
}


def test_all_versions_stand_newest_first_with_their_standings(client):
    words = words_of(client, f"/documents/{CHANGING}/versions")
    assert words.index("Version 2") < words.index("Version 1")
    assert "Gäller inte än" in words
    assert "Gällande" in words


def test_a_superseded_version_says_so_and_leads_to_what_applies(client):
    address = f"/documents/{BLOOD}/versions/1"
    page = main_of(client, address)
    assert (hook(page, "standing"), hook(page, "version")) == ("superseded", "1")
    assert "Ensam medarbetare" in page
    words = "Den här versionen är ersatt sedan 2025-12-01. Version 2 gäller"
    assert words in words_of(client, address)
    assert has_noindex(client, address)


def test_a_version_of_a_repealed_document_is_repealed(client):
    assert hook(main_of(client, f"/documents/{REPEALED}/versions/1"), "standing") == "repealed"


def test_a_version_lists_its_files_with_their_hashes(client):
    page = main_of(client, f"/documents/{RICH}/versions/1")
    for name, data in APPENDICES.items():
        assert name in page
        assert hashlib.sha256(data).hexdigest() in page


@pytest.mark.parametrize("number", ["3", "99999999", "-1"])
def test_a_version_that_is_not_there_is_not_pretended(client, number):
    assert client.get(f"/documents/{BLOOD}/versions/{number}").status_code in {302, 404}


def test_only_public_versions_are_listed_to_the_public(client, eva):
    assert client.get(f"/documents/{WITHDRAWN_FROM_PUBLIC}/versions/1").status_code == 200
    assert client.get(f"/documents/{WITHDRAWN_FROM_PUBLIC}/versions/2").status_code == 401
    links = client.get(f"/documents/{WITHDRAWN_FROM_PUBLIC}/versions/1.json").get_json()["links"]
    assert links["next"] is None
    links = eva.get(f"/documents/{WITHDRAWN_FROM_PUBLIC}/versions/1.json").get_json()["links"]
    assert links["next"].endswith("/versions/2.json")
    assert SECRET not in main_of(client, f"/documents/{WITHDRAWN_FROM_PUBLIC}/versions/1")


def test_the_json_of_a_version_has_the_contracts_keys(client):
    version = client.get(f"/documents/{HYGIENE}/versions/2.json").get_json()
    assert version.keys() >= KEYS
    assert (version["id"], version["version"], version["standing"]) == (HYGIENE, 2, "in_force")
    assert version["decided_by"]["name"] == "Dag"
    assert version["basis"]["kind"] == "head_of_operations"
    assert version["effective_from"] == "2026-11-21"
    assert version["valid_until"] == "2028-11-21"
    assert version["text"].startswith("## Syfte")
    assert version == client.get(f"/documents/{HYGIENE}.json").get_json()


def test_the_json_of_an_imported_version_knows_no_decider(client):
    version = client.get(f"/documents/{BLOOD}/versions/1.json").get_json()
    assert version["decided_by"] is None
    assert version["standing"] == "superseded"


def test_the_hash_in_the_json_is_that_of_the_markdown(client):
    version = client.get(f"/documents/{BLOOD}/versions/1.json").get_json()
    data = client.get(version["links"]["markdown"]).data
    assert hashlib.sha256(data).hexdigest() == version["sha256"]


@pytest.mark.parametrize(
    ("name", "mimetype", "disposition"),
    [
        ("karta.png", "image/png", "inline"),
        ("flode.svg", "image/svg+xml", "attachment"),
        ("lista.csv", "text/csv", "attachment"),
        ("blankett.pdf", "application/pdf", "attachment"),
    ],
)
def test_an_appendix_is_served_as_it_was_decided(client, name, mimetype, disposition):
    response = client.get(f"/documents/{RICH}/versions/1/appendices/{name}")
    assert response.data == APPENDICES[name]
    assert response.mimetype == mimetype
    assert response.headers["Content-Disposition"].startswith(disposition)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "public" not in response.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["text.md", "roles.yaml", "saknas.png", "..%2Ftext.md", "%00"])
def test_nothing_but_appendices_is_served_as_one(client, name):
    assert client.get(f"/documents/{RICH}/versions/1/appendices/{name}").status_code == 404


def test_a_comparison_shows_what_came_and_what_is_gone(client):
    page = main_of(client, f"/documents/{BLOOD}/compare?from=1&to=2")
    assert re.search(r"<del [^>]*>[^<]", page)
    assert re.search(r"<ins [^>]*>[^<]", page)
    assert "Provtagning och transfusion" in page
    assert has_noindex(client, f"/documents/{BLOOD}/compare")


def test_a_comparison_is_of_the_two_newest_unless_told(client):
    asked = changes_in(client, "?from=1&to=2")
    assert changes_in(client, "") == changes_in(client, "?to=2") == asked
    assert asked


def changes_in(client, query):
    page = html.fromstring(client.get(f"/documents/{BLOOD}/compare{query}").get_data())
    return [(e.tag, e.text_content()) for e in page.xpath("//ins|//del")]


def compared(client, query=""):
    return html.fromstring(client.get(f"/documents/{BLOOD}/compare{query}").get_data())


def test_changes_are_shown_in_the_text_side_by_side_or_as_a_list(client):
    inline, side, listed = (compared(client, f"?view={v}") for v in ("inline", "side", "list"))
    for page, name in ((inline, "I texten"), (side, "Sida vid sida"), (listed, "Som lista")):
        (current,) = page.xpath("//nav//a[@aria-current='true']")
        assert current.text_content() == name
    assert side.xpath("//div[contains(@class, 'compare-side--old')]//del")
    assert not side.xpath("//div[contains(@class, 'compare-side--old')]//ins")
    assert len(listed.xpath("//ol[@class='compare-list']/li")) == count_told(listed)
    assert compared(client, "?view=nonsense").xpath("//nav//a[@aria-current='true']/text()") == [
        "I texten"
    ]


def count_told(page):
    return int(re.search(r"Antal ändringar i texten: (\d+)", page.text_content())[1])


def test_each_change_in_the_list_leads_to_its_place_and_on_to_the_next(client):
    links = compared(client, "?view=list").xpath("//ol[@class='compare-list']//a/@href")
    for number, address in enumerate(links, 1):
        path, anchor = address.split("#")
        page = html.fromstring(client.get(path).get_data())
        assert page.xpath(f"//*[self::ins or self::del][@id='{anchor}']")
        steps = page.xpath("//nav[@class='compare-steps']")[0]
        assert f"Ändring {number} av {len(links)}" in steps.text_content()
        around = [links[place] for place in (number - 2, number) if 0 <= place < len(links)]
        assert steps.xpath(".//a/@href") == around


def test_what_is_far_from_a_change_is_folded_and_still_there(client):
    page = compared(client, "?from=1&to=2")
    folded = page.xpath("//details[@class='compare-folded']")
    assert all("oförändrade stycken" in one.xpath("summary/@aria-label")[0] for one in folded)
    for gone, number in (("ins", 1), ("del", 2)):
        left = compared(client, "?from=1&to=2").xpath("//*[contains(@class, 'redline')]/..")[0]
        for one in left.xpath(f".//{gone}"):
            one.drop_tree()
        version = html.fromstring(
            client.get(f"/documents/{BLOOD}/versions/{number}").get_data()
        ).xpath("//*[contains(concat(' ', @class, ' '), ' prose ')]")[0]
        text = left.xpath(".//*[contains(concat(' ', @class, ' '), ' redline ')]")[0]
        left_over, issued = ("".join(e.text_content().split()) for e in (text, version))
        assert left_over == issued


def test_appendices_that_came_went_or_were_replaced_are_told():
    before = {"text.md": "1", "karta.png": "a", "lista.pdf": "b", "kvar.pdf": "c"}
    after = {"text.md": "2", "karta.png": "x", "ny.pdf": "d", "kvar.pdf": "c"}
    assert appendices_changed(before, after) == (
        ("karta.png", "changed"),
        ("lista.pdf", "removed"),
        ("ny.pdf", "added"),
    )


def test_a_document_with_one_version_has_nothing_to_compare(client):
    words = words_of(client, f"/documents/{DUE}/compare")
    assert "Dokumentet har bara en version" in words


def test_versions_that_are_the_same_are_said_to_be(client):
    words = words_of(client, f"/documents/{CORRECTED}/compare?from=1&to=1")
    assert "Texten är densamma i båda versionerna." in words


def test_a_comparison_with_what_one_may_not_read_is_refused(client):
    assert client.get(f"/documents/{BLOOD}/compare?from=1&to=9").status_code == 404
    response = client.get(f"/documents/{WITHDRAWN_FROM_PUBLIC}/compare?from=1&to=2")
    assert response.status_code == 401
