"""The command `token`: the secret on stdout once, and never in a list."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from styrdokument.app import open_house
from styrdokument.cli import main
from styrdokument.config import read_config
from styrdokument.domain.people import Scope
from tests.actions import small
from tests.databases import Databases


@pytest.fixture(scope="module")
def begun(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = databases.place(tmp_path_factory.mktemp("begun"))
    small.build(data)
    return data


@pytest.fixture
def data(databases: Databases, begun: Path, tmp_path: Path) -> Iterator[Path]:
    yield databases.copy(begun, tmp_path / "data")
    databases.remove(tmp_path / "data")


def call(data: Path, *words: object) -> Any:
    typed = ["token", *(str(word) for word in words), "--data", str(data)]
    return CliRunner().invoke(main, typed)


def listed(data: Path, login: str = "alma") -> Any:
    return json.loads(call(data, "list", login, "--json").stdout)


def find(data: Path, secret: str) -> Any:
    house = open_house(read_config(data, {}))
    found = house.tokens.find(secret, at=house.now())
    house.close()
    return found


def test_a_secret_is_printed_alone_and_works(data: Path) -> None:
    done = call(data, "create", "alma")
    token = find(data, done.stdout.strip())

    assert (done.exit_code, done.stderr) == (0, "")
    assert re.fullmatch("sd_[a-z2-7]{40}\n", done.stdout)
    assert (token.name, token.scope) == ("git", Scope.WRITE)
    assert token.expires_on - token.created_at.date() >= timedelta(days=364)


def test_all_about_it_is_said_in_json(data: Path) -> None:
    words = ("--name", "min dator", "--scope", "read", "--days", 30, "--json")
    told = json.loads(call(data, "create", "alma", *words).stdout)

    assert find(data, told["secret"]).number == told["number"]
    assert (told["name"], told["scope"], told["last_used_at"]) == ("min dator", "read", None)


def test_a_list_tells_use_and_state_and_no_secret(data: Path) -> None:
    secrets = [call(data, "create", "alma", "--name", name).stdout.strip() for name in "ab"]
    find(data, secrets[0])
    numbers = [one["number"] for one in listed(data)]
    call(data, "revoke", numbers[0])
    lines = call(data, "list", "alma").stdout.splitlines()

    assert [line.split()[:3] for line in lines] == [
        [str(numbers[0]), "write", "revoked"],
        [str(numbers[1]), "write", "to"],
    ]
    assert "never used: b" in lines[0]
    assert "used 20" in lines[1]
    assert not any(secret[3:] in "".join(lines) for secret in secrets)


def test_one_is_ended_by_its_number_and_all_by_the_login(data: Path) -> None:
    secrets = [call(data, "create", who).stdout.strip() for who in ("alma", "alma", "dag")]
    one = call(data, "revoke", listed(data)[0]["number"])
    rest = call(data, "revoke", "alma", "--all")

    assert (one.exit_code, one.stdout, rest.stdout) == (0, "1 revoked.\n", "1 revoked.\n")
    assert [find(data, secret) is None for secret in secrets] == [True, True, False]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("create", "nobody"), "nobody"),
        (("create", "alma", "--days", "800"), "måste vara en dag"),
        (("create", "alma", "--scope", "all"), "--scope"),
        (("create", "alma", "--name", " "), "Namn"),
        (("list", "nobody"), "nobody"),
        (("revoke", "17"), "17"),
        (("revoke", "alma"), "--all"),
        (("revoke", "99999999999"), "--all"),
        (("revoke", "nobody", "--all"), "nobody"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(
    data: Path, words: tuple[str, ...], told: str
) -> None:
    done = call(data, *words)

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert told in done.stderr


def test_a_closed_account_gets_none_and_its_old_ones_are_still_listed(data: Path) -> None:
    call(data, "create", "alma")
    assert (
        CliRunner().invoke(main, ["account", "disable", "alma", "--data", str(data)]).exit_code == 0
    )

    assert call(data, "create", "alma").exit_code == 2
    assert [bool(one["revoked_at"]) for one in listed(data)] == [True]
