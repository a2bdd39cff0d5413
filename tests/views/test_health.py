"""Health: for whoever watches, without signing in."""

from datetime import date, timedelta

from styrdokument.store.runs import Run
from tests.cast import NOON
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


def minded(house, *, at=NOON, **told):
    house.runs.note(Run(job="remind", begun_at=at, done_at=at, told=told))


def alarms(client):
    health = client.get("/health.json")
    assert health.status_code == 200
    return health.get_json()["alarms"]


def test_a_day_without_the_scheduler_is_an_alarm_and_readers_are_served(client, house, sign_in):
    minded(house, at=NOON - timedelta(hours=26))
    assert alarms(client) == []
    minded(house, at=NOON - timedelta(hours=26, minutes=1))
    assert alarms(client) == ["silent"]
    assert client.get("/health.json").get_json()["status"] == "alarm"
    assert "Schemaläggaren har varit tyst" in words_of(client, "/health")
    karin = sign_in(client, "karin")
    assert "Schemaläggaren har varit tyst" in words_of(karin, "/tasks")


def test_health_tells_what_was_done_and_what_waits(client, house, region):
    minded(house, reminders=4, unheard=0)
    house.runs.note(Run(job="index", begun_at=NOON, done_at=NOON, told={"problems": []}))
    row = {"happening": "decision:1", "recipient": region.ids["alma"], "kind": "adopt"}
    house.outbox.put([row | {"at": NOON - timedelta(hours=27)}])
    health = client.get("/health.json").get_json()
    assert health["alarms"] == ["mail_waits"]
    assert health["mail"]["oldest_unsent_at"] == "2026-11-20T08:00:00+00:00"
    assert health["index_checked_at"] == health["scheduler"]["last_run_at"]


def test_mail_that_waits_for_an_hour_while_no_server_answers_is_an_alarm(client, house, region):
    minded(house)
    row = {"happening": "decision:1", "recipient": region.ids["alma"], "kind": "adopt"}
    house.outbox.put([row | {"at": NOON - timedelta(minutes=61)}])
    assert alarms(client) == []  # it may wait for its turn
    for fault, found in (("no answer", ["mail_waits"]), ("", [])):
        told = {"fault": fault, "directory": None}
        house.runs.note(Run(job="mail", begun_at=NOON, done_at=NOON, told=told))
        assert alarms(client) == found


def test_faults_are_told_to_those_alone_who_see_to_them(client, house, sign_in):
    minded(house, held=5000)
    fault = {"fault": "mail.region.invalid: no"}
    house.runs.note(Run(job="mail", begun_at=NOON, done_at=NOON, told=fault))
    house.runs.note(Run(job="send", begun_at=NOON, done_at=None, fault="OSError: secret"))
    told = client.get("/health.json").get_data(as_text=True) + words_of(client, "/health")
    assert "region.invalid" not in told
    assert "secret" not in told
    assert alarms(client) == ["held", "failed"]
    words = words_of(sign_in(client, "karin"), "/health")
    assert "mail.region.invalid: no" in words
    assert "OSError: secret" in words
    assert "Väntar på godkännande: 5000" in words
