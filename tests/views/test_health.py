"""Health: for whoever watches, without signing in."""

from datetime import date

from tests.views.library import DUE, Text, put
from tests.views.reading import words_of


def test_health_is_well_when_the_index_is_level_with_the_record(client, house):
    health = client.get("/health.json").get_json()
    assert (health["status"], health["index_is_level"]) == ("ok", True)
    assert health["last_decision"] == house.record.everything_decided()[-1].decision.seq
    assert "Allt är som det ska." in words_of(client, "/health")


def test_readers_are_served_while_the_index_is_behind_and_health_says_so(client, house, region):
    text = Text(
        document=DUE, version=2, title="Ny", begins=date(2026, 11, 1), ends=date(2028, 11, 1)
    )
    put(house, text, region.ids)
    response = client.get("/health.json")
    assert response.status_code == 200
    assert response.get_json()["status"] == "catching_up"
    assert "Inte ikapp" in words_of(client, "/health")
    assert "Provtagning" in words_of(client, f"/documents/{DUE}")
    house.index.catch_up()
    assert client.get("/health.json").get_json()["status"] == "ok"
