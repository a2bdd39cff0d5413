"""People and units: who is who, and what they answer for."""

from functools import cache

import pytest

from styrdokument.actions import registering
from tests.views import library
from tests.views.library import EXPIRED, HYGIENE, INTERNAL
from tests.views.reading import facts_of, main_of, words_of
from tests.views.steps import page, submitted, words

HEAD = "\nverksamhetschef-medicin:\n"


def test_a_person_has_title_unit_functions_and_documents(eva, region):
    address = f"/people/{region.ids['frans']}"
    facts = facts_of(eva, address)
    assert (facts["Titel"], facts["Enhet"]) == ("Hygienläkare", "Medicinkliniken")
    assert "Hygienläkare" in facts["Funktioner 2026-11-21"]
    assert "Faktaägare (som Hygienläkare)" in words_of(eva, address)
    assert f'href="/documents/{HYGIENE}"' in main_of(eva, address)


def test_a_case_officer_has_the_documents_they_handle(eva, region):
    page = main_of(eva, f"/people/{region.ids['alma']}")
    assert f'href="/documents/{HYGIENE}"' in page
    assert f'href="/documents/{INTERNAL}"' in page


def test_somebody_whose_account_is_closed_keeps_their_page(eva, house, region):
    house.accounts.disable("frans", at=house.now())
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


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


def test_what_is_most_urgent_comes_first(eva, region):
    for address in (f"/people/{region.ids['alma']}", "/units/medicinkliniken"):
        rows = page(eva, address).xpath("//section[@aria-labelledby='documents-title']//tbody/tr")
        listed = [row.xpath(".//@data-standing")[0] for row in rows]
        assert listed[:3] == ["expired", "due", "in_force"]
        assert rows[0].xpath("string(.//a/@href)") == f"/documents/{EXPIRED}"
        assert "för 144 dagar sedan" in rows[0].text_content()
    assert "Utgångna: 1. Går ut snart: 1." in words_of(eva, "/units/medicinkliniken")


def test_one_sees_all_ones_own_and_so_does_whoever_sees_all(person, region):
    case = submitted(person)
    for reader in ("birgit", "karin", "arvid"):
        shown = page(person(reader), f"/people/{region.ids['birgit']}")
        assert case in shown.xpath("//section[@aria-labelledby='cases-title']//a/@href"), reader
        said = words(shown)
        assert "Birgit är på tur" in said
        assert "Granskare" in said


def test_nobody_else_sees_cases_drafts_or_who_reviews_what(person, region):
    case = submitted(person, text="Hemlig ny text.")
    for reader in ("eva", "gun", "alma", "dag"):
        for login in ("birgit", "cecilia"):
            shown = page(person(reader), f"/people/{region.ids[login]}")
            assert case not in shown.xpath("//main//a/@href"), reader
            said = words(shown)
            assert "på tur" not in said
            assert "Granskare" not in said
            assert "Inga dokument." in said


def test_stand_ins_are_shown_with_their_days(person, region, house):
    frans = region.ids["frans"]
    head, rest = house.record.register_files()["functions.yaml"].decode().split(HEAD)
    days = "from: 2026-12-20, until: 2027-01-06"
    rest = rest.replace("stand_ins: []", f"stand_ins: [{{person: {frans}, {days}}}]", 1)
    by = [library.actor(house, region.ids, login) for login in ("karin", "arvid")]
    data = f"{head}{HEAD}{rest}".encode()
    registering.put_register(house, "functions.yaml", data, by=by, reason="Jul.")
    said = words(page(person("dag"), f"/people/{region.ids['dag']}"))
    assert "Ställföreträdare: Frans från 2026-12-20 till och med 2027-01-06" in said
    said = words(page(person("karin"), f"/people/{frans}"))
    assert "Ställföreträdare från 2026-12-20 till och med 2027-01-06 (inte i dag)" in said
    assert "2026-12-20" not in words(page(person("eva"), f"/people/{frans}"))


def test_the_way_from_a_unit_to_the_desk_is_for_those_who_see_all(person):
    address = "/overview?unit=medicinkliniken"
    assert address in page(person("karin"), "/units/medicinkliniken").xpath("//main//a/@href")
    assert address not in page(person("dag"), "/units/medicinkliniken").xpath("//main//a/@href")


def test_what_somebody_could_decide_on_a_past_day_is_answered(visit, sign_in, region):
    karin, dag = sign_in(visit(), "karin"), region.ids["dag"]
    today = words(page(karin, f"/people/{dag}"))
    assert "Kunde fastställa 2026-11-21" in today
    assert "Rutin" in today
    before = words(page(karin, f"/people/{dag}?on=2001-01-01"))
    assert "Kunde fastställa" not in before
