"""Functions held by groups of the directory, and the daily look at who has left."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from styrdokument.actions import daily_look
from styrdokument.actions.registering import put_register
from styrdokument.cli import main
from styrdokument.domain.people import Scope
from styrdokument.domain.problems import Code, Refused
from styrdokument.store import registers
from tests.cast import NOON, TODAY
from tests.slapd import Slapd, group, person
from tests.views import library
from tests.views.steps import form, problems, reviewed, send
from tests.views.test_directory import Staffed, staffed

__all__ = ["staffed"]

CHIEF = "verksamhetschef-medicin"
DAY = timedelta(days=1)


def by_group(staffed: Staffed, key: str) -> None:
    """Let the head of medicine be whoever is in a group, and nobody by the register."""
    house = staffed.house
    data = house.record.register_files()["functions.yaml"].decode()
    old = f"holders: [{{person: {staffed.ids['dag']}, from: 2020-01-01}}]"
    start = data.index(f"\n{CHIEF}:")
    assert old in data[start:]
    new = data[:start] + data[start:].replace(old, f"holders: []\n  group: {key}", 1)
    by = [library.actor(house, staffed.ids, login) for login in ("karin", "alma")]
    put_register(house, "functions.yaml", new.encode(), by=by, reason="Prov.")


@pytest.fixture
def chiefs(staffed: Staffed, slapd: Slapd) -> str:
    """The group of the heads of medicine: Dag is in it through another."""
    slapd.add_group("inner", person("dag"))
    key = slapd.add_group("chiefs", group("inner"))
    by_group(staffed, key)
    daily_look.look(staffed.house)
    return key


def ownerless(staffed: Staffed) -> set[int]:
    client = staffed.browser()
    token = staffed.house.sessions.begin(staffed.ids["karin"], at=staffed.now)
    client.set_cookie("styrdokument", token)
    return {one["id"] for one in client.get("/overview/ownerless.json").get_json()["documents"]}


def functions_of(staffed: Staffed, login: str, on: date) -> frozenset[str]:
    """What somebody held on a day, as it is told now."""
    known = staffed.house.directory.person(staffed.ids[login])
    return staffed.house.registers.actor(known, on=on).functions


@pytest.mark.usefixtures("chiefs")
def test_whoever_is_in_the_group_decides(staffed: Staffed) -> None:
    case = reviewed(staffed.person)
    password = {"password": "Sommar-2026-är-här"}

    assert send(staffed.person("dag"), case, f"{case}/decision", **password).status_code == 303

    made = staffed.house.record.decisions_of(library.HYGIENE)[-1].decision
    assert made.decided_by.name == "Dag"
    shown = staffed.person("dag").get(f"/people/{staffed.ids['dag']}").text
    assert "Verksamhetschef medicin" in shown


@pytest.mark.usefixtures("chiefs")
def test_whoever_is_taken_out_decides_nothing_from_that_moment(
    staffed: Staffed, slapd: Slapd
) -> None:
    case, dag = reviewed(staffed.person), staffed.person("dag")
    fields = form(dag, case, f"{case}/decision") | {"password": "Sommar-2026-är-här"}
    slapd.change(group("inner"), member=[person("alma")])

    answer = dag.post(f"{case}/decision", data=fields)

    assert (answer.status_code, problems(answer)) == (404, ["not_found"]), "it is not theirs to see"
    assert len(staffed.house.record.decisions_of(library.HYGIENE)) == 2
    assert CHIEF not in staffed.house.actor(staffed.ids["dag"]).functions


@pytest.mark.usefixtures("chiefs")
def test_whoever_is_put_in_or_out_is_known_to_be_within_five_minutes(
    staffed: Staffed, slapd: Slapd
) -> None:
    alma = staffed.ids["alma"]
    assert CHIEF not in staffed.house.actor(alma).functions
    slapd.change(group("inner"), member=[person("alma")])
    staffed.later()

    assert CHIEF in staffed.house.actor(alma).functions
    slapd.change(group("inner"), member=[person("dag")])
    staffed.later()
    assert CHIEF not in staffed.house.actor(alma).functions


def test_a_group_made_again_under_its_name_gives_nothing(
    staffed: Staffed, slapd: Slapd, chiefs: str
) -> None:
    slapd.delete(group("chiefs"))
    again = slapd.add_group("chiefs", group("inner"))

    daily_look.look(staffed.house)

    assert again != chiefs
    assert CHIEF not in functions_of(staffed, "dag", staffed.now.date())


@pytest.mark.usefixtures("chiefs")
def test_days_that_are_past_are_answered_for(staffed: Staffed, slapd: Slapd) -> None:
    for _ in range(3):
        staffed.later(DAY)
        daily_look.look(staffed.house)
    slapd.change(group("inner"), member=[person("alma")])
    staffed.later(DAY)
    daily_look.look(staffed.house)
    staffed.later(DAY)

    held = {n: CHIEF in functions_of(staffed, "dag", TODAY + n * DAY) for n in range(-1, 6)}

    assert held == {-1: False, 0: True, 1: True, 2: True, 3: True, 4: False, 5: False}
    assert CHIEF in functions_of(staffed, "alma", TODAY + 4 * DAY)


@pytest.mark.usefixtures("chiefs")
def test_the_same_look_again_changes_nothing(staffed: Staffed) -> None:
    first = daily_look.look(staffed.house)
    rows = list(staffed.house.directory.holdings.all())

    assert daily_look.look(staffed.house) == first
    assert staffed.house.directory.holdings.all() == rows
    assert (first.left, first.back, first.new, first.here, first.holders) == ((), (), (), 4, 1)


def test_members_are_known_before_they_first_sign_in(
    staffed: Staffed, slapd: Slapd, chiefs: str
) -> None:
    slapd.add("ny", displayName="Cecilia Ny")
    slapd.change(group("inner"), member=[person("ny"), person("dag")])

    (new,) = daily_look.look(staffed.house).new

    assert chiefs
    assert staffed.house.directory.person(new).name == "Cecilia Ny"
    assert CHIEF in staffed.house.actor(new).functions


def test_whoever_has_left_leaves_documents_that_are_listed_the_same_day(
    staffed: Staffed, slapd: Slapd
) -> None:
    alma = staffed.person("alma")
    words = {"name": "git", "scope": Scope.WRITE, "at": NOON, "expires_on": TODAY + DAY}
    staffed.house.tokens.create(staffed.ids["alma"], **words)
    assert library.HYGIENE not in ownerless(staffed)
    slapd.change(person("alma"), nsAccountLock="TRUE")

    found = daily_look.look(staffed.house)

    assert found.left == (staffed.ids["alma"],)
    assert library.HYGIENE in ownerless(staffed)
    assert alma.get("/tasks").status_code == 401
    assert all(one.revoked_at for one in staffed.house.tokens.of(staffed.ids["alma"]))
    assert daily_look.look(staffed.house).left == ()
    slapd.change(person("alma"), nsAccountLock=[])
    assert daily_look.look(staffed.house).back == (staffed.ids["alma"],)
    assert library.HYGIENE not in ownerless(staffed)


@pytest.mark.usefixtures("chiefs")
def test_documents_whose_function_is_of_an_empty_group_are_ownerless(
    staffed: Staffed, slapd: Slapd
) -> None:
    before = ownerless(staffed)
    slapd.delete(group("inner"))

    daily_look.look(staffed.house)

    assert ownerless(staffed) >= before
    assert staffed.house.registers.holders(CHIEF, on=TODAY) == ()


@pytest.mark.usefixtures("chiefs")
def test_a_look_that_is_not_whole_changes_nothing(staffed: Staffed, slapd: Slapd) -> None:
    rows = list(staffed.house.directory.holdings.all())
    slapd.delete(person("alma"))
    slapd.stop()
    try:
        with pytest.raises(Refused) as refused:
            daily_look.look(staffed.house)
    finally:
        slapd.start()

    assert [one.code for one in refused.value.problems] == [Code.DIRECTORY_AWAY]
    assert staffed.house.directory.holdings.all() == rows
    assert staffed.ids["alma"] in staffed.house.directory.here([staffed.ids["alma"]])


def test_more_than_half_at_once_is_not_believed_unless_somebody_says_so(
    staffed: Staffed, slapd: Slapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily_look, "FEW", 2)
    for login in ("alma", "birgit", "cecilia"):
        slapd.delete(person(login))

    with pytest.raises(Refused) as refused:
        daily_look.look(staffed.house)

    assert refused.value.problems[0].rule == "unbelievable"
    everybody = [staffed.ids[login] for login in ("alma", "birgit", "cecilia", "dag")]
    assert len(staffed.house.directory.here(everybody)) == 4
    assert len(daily_look.look(staffed.house, is_believed=True).left) == 3
    assert staffed.house.directory.here(everybody) == {staffed.ids["dag"]}


@pytest.mark.parametrize(
    "name", ["chiefs", "cn=chiefs,dc=region", "1234", "0b9c2a6e00004000800000000000000a"]
)
def test_a_group_is_named_by_its_key_and_by_nothing_else(name: str) -> None:
    with pytest.raises(Refused) as refused:
        registers.read({"functions.yaml": f"chief:\n  group: '{name}'\n".encode()})

    assert refused.value.problems[0].code is Code.BAD_FRONT_MATTER


def test_a_key_is_read_in_either_case() -> None:
    key = "0B9C2A6E-0000-4000-8000-00000000000A"

    read = registers.read({"functions.yaml": f"chief:\n  group: {key}\n".encode()})

    assert read.functions["chief"].group == key.lower()


def test_the_commands_say_what_they_saw(staffed: Staffed, slapd: Slapd) -> None:
    key = slapd.add_group("chiefs", person("dag"))
    slapd.add("ny")
    slapd.delete(person("alma"))
    data = staffed.house.data
    settings = slapd.settings(servers=f"ldap://127.0.0.1:{slapd.port}")
    environment = {f"STYRDOKUMENT_{name.upper()}": value for name, value in settings.items()}

    def run(*words: str) -> Any:
        done = CliRunner().invoke(main, ["directory", *words, "--data", str(data)], env=environment)
        return done.exit_code, done.output

    assert run("group", "chiefs") == (0, f"{key} {group('chiefs')}\n")
    assert run("group", "no-such")[0] == 2
    code, output = run("look")
    assert code == 0
    assert f"left: {staffed.ids['alma']} Alma" in output
    assert json.loads(run("look", "--json")[1])["left"] == []
    code, made = run("add", "ny")
    assert code == 0
    assert made.startswith("p-")
    assert run("add", "nobody")[0] == 2
    slapd.add("karin")
    assert run("tie", "karin") == (0, f"{staffed.ids['karin']}\n")
    assert run("tie", "karin")[0] == 2
