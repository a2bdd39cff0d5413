"""Working with git: commands with one's own values, and tokens whose secret is shown once."""

import re
from functools import cache

import pytest
from sqlalchemy import update

from styrdokument.app import create_app
from styrdokument.config import Config
from styrdokument.domain.people import Scope
from styrdokument.store.journal import accounts
from styrdokument.store.sql import writing
from tests.cast import NOON
from tests.views.library import DUE, HYGIENE, PASSWORD
from tests.views.steps import form, page, post, problems, said, send, tree, words


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


@pytest.fixture
def alma(person):
    return person("alma")


def commands(shown):
    """What is to be typed, by name."""
    found = shown.xpath("//*[@data-commands]")
    return {one.get("data-commands"): one.text_content() for one in found}


def secrets_on(answer):
    return re.findall("sd_[a-z2-7]{40}", answer.text)


def make(client, **typed):
    """Fill in the form for a new token."""
    typed = {"name": "min dator", "scope": "write", "password": PASSWORD} | typed
    return send(client, "/git", "/git/tokens", **typed)


def test_the_commands_hold_ones_own_values(alma, region):
    typed = commands(page(alma, f"/git?document={HYGIENE}"))

    assert typed["clone"].splitlines() == [
        "git clone http://alma@localhost/git/record.git",
        "cd record",
        'git config user.name "Alma"',
        f'git config user.email "{region.ids["alma"]}@record.invalid"',
    ]
    assert typed["write"].endswith("git switch -c draft/1042 origin/main")
    assert typed["check"].startswith("styrdokument check documents/00/10/1042\n")
    assert typed["push"] == "git push origin draft/1042"
    assert typed["submit"] == (
        'git push -o submit -o change-note="Nytt telefonnummer" -o significance=minor '
        "origin draft/1042"
    )
    assert typed["kind"] == "git push -o kind=correct origin draft/1042"
    assert "--filter=blob:none" in typed["partial"]
    assert "--force-with-lease" in typed["force"]


def test_the_address_is_the_one_that_the_administrator_has_said(region):
    config = Config(data=region.config.data, base_url="https://styrdokument.example")
    client = create_app(region.house, config).test_client()
    token = region.house.sessions.begin(region.ids["alma"], at=NOON)
    place = {"domain": "styrdokument.example", "secure": True}
    client.set_cookie("__Host-styrdokument", token, **place)
    answer = client.get("/git", base_url="https://styrdokument.example")

    assert commands(tree(answer))["clone"].startswith(
        "git clone https://alma@styrdokument.example/git/record.git\n"
    )


def test_a_number_leads_to_its_folder(alma):
    for document, folder in ((1042, "00/10/1042"), (120_345, "12/03/120345"), (1000, "00/10/1000")):
        shown = page(alma, f"/git?document={document}")
        assert shown.xpath("string(//*[@data-folder])") == f"documents/{folder}"
    mine = page(alma, "/git").xpath("string(//*[@data-folder])")
    assert mine.startswith("documents/00/10/10")
    assert alma.get("/git?document=12").status_code == 422


def test_a_name_is_one_word_to_a_shell(alma, house):
    name = 'Al"ma $(reboot) `x`'
    with writing(house.journal.engine) as connection:
        hers = update(accounts).where(accounts.c.login == "alma")
        connection.execute(hers.values(name=name, login="almå"))
    clone = commands(page(alma, "/git"))["clone"]

    assert "://alm%C3%A5@localhost/" in clone
    assert f"git config user.name '{name}'" in clone


def test_it_is_in_the_menu_of_those_who_may(person):
    shown = {w: page(person(w), "/tasks").xpath("//nav//a[@href='/git']") for w in ("alma", "eva")}

    assert [link.text_content().strip() for link in shown["alma"]] == ["Git"]
    assert shown["eva"] == []


def test_a_new_token_is_shown_and_works(alma, house, region):
    answer = make(alma, expires_on="2027-01-31")
    (secret,) = secrets_on(answer)
    token = house.tokens.find(secret, at=NOON)

    assert answer.status_code == 200
    assert tree(answer).xpath("string(//*[@data-secret])") == secret
    assert answer.headers["Cache-Control"] == "no-store"
    assert (token.person, token.scope) == (region.ids["alma"], Scope.WRITE)
    assert (token.name, str(token.expires_on)) == ("min dator", "2027-01-31")
    assert "visas bara en gång" in words(tree(answer))


def test_its_secret_is_shown_once(alma):
    (secret,) = secrets_on(make(alma))
    shown = page(alma, "/git")

    assert secret not in shown.text_content()
    assert [row.xpath("string(th)") for row in shown.xpath("//tr[@data-token]")] == ["min dator"]


def test_the_same_form_sent_again_makes_no_second_one(alma, house, region):
    fields = form(alma, "/git", "/git/tokens")
    fields |= {"name": "git", "scope": "write", "password": PASSWORD}
    first, again = (alma.post("/git/tokens", data=fields) for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 303)
    assert again.headers["Location"] == "/git"
    assert len(house.tokens.of(region.ids["alma"])) == 1


def test_one_that_may_push_takes_the_password(alma, house, region):
    for password, told in (("", "Skriv ditt lösenord"), ("fel", "Lösenordet stämmer inte")):
        answer = make(alma, password=password)
        assert answer.status_code == 403
        assert problems(answer) == ["needs_second_look"]
        assert told in said(answer)
        assert tree(answer).xpath("//input[@id='field-name']/@value") == ["min dator"]
        assert password == "" or password not in str(tree(answer).xpath("//input/@value"))
    assert house.tokens.of(region.ids["alma"]) == []
    assert len(secrets_on(make(alma, scope="read", password=""))) == 1


def test_every_reason_is_told_at_once(alma):
    answer = make(alma, name="", expires_on="2090-01-01", password="")

    assert answer.status_code == 403
    assert sorted(problems(answer)) == ["bad_value", "needs_field", "needs_second_look"]
    assert "2028-11-21" in said(answer)
    wrong = make(alma, scope="all", expires_on="snart")
    assert (wrong.status_code, problems(wrong)) == (422, ["bad_value", "bad_value"])


def test_a_second_look_that_fails_too_often_is_throttled(alma):
    answers = [make(alma, password="fel").status_code for _ in range(9)]

    assert (answers[0], answers[-1]) == (403, 429)


def test_a_token_is_revoked_with_its_button(alma, house):
    (secret,) = secrets_on(make(alma))
    (row,) = page(alma, "/git").xpath("//tr[@data-token]")
    address = row.xpath("string(.//form/@action)")

    assert send(alma, "/git", address).headers["Location"] == "/git"
    assert house.tokens.find(secret, at=NOON) is None
    assert "Du har inga åtkomstnycklar" in words(page(alma, "/git"))
    assert post(alma, address).status_code == 303


def test_nobody_revokes_anothers(alma, person, house):
    (secret,) = secrets_on(make(alma))
    number = house.tokens.find(secret, at=NOON).number
    karin = person("karin")

    for wanted in (number, number + 1, 999_999_999, 10**12):
        assert post(karin, f"/git/tokens/{wanted}/revocation").status_code == 404, wanted
    assert post(person("eva"), f"/git/tokens/{number}/revocation").status_code == 403
    assert house.tokens.find(secret, at=NOON) is not None


def test_forms_that_are_not_ours_make_and_revoke_nothing(alma, house, region):
    (secret,) = secrets_on(make(alma))
    number = house.tokens.find(secret, at=NOON).number
    wanted = {"name": "x", "scope": "read", "csrf_token": "x"}

    assert problems(alma.post("/git/tokens", data=wanted)) == ["csrf"]
    assert problems(alma.post(f"/git/tokens/{number}/revocation")) == ["csrf"]
    assert len(house.tokens.of(region.ids["alma"])) == 1
    assert house.tokens.find(secret, at=NOON) is not None


def test_the_page_is_in_english_too(alma):
    alma.set_cookie("styrdokument-language", "en")
    shown = page(alma, f"/git?document={DUE}")

    assert shown.xpath("string(//h1)") == "Work with git"
    assert 'change-note="New phone number"' in commands(shown)["submit"]
