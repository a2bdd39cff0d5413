"""Former ids and addresses lead on."""

import pytest

from tests.views.library import DUE, HYGIENE, INTERNAL, RICH, SECRET, put
from tests.views.texts import text


@pytest.mark.parametrize("former", ["platina:115094", "rutiner/sarvard.pdf", "platina%3A115094"])
def test_a_former_id_or_address_leads_to_its_document(client, former):
    response = client.get(f"/former/{former}")
    assert (response.status_code, response.location) == (301, f"/documents/{RICH}")


@pytest.mark.parametrize("former", ["platina:1", "%00", "'", "x" * 5000, "a/../b"])
def test_what_was_never_an_id_leads_nowhere(client, former):
    assert client.get(f"/former/{former}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "gamla/visa.asp?namn=h%C3%A5r&id=7",
        "SOP 12/3 (bilaga)",
        "SOP%2012%2F3%20(bilaga)",
        "100%25",
    ],
)
def test_addresses_with_queries_and_odd_characters_lead_on(client, house, region, path):
    former = ["/gamla/visa.asp?namn=hår&id=7", "SOP 12/3 (bilaga)", "100%"]
    one = text(DUE, "Omdöpt", "2026-01-01 2028-01-01", version=2, fields={"former_ids": former})
    put(house, one, region.ids)
    house.index.catch_up()
    response = client.get(f"/former/{path}", follow_redirects=False)
    assert (response.status_code, response.location) == (301, f"/documents/{DUE}")


def test_of_several_with_the_same_former_id_the_first_is_meant(client, house, region):
    for document in (HYGIENE, DUE):
        fields = {"former_ids": ["dok 1"]}
        one = text(document, "T", "2026-11-01 2028-11-01", version=3, fields=fields)
        put(house, one, region.ids)
    house.index.catch_up()
    assert client.get("/former/dok 1").location == f"/documents/{DUE}"


def test_the_former_id_of_an_internal_document_leads_to_the_sign_in_page(client, house, region):
    fields = {"former_ids": ["gammal 9"]}
    one = text(INTERNAL, SECRET, "2026-11-01 2028-11-01", version=2, fields=fields, is_public=False)
    put(house, one, region.ids)
    house.index.catch_up()
    response = client.get("/former/gammal 9", follow_redirects=True)
    assert response.status_code == 401
    assert SECRET not in response.text


@pytest.mark.parametrize("path", ["%00", "%FF", "a%0Ab", "x" * 9000, "?", "..%2f..", "%25%30%30"])
def test_hostile_former_ids_are_nobodys(client, path):
    assert client.get(f"/former/{path}").status_code in {404, 405}
