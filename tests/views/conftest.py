"""What tests of pages share: a copy of the prepared library, a client, and signing in.

`prepared` is built once per session; nothing but `region` may touch it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from werkzeug.routing import Rule

from styrdokument.actions.house import House
from styrdokument.app import create_app, join
from styrdokument.config import Config, read_config
from tests.cast import NOON
from tests.databases import Databases
from tests.directories import running, slapd  # noqa: F401 - fixtures of a directory
from tests.views import library


@dataclass(frozen=True, kw_only=True)
class Region:
    """A region to walk about in: its house at `NOON`, and the cast's person ids by login."""

    house: House
    config: Config
    ids: Mapping[str, str]


@pytest.fixture(scope="session")
def prepared(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Mapping[str, str]]:
    """The library as it was built, and the cast's person ids by login."""
    data = databases.place(tmp_path_factory.mktemp("library"))
    return data, library.build(data)


@pytest.fixture
def region(
    databases: Databases, tmp_path: Path, prepared: tuple[Path, Mapping[str, str]]
) -> Iterator[Region]:
    """A library of one's own."""
    built, ids = prepared
    data = databases.copy(built, tmp_path / "region")
    config = read_config(data, {})
    house = join(config, now=lambda: NOON)
    yield Region(house=house, config=config, ids=ids)
    library.close(house)
    databases.remove(data)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Templates compiled once, for all the apps that the tests make."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session", autouse=True)
def addresses_compiled_once() -> Iterator[None]:
    """What werkzeug makes of an address, made once for all the apps; it costs most of an app."""
    make, made = Rule._compile_builder, {}

    def compile_builder(rule: Rule, *with_unknown: bool) -> Callable[..., Any]:
        key = (*rule._trace, repr(rule.defaults), *with_unknown)
        if key not in made:
            made[key] = make(rule, *with_unknown)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_builder)
        yield


@pytest.fixture
def house(region: Region) -> House:
    """The region's house."""
    return region.house


@pytest.fixture
def visit(region: Region, compiled: BytecodeCache) -> Callable[..., FlaskClient]:
    """A new browser; `visit(on=day)` with the calendar of reading pages moved to a day."""

    def browser(*, on: date | None = None) -> FlaskClient:
        config = replace(region.config, today=on)
        app = create_app(region.house, config)
        app.jinja_env.bytecode_cache = compiled
        return app.test_client()

    return browser


@pytest.fixture
def client(visit: Callable[..., FlaskClient]) -> FlaskClient:
    """A browser with nobody signed in."""
    return visit()


@pytest.fixture
def sign_in() -> Callable[[FlaskClient, str], FlaskClient]:
    """Sign somebody of the cast in by the form; answers the same browser."""

    def by_the_form(client: FlaskClient, login: str) -> FlaskClient:
        page = client.get("/session").get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        form = {"csrf_token": token[1], "username": login, "password": library.PASSWORD}
        assert client.post("/session", data=form).status_code == 303
        return client

    return by_the_form


@pytest.fixture
def eva(
    visit: Callable[..., FlaskClient], sign_in: Callable[[FlaskClient, str], FlaskClient]
) -> FlaskClient:
    """A browser where Eva, a reader, is signed in."""
    return sign_in(visit(), "eva")
