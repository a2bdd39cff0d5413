"""What tests of the organisation's directory share: one server, as empty as each test wants it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from styrdokument.outside.ldap.organisation import Ldap
from styrdokument.outside.ldap.settings import settings_in
from tests.slapd import Slapd

KINDS = ("openldap", "active_directory")
Ask = Callable[..., Ldap]


@pytest.fixture(scope="session")
def running() -> Iterator[Slapd]:
    """The one server of this process of tests."""
    server = Slapd()
    yield server
    server.remove()


@pytest.fixture
def slapd(running: Slapd) -> Slapd:
    """The same with nobody in it."""
    running.reset()
    return running


def ask(server: Slapd, **more: str) -> Ldap:
    """The directory as the product asks it; `more` are settings, without `directory_`."""
    return Ldap(settings_in(Path("/"), server.settings(**more)), lambda: datetime.now(UTC))
