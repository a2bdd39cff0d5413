"""People and units: who is who, and what they answer for."""

import pytest

from tests.views.library import HYGIENE, INTERNAL
from tests.views.reading import facts_of, main_of, words_of


def test_a_person_has_title_unit_functions_and_documents(eva, region):
    address = f"/people/{region.ids['frans']}"
    facts = facts_of(eva, address)
    assert (facts["Titel"], facts["Enhet"]) == ("Hygienläkare", "Medicinkliniken")
    assert "Hygienläkare" in facts["Funktioner i dag"]
    assert "Som Hygienläkare" in words_of(eva, address)
    assert f'href="/documents/{HYGIENE}"' in main_of(eva, address)


def test_a_case_officer_has_the_documents_they_handle(eva, region):
    page = main_of(eva, f"/people/{region.ids['alma']}")
    assert f'href="/documents/{HYGIENE}"' in page
    assert f'href="/documents/{INTERNAL}"' in page


def test_somebody_whose_account_is_closed_keeps_their_page(eva, house, region):
    house.accounts.disable("frans")
    words = words_of(eva, f"/people/{region.ids['frans']}")
    assert "Kontot är avslutat." in words
    assert "Frans" in words


@pytest.mark.parametrize("who", ["p-00000000", "frans", "%00", "x" * 3000])
def test_nobody_is_made_up(eva, who):
    assert eva.get(f"/people/{who}").status_code == 404


def test_a_unit_has_its_place_its_people_and_its_documents(eva, region):
    facts = facts_of(eva, "/units/medicinkliniken")
    assert facts["Del av"].startswith("Sjukhusvården")
    assert "Alma" in facts["Medarbetare"]
    assert facts["Verksamhetschef medicin"] == "Dag"
    assert facts["Enhetschef medicin"] == "ingen i dag"
    page = main_of(eva, "/units/medicinkliniken")
    assert f'href="/documents/{HYGIENE}"' in page
    assert f'href="/people/{region.ids["alma"]}"' in page
    assert eva.get("/units/finns-inte").status_code == 404


def test_people_and_units_are_for_those_signed_in(client, region):
    assert client.get(f"/people/{region.ids['frans']}").status_code == 401
    assert client.get("/units/medicinkliniken").status_code == 401
