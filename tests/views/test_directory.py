"""Pages where a directory says who people are: rights that bite, and days when it is away."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import select

from styrdokument.actions.daily_look import look
from styrdokument.actions.house import House
from styrdokument.actions.signing_in import sign_in
from styrdokument.app import create_app, join
from styrdokument.domain.people import PersonId, Scope
from styrdokument.domain.problems import Code, Refused
from styrdokument.outside.ldap.organisation import Ldap
from styrdokument.store.journal import METADATA
from tests.cast import NOON
from tests.listeners import Listener, silent
from tests.slapd import PASSWORD, Slapd, person
from tests.views import library
from tests.views.steps import form, problems, send, state, submitted

INTERNAL = f"/documents/{library.INTERNAL}"
FRESH = timedelta(minutes=5)
TIED = ("alma", "birgit", "cecilia", "dag")


@dataclass
class Staffed:
    """A region whose people the directory knows; `now` may be moved."""

    house: House
    ids: dict[str, PersonId]
    now: datetime
    app: Any = None

    def later(self, step: timedelta = FRESH + timedelta(seconds=1)) -> None:
        """Let time pass: as long as what was seen of somebody is gone by, and a little more."""
        self.now += step

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def sign_in(self, login: str, password: str = PASSWORD, **more: Any) -> Any:
        """The answer, and the browser that got it."""
        client = self.browser()
        fields = form(client, "/session", "/session") | {"username": login, "password": password}
        return client, client.post("/session", data=fields, **more)

    def person(self, login: str) -> FlaskClient:
        """Somebody signed in."""
        client, answer = self.sign_in(login)
        assert answer.status_code == 303, answer.text
        return client


@pytest.fixture
def staffed(region: Any, slapd: Slapd, compiled: Any) -> Iterator[Staffed]:
    """The library, where four of the cast are the directory's, and others have local accounts."""
    settings = slapd.settings(servers=f"ldap://127.0.0.1:{slapd.port}")
    config = replace(region.config, **settings)
    made = Staffed(house=region.house, ids=dict(region.ids), now=NOON)
    house = join(config, now=lambda: made.now)
    for login in TIED:
        slapd.add(login, displayName=login.capitalize())
        found = house.directory.named(login)
        house.directory.ties.take_over(PersonId(region.ids[login]), found, at=NOON)
    made.house, made.app = house, create_app(house, config)
    made.app.jinja_env.bytecode_cache = compiled
    yield made
    house.close()


def silence(staffed: Staffed, port: int) -> None:
    """The directory's address leads to something else from now on."""
    servers = staffed.house.directory.organisation._servers
    address = replace(servers._settings.addresses[0], port=port)
    servers._settings = replace(servers._settings, addresses=(address,))


def test_whoever_the_directory_knows_signs_in_with_its_password_and_is_the_same_person(
    staffed: Staffed,
) -> None:
    for typed in ("alma", "ALMA", " alma "):
        client = staffed.person(typed)
        assert f"/people/{staffed.ids['alma']}" in client.get("/tasks").text

    _, answer = staffed.sign_in("alma", library.PASSWORD)

    assert (answer.status_code, problems(answer)) == (401, ["not_signed_in"])
    assert staffed.person("alma").get(INTERNAL).status_code == 200


def test_local_accounts_go_on_beside_it(staffed: Staffed, slapd: Slapd) -> None:
    slapd.add("karin")

    assert staffed.sign_in("karin", library.PASSWORD)[1].status_code == 303
    assert staffed.sign_in("karin", PASSWORD)[1].status_code == 401, "nobody is two"


def test_a_password_that_the_directory_keeps_is_not_changed_here(
    staffed: Staffed,
) -> None:
    alma, karin = staffed.person("alma"), staffed.sign_in("karin", library.PASSWORD)[0]
    address = "/account/password"
    fields = form(karin, "/account", address) | {"new_password": "en helt ny mening"}
    assert address not in alma.get("/account").text
    token = form(alma, "/account", "/account/codes")

    answer = alma.post(address, data=fields | token | {"password": PASSWORD})

    assert answer.status_code == 404
    assert staffed.sign_in("alma")[1].status_code == 303


def test_nobody_approves_their_own_text_under_another_spelling(staffed: Staffed) -> None:
    case = submitted(staffed.person)
    again = staffed.person(" ALMA ")

    answer = again.post(
        f"{case}/approvals", data=form(again, case, f"{case}/withdrawal") | {"snapshot": "x"}
    )

    assert answer.status_code in {403, 409}
    assert "own_work" in problems(answer)


def test_whoever_is_closed_in_the_directory_cannot_sign_from_that_moment(
    staffed: Staffed, slapd: Slapd
) -> None:
    case, birgit, dag = submitted(staffed.person), staffed.person("birgit"), staffed.person("dag")
    send(staffed.person("cecilia"), case, f"{case}/approvals")
    seen = form(birgit, case, f"{case}/approvals")
    slapd.change(person("birgit"), nsAccountLock="TRUE")

    answer = birgit.post(f"{case}/approvals", data=seen)

    assert (answer.status_code, problems(answer)) == (401, ["not_signed_in"])
    slapd.change(person("birgit"), nsAccountLock=[])
    assert send(staffed.person("birgit"), case, f"{case}/approvals").status_code == 303
    decision = form(dag, case, f"{case}/decision") | {"password": PASSWORD}
    slapd.delete(person("dag"))
    answer = dag.post(f"{case}/decision", data=decision)
    assert answer.status_code in {401, 403}
    assert state(staffed.person("alma"), case) == "in_review"


def test_somebody_locked_for_a_while_signs_nothing_and_has_not_left(
    staffed: Staffed, slapd: Slapd
) -> None:
    case, birgit = submitted(staffed.person), staffed.person("birgit")
    seen = form(birgit, case, f"{case}/approvals")
    slapd.change(person("birgit"), pwdAccountLockedTime="20261101120000Z")

    answer = birgit.post(f"{case}/approvals", data=seen)

    assert (answer.status_code, problems(answer)) == (401, ["not_signed_in"])
    assert staffed.ids["birgit"] in staffed.house.directory.here([staffed.ids["birgit"]])
    slapd.change(person("birgit"), pwdAccountLockedTime=[])
    assert birgit.post(f"{case}/approvals", data=seen).status_code == 303


@pytest.mark.parametrize(
    "how",
    [{"nsAccountLock": "TRUE"}, {"pwdAccountLockedTime": "20261101120000Z"}, {"shadowExpire": 1}],
    ids=str,
)
def test_whoever_is_closed_locked_or_past_their_last_day_does_not_come_in(
    staffed: Staffed, slapd: Slapd, how: dict[str, Any]
) -> None:
    slapd.change(person("alma"), **how)

    _, answer = staffed.sign_in("alma")

    assert (answer.status_code, problems(answer)) == (401, ["not_signed_in"])


def test_health_can_ask_whether_it_answers(staffed: Staffed, region: Any, slapd: Slapd) -> None:
    assert staffed.house.directory.answers() is True
    assert region.house.directory.answers() is None, "there is none"
    slapd.stop()
    try:
        assert staffed.house.directory.answers() is False
    finally:
        slapd.start()


def test_whoever_has_left_is_nobody_within_five_minutes(staffed: Staffed, slapd: Slapd) -> None:
    alma = staffed.person("alma")
    assert alma.get(INTERNAL).status_code == 200
    slapd.delete(person("alma"))

    staffed.later()

    assert alma.get(INTERNAL).status_code == 401, "also where a finished page stands before Flask"
    assert alma.get("/cases").status_code == 401


def test_a_token_is_nobodys_once_its_owner_has_left(staffed: Staffed, slapd: Slapd) -> None:
    words = {"name": "git", "scope": Scope.WRITE, "at": NOON, "expires_on": NOON.date()}
    _, secret = staffed.house.tokens.create(staffed.ids["alma"], **words)
    path = "/git/record.git/info/refs?service=git-upload-pack"
    ask = {"path": path, "auth": ("alma", secret), "buffered": True}
    assert staffed.browser().get(**ask).status_code == 200
    slapd.delete(person("alma"))
    staffed.later()

    assert staffed.browser().get(**ask).status_code == 401
    slapd.add("alma")
    assert staffed.browser().get(**ask).status_code == 401, "another Alma, and an ended token"


def test_while_the_directory_is_away_readers_read_and_nobody_signs(
    staffed: Staffed, slapd: Slapd
) -> None:
    case, birgit = submitted(staffed.person), staffed.person("birgit")
    approval = form(birgit, case, f"{case}/approvals") | {"comment": "Väl skrivet."}
    words = {"name": "git", "scope": Scope.WRITE, "at": NOON, "expires_on": NOON.date()}
    _, secret = staffed.house.tokens.create(staffed.ids["alma"], **words)
    slapd.stop()
    try:
        answer = birgit.post(f"{case}/approvals", data=approval)
        assert (answer.status_code, problems(answer)) == (503, ["directory_away"])
        assert "Väl skrivet." in answer.text, "what was typed is not lost"
        _, answer = staffed.sign_in("alma")
        assert (answer.status_code, problems(answer)) == (503, ["directory_away"])
        assert 'value="alma"' in answer.text
        assert PASSWORD not in answer.text
        assert staffed.sign_in("karin", library.PASSWORD)[1].status_code == 303
        staffed.later()
        assert staffed.browser().get(f"/documents/{library.HYGIENE}").status_code == 200
        for path in (INTERNAL, case, "/tasks"):
            assert birgit.get(path).status_code == 200, path
        remark = form(birgit, case, f"{case}/comments") | {"comment": "Hej."}
        answer = birgit.post(f"{case}/comments", data=remark)
        assert (answer.status_code, problems(answer)) == (503, ["directory_away"])
        signed = ("alma", secret)
        refs = "/git/record.git/info/refs?service=git-"
        asked = [
            staffed.browser().get(f"{refs}{service}", auth=signed, buffered=True).status_code
            for service in ("upload-pack", "receive-pack")
        ]
        assert asked == [200, 503]
        leaving = form(birgit, "/tasks", "/session/end")
        assert birgit.post("/session/end", data=leaving).status_code == 303
    finally:
        slapd.start()
    assert send(staffed.person("birgit"), case, f"{case}/approvals").status_code == 303


def test_a_silent_directory_holds_up_no_reader(staffed: Staffed) -> None:
    listener = Listener(silent)
    silence(staffed, listener.port)
    ended: list[int] = []
    waiting = [
        threading.Thread(target=lambda: ended.append(staffed.sign_in("alma")[1].status_code))
        for _ in range(6)
    ]
    try:
        for thread in waiting:
            thread.start()
        while not listener.taken:
            assert any(thread.is_alive() for thread in waiting)
        before = len(ended)
        read = [staffed.browser().get(f"/documents/{library.HYGIENE}") for _ in range(50)]
        assert {answer.status_code for answer in read} == {200}
        assert before == 0
        for thread in waiting:
            thread.join()
        assert ended == [503] * 6
        assert listener.taken <= 4, "few ask at a time"
    finally:
        listener.close()


def test_a_name_used_again_is_another_person_with_nothing_of_the_first(
    staffed: Staffed, slapd: Slapd
) -> None:
    first = staffed.ids["alma"]
    case = submitted(staffed.person)
    slapd.delete(person("alma"))
    slapd.add("alma", displayName="Alma Ny")

    client = staffed.person("alma")

    assert client.get(case).status_code == 404
    assert f"/people/{first}" not in client.get("/tasks").text
    assert staffed.house.accounts.named("alma").person.id != first
    assert staffed.house.accounts.account(first).login == first
    assert staffed.house.actor(first, live=True) is None, "the first has left"


def test_whoever_the_directory_moves_to_another_unit_is_on_the_desk_the_same_day(
    staffed: Staffed, slapd: Slapd
) -> None:
    house = staffed.house
    names = {slug: unit.label["sv"] for slug, unit in house.registers.units.items()}
    for department in ("medicinkliniken", "regionstaben"):
        slapd.change(person("alma"), departmentNumber=names[department])
        look(house)
        assert house.directory.person(staffed.ids["alma"]).unit == department

    karin, _ = staffed.sign_in("karin", library.PASSWORD)
    told = karin.get("/overview/departures.json").get_json()["people"]

    assert [(one["name"], one["change"], one["unit"]) for one in told] == [
        ("Alma", "moved", "medicinkliniken")
    ]


def test_a_changed_name_is_shown_the_next_time_they_are_seen(
    staffed: Staffed, slapd: Slapd
) -> None:
    slapd.change(person("alma"), displayName="Alma Ek\n<x@y.z>")
    slapd.rename(person("alma"), "uid=alma.ek")

    staffed.person("alma.ek")

    assert staffed.house.directory.person(staffed.ids["alma"]).name == "Alma Ek x@y.z"
    assert staffed.house.accounts.account(staffed.ids["alma"]).login == "alma.ek"


def test_an_account_that_an_administrator_closed_stays_closed(
    staffed: Staffed, slapd: Slapd
) -> None:
    staffed.house.accounts.disable("alma", at=NOON)

    assert staffed.sign_in("alma")[1].status_code == 401
    slapd.change(person("alma"), title="Handläggare")
    assert staffed.sign_in("alma")[1].status_code == 401


def test_whoever_guesses_in_one_place_is_stopped_there_and_keeps_nobody_out(
    staffed: Staffed,
) -> None:
    here, there = ({"environ_base": {"REMOTE_ADDR": f"192.0.2.{n}"}} for n in (7, 8))

    answers = [staffed.sign_in("alma", f"gissning {n}", **here)[1] for n in range(12)]

    assert [answer.status_code for answer in answers] == [401] * 8 + [429] * 4
    assert staffed.sign_in("alma", **here)[1].status_code == 429
    assert staffed.sign_in("alma", **there)[1].status_code == 303


def test_no_spelling_of_a_name_gives_new_guesses(staffed: Staffed) -> None:
    # F16
    spellings = ("alma", "ALMA", " alma ", "álma", "al ma", "alma@region.example", "REGION\\alma")

    answers = [staffed.sign_in(typed, f"gissning {n}")[1] for n in (1, 2) for typed in spellings]

    assert [answer.status_code for answer in answers] == [401] * 8 + [429] * 6


def test_a_thousand_guesses_from_some_places_are_few_and_keep_nobody_out(
    staffed: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    # F16
    tried = []
    real = staffed.house.directory.authenticate
    monkeypatch.setattr(
        staffed.house.directory,
        "authenticate",
        lambda *typed: tried.append(typed[1]) or real(*typed),
    )
    codes = set()
    for n in range(1000):
        with pytest.raises(Refused) as why:
            sign_in(
                staffed.house,
                "alma",
                f"gissning {n}",
                address=f"192.0.2.{n % 5}",
                is_safe=True,
            )
        codes |= {problem.code for problem in why.value.problems}

    assert codes == {Code.NOT_SIGNED_IN, Code.THROTTLED}
    assert len(tried) == 5 * 8
    elsewhere = {"environ_base": {"REMOTE_ADDR": "192.0.2.9"}}
    assert staffed.sign_in("alma", **elsewhere)[1].status_code == 303


@pytest.mark.parametrize("is_away", [False, True])
def test_a_wrong_password_costs_as_much_for_every_name(
    staffed: Staffed, slapd: Slapd, monkeypatch: pytest.MonkeyPatch, *, is_away: bool
) -> None:
    # F15: karin has a local account, alma one in the directory, gun none
    spent: dict[str, list[str]] = {}
    hashes, asked = PasswordHasher.verify, Ldap.authenticate

    def verify(*given: Any, **more: Any) -> bool:
        spent[login].append("hash")
        return bool(hashes(*given, **more))

    def authenticate(*given: Any, **more: Any) -> Any:
        spent[login].append("ask")
        return asked(*given, **more)

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    monkeypatch.setattr(Ldap, "authenticate", authenticate)
    if is_away:
        slapd.stop()
    try:
        for login in ("karin", "alma", "ingen"):
            spent[login] = []
            staffed.sign_in(login, "fel lösenord")
    finally:
        if is_away:
            slapd.start()

    assert list(spent.values()) == [["hash", "ask"]] * 3


def test_a_password_is_nowhere_but_on_its_way(
    staffed: Staffed, slapd: Slapd, caplog: pytest.LogCaptureFixture
) -> None:
    canary = "Kanariefågel-8341-sjunger"
    slapd.change(person("alma"), userPassword=canary)
    answers = [staffed.sign_in("alma", canary)[1], staffed.sign_in("alma", f"{canary}!")[1]]
    answers.append(staffed.sign_in("gun", canary)[1])
    slapd.stop()
    try:
        answers.append(staffed.sign_in("alma", canary)[1])
    finally:
        slapd.start()

    assert [answer.status_code for answer in answers] == [303, 401, 401, 503]
    assert [answer for answer in answers if canary in answer.text + str(answer.headers)] == []
    assert canary not in caplog.text
    with staffed.house.journal.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            rows = connection.execute(select(table)).all()
            told = json.dumps([list(row) for row in rows], default=str, ensure_ascii=False)
            assert canary not in told, table.name
    kept = [Path("/proc/self/environ"), Path("/proc/self/cmdline")]
    kept += [file for file in staffed.house.data.rglob("*") if file.is_file()]
    assert [file for file in kept if canary.encode() in file.read_bytes()] == []
