"""History: every decision with who, when and on what ground."""

import hashlib
import json

from tests.views.library import CORRECTED, EXTENDED, HYGIENE, INTERNAL_REPEALED, REPEALED
from tests.views.reading import has_noindex, main_of, words_of


def test_every_decision_stands_newest_first(client):
    words = words_of(client, f"/documents/{HYGIENE}/history")
    assert words.index("Fastställd, version 2") < words.index("Överförd, ej granskad här")


def test_an_adoption_tells_who_decided_who_reviewed_and_what_changed(client):
    words = words_of(client, f"/documents/{HYGIENE}/history")
    assert "Beslutad av Dag (Verksamhetschef, Medicinkliniken)" in words
    assert "Birgit (Smittskyddsläkare, Medicinkliniken) Granskad och godkänd 2026-11-21" in words
    assert "Sprita oftare." in words


def test_a_boards_decision_tells_its_minutes(client):
    words = words_of(client, f"/documents/{CORRECTED}/history")
    assert "Rättad, version 2" in words
    assert "Protokoll (Regionfullmäktige, 2026-09-15, § 112, justerat 2026-09-22)" in words


def test_an_extension_and_a_repeal_tell_why(client):
    assert "Skäl Innehållet stämmer." in words_of(client, f"/documents/{EXTENDED}/history")
    words = words_of(client, f"/documents/{REPEALED}/history")
    assert "Skäl Texten ingår i en annan rutin." in words
    assert "Gäller inte från och med 2026-10-01" in words
    assert "Handhygien (1042)" in words


def test_a_decision_leads_to_its_file_and_the_files_own_hash(client, house):
    page = main_of(client, f"/documents/{HYGIENE}/history")
    for filed in house.record.decisions_of(HYGIENE):
        assert filed.path in page
        assert hashlib.sha256(filed.data).hexdigest() in page
        assert json.loads(filed.data)["document"] == HYGIENE


def test_the_case_is_a_link_for_those_signed_in_alone(client, eva):
    assert "/cases/1" not in main_of(client, f"/documents/{HYGIENE}/history")
    assert "/cases/1" in main_of(eva, f"/documents/{HYGIENE}/history")


def test_history_is_not_for_search_engines_nor_for_those_who_may_not_read(client):
    assert has_noindex(client, f"/documents/{HYGIENE}/history")
    assert client.get(f"/documents/{INTERNAL_REPEALED}/history").status_code == 401
