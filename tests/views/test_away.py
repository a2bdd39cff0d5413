"""A database that goes away while pages are served: said in words, and made up for afterwards."""

import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from styrdokument.actions.verifying import verify_house
from styrdokument.app import join
from styrdokument.config import Config
from styrdokument.store.moving import copy_journal
from styrdokument.store.sql import opened
from tests.cast import NOON
from tests.databases import Databases
from tests.postgres import Server
from tests.views import library
from tests.views.conftest import Region
from tests.views.library import CHANGING, HYGIENE, INTERNAL, PASSWORD
from tests.views.reading import words_of
from tests.views.steps import fields_of, page, problems, reviewed, said

AWAY = "Databasen svarar inte just nu"
PUBLIC, STAFF = f"/documents/{HYGIENE}", f"/documents/{INTERNAL}"
OTHER = f"/documents/{CHANGING}"


@pytest.fixture(scope="module")
def fragile():
    """A server to stop and to start."""
    server = Server()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def prepared(in_files: Databases, tmp_path_factory) -> tuple[Path, Mapping[str, str]]:
    data = in_files.place(tmp_path_factory.mktemp("library"))
    return data, library.build(data)


@pytest.fixture
def has(request) -> str:
    """Which of the databases the server has, where a test does not say: the index."""
    return getattr(request, "param", "index")


@pytest.fixture
def region(has: str, fragile: Server, prepared, tmp_path: Path):
    """A library whose index, or journal, is on the server; what is not, is in a file."""
    data = shutil.copytree(prepared[0], tmp_path / "data")
    address = fragile.database()
    config = Config(data=data, **{f"{has}_database": address})
    if has == "journal":
        with (
            opened(data / "journal.db") as ours,
            opened(config.journal_database, "journal") as theirs,
        ):
            copy_journal(ours, theirs)
    house = join(config, now=lambda: NOON)
    house.index.catch_up()
    yield Region(house=house, config=config, ids=prepared[1])
    library.close(house)
    if not fragile.is_running:
        fragile.start()
    fragile.drop(address)


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


@pytest.fixture
def stopped(fragile):
    """Stop the server; it runs again after the test."""
    return fragile.stop


without_index = pytest.mark.parametrize("has", ["index"], indirect=True)
without_journal = pytest.mark.parametrize("has", ["journal"], indirect=True)


@without_index
def test_without_the_index_pages_say_so_and_are_back_when_it_is(client, fragile, stopped, caplog):
    assert client.get(PUBLIC).status_code == 200
    stopped()
    answer = client.get(PUBLIC)
    assert (answer.status_code, problems(answer)) == (503, ["database_away"])
    assert AWAY in said(answer)
    assert answer.headers["Retry-After"].isdigit()
    as_json = client.get(f"{PUBLIC}.json")
    assert as_json.content_type == "application/problem+json"
    assert as_json.get_json()["problems"][0]["code"] == "database_away"
    assert client.get("/session").status_code == 200
    assert [record.exc_info for record in caplog.records] == [None, None]
    assert "index_database" in caplog.text
    fragile.start()
    assert client.get(PUBLIC).status_code == 200


@without_index
def test_health_tells_that_the_index_is_away(client, stopped):
    assert client.get("/health.json").get_json()["status"] == "ok"
    stopped()
    health = client.get("/health.json")
    assert (health.status_code, health.get_json()["status"]) == (503, "index_away")
    assert "svarar inte" in words_of(client, "/health", status=503)


@without_journal
def test_health_tells_that_the_journal_is_away_and_readers_are_served(client, stopped):
    stopped()
    health = client.get("/health.json")
    assert (health.status_code, health.get_json()["status"]) == (200, "journal_away")
    assert "ingen kan logga in" in words_of(client, "/health")
    assert client.get(PUBLIC).status_code == 200


@without_journal
def test_without_the_journal_the_signed_in_read_what_is_public_and_are_told_of_the_rest(
    eva, fragile, stopped
):
    assert eva.get(STAFF).status_code == 200
    stopped()
    assert eva.get(PUBLIC).status_code == 200
    for address in (STAFF, "/tasks", "/cases"):
        answer = eva.get(address)
        assert (answer.status_code, problems(answer)) == (503, ["database_away"])
    fragile.start()
    assert eva.get(STAFF).status_code == 200


@without_journal
def test_without_the_journal_nobody_signs_in_and_what_was_typed_is_not_lost(
    client, person, stopped
):
    alma = person("alma")
    form = next(f for f in page(client, "/session").forms if f.get("action") == "/session")
    typed = fields_of(form) | {"username": "eva", "password": "ett-hemligt-ord"}
    stopped()
    answer = client.post("/session", data=typed)
    assert (answer.status_code, problems(answer)) == (503, ["database_away"])
    assert "ett-hemligt-ord" not in answer.text
    answer = alma.post("/cases", data={"kind": "new", "title": "Handskar på mottagningen"})
    assert (answer.status_code, problems(answer)) == (503, ["database_away"])
    assert "Handskar på mottagningen" in answer.text


@without_index
def test_a_decision_that_was_cut_off_from_the_index_is_made_up_for_when_it_is_back(
    person, house, fragile, stopped, monkeypatch
):
    case = reviewed(person)
    dag, enter = person("dag"), house.record.enter
    form = next(f for f in page(dag, case).forms if f.get("action") == f"{case}/decision")
    typed = fields_of(form) | {"password": PASSWORD}

    def enter_and_lose_the_server(*facts):
        enter(*facts)
        stopped()

    monkeypatch.setattr(house.record, "enter", enter_and_lose_the_server)
    monkeypatch.setattr("styrdokument.views.posting.RETRY_SECONDS", 0)
    answer = dag.post(f"{case}/decision", data=typed)
    assert (answer.status_code, problems(answer)) == (503, ["database_away"])
    assert "kan ha hunnit sparas" in said(answer)
    newest = house.record.decisions_of(HYGIENE)[-1].decision
    assert newest.version == 3
    assert dag.get("/health.json").status_code == 503
    fragile.start()
    dag.get("/health.json")
    assert dag.get("/health.json").get_json()["status"] == "ok"
    assert house.catalogue.shown(HYGIENE, on=house.today)["version"] == 3
    told = [row for row in house.journal.outbox() if row["happening"] == f"decision:{newest.seq}"]
    assert told
    assert verify_house(house).findings == ()


@without_journal
def test_a_page_that_was_made_without_the_journal_is_not_kept_for_later(
    client, fragile, stopped, house
):
    stopped()
    assert "Alma" not in client.get(OTHER).text
    fragile.start()
    assert house.pages.find(CHANGING, 0, "sv") is None
    assert "Alma" in client.get(OTHER).text
    assert house.pages.find(CHANGING, 0, "sv") is not None


@pytest.mark.parametrize("has", ["index", "journal"], indirect=True)
def test_connections_that_the_server_forgot_are_made_anew(eva, fragile, stopped):
    for _ in range(3):
        assert eva.get(STAFF).status_code == 200
        stopped()
        fragile.start()
    assert eva.get(STAFF).status_code == 200
