"""What all tests share: the settings of hypothesis, the databases, and a disk that is not awaited.

Order is random.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.databases import KINDS, POSTGRESQL, SQLITE, Databases
from tests.postgres import Server

# No deadline: a slow machine is not a fault of the rule under test.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


IN_FILES = frozenset(
    {"test_deciding", "test_documents", "test_editing", "test_errors", "test_imports"}
    | {"test_git_page", "test_language", "test_networks", "test_opening", "test_reviewing"}
    | {"test_route_matrix", "test_style", "test_directory", "test_account", "test_elsewhere"}
    | {"test_groups", "test_remind_command", "test_minutes"}
)
"""Tests of pages that ask no database for more than others do: see docs/testing.md."""


def pytest_addoption(parser: pytest.Parser) -> None:
    words = "every test that asks for databases, on every kind of them"
    parser.addoption("--everywhere", action="store_true", help=words)
    words = "in two years of reminders, pass over no day"
    parser.addoption("--every-day", action="store_true", help=words)
    parser.addoption("--seed", type=int, default=1, help="of those two years' accidents")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "databases" in metafunc.fixturenames:
        name = metafunc.module.__name__.rsplit(".", 1)[-1]
        is_spared = name in IN_FILES and not metafunc.config.getoption("--everywhere")
        kinds = [SQLITE] if is_spared else KINDS
        metafunc.parametrize("databases", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The one PostgreSQL of this process of tests, started for the first test that asks."""
    server = Server()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """Where houses keep index and journal; whatever asks runs once for each kind."""
    return Databases(request.getfixturevalue("server") if request.param == POSTGRESQL else None)


@pytest.fixture(scope="session")
def in_files() -> Databases:
    """The same for what no server has a part in."""
    return Databases(None)


@pytest.fixture(scope="session", autouse=True)
def disk_is_not_awaited() -> Iterator[None]:
    """No test cuts the power: that the right files are synced is seen from what is called.

    A file that is not open cannot be synced here, either.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: os.fstat(file) and None)
        yield
