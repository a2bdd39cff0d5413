"""The lock files say what `pyproject.toml` says, and nothing about the machine that made them."""

import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
GROUPS = PROJECT["optional-dependencies"]


def lines(name: str) -> list[str]:
    return (CHECKOUT / "requirements" / f"{name}.lock").read_text().splitlines()


def pinned(wanted: list[str]) -> set[str]:
    return {re.sub(r"\[.*\]", "", one).lower() for one in wanted}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("run", PROJECT["dependencies"]),
        ("test", [*PROJECT["dependencies"], *GROUPS["postgres"], *GROUPS["dev"]]),
    ],
)
def test_a_lock_holds_every_dependency_at_its_version(name, wanted):
    locked = {line.split(" ")[0] for line in lines(name)}
    assert pinned(wanted) - locked == set()


def test_the_lock_of_the_tests_holds_all_of_the_lock_of_the_program():
    assert set(lines("run")) - set(lines("test")) == set()


@pytest.mark.parametrize("name", ["run", "test"])
def test_a_lock_is_packages_and_hashes_and_nothing_else(name):
    package = re.compile(
        r"[a-z0-9][a-z0-9.-]*==[^ ]+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?"
    )
    assert [line for line in lines(name) if not package.fullmatch(line)] == []
