"""A library with its hooks, served to real git clients: who pushes, with which token."""

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from styrdokument.actions.beginning import install_hooks
from styrdokument.actions.house import House
from styrdokument.app import create_app, join
from styrdokument.config import read_config
from styrdokument.domain.document import DocumentId, folder_of
from styrdokument.domain.people import PersonId, Scope
from tests.cast import NOON
from tests.databases import Databases
from tests.views import library

Ran = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Clone:
    """Somebody's working copy, and the git that works in it."""

    place: Path
    address: str
    language: str = "sv"

    def git(self, *words: str, data: str | None = None) -> Ran:
        """Run git here as a user would."""
        return run_git("-C", str(self.place), *words, language=self.language, data=data)

    def raw(self, *words: str, data: bytes = b"") -> bytes:
        """What git prints here, as it is."""
        command = ["git", "-C", str(self.place), *words]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout

    def folder(self, document: DocumentId) -> Path:
        """Where a document's files lie."""
        return self.place / folder_of(document)

    def begin(self, branch: str) -> None:
        """A new branch from `main`, as it is on the server."""
        assert self.git("fetch", "-q", "origin").returncode == 0
        assert self.git("switch", "-q", "-c", branch, "origin/main").returncode == 0

    def commit(self, words: str = "Ändring") -> str:
        """Everything that is changed, as one commit; its id."""
        assert self.git("add", "-A").returncode == 0
        done = self.git("commit", "-q", "-m", words)
        assert done.returncode == 0, done.stderr
        return self.git("rev-parse", "HEAD").stdout.strip()

    def push(self, branch: str, *words: str) -> Ran:
        """Push HEAD to a branch."""
        return self.git("push", *words, "origin", f"HEAD:refs/heads/{branch}")


@dataclass(frozen=True)
class Door:
    """A region that git clients reach at `address`."""

    house: House
    data: Path
    address: str
    ids: dict[str, str]
    temporary: Path

    def token(self, login: str, scope: Scope = Scope.WRITE) -> str:
        """A token of somebody's; its secret."""
        until = NOON.date() + timedelta(days=365)
        person = PersonId(self.ids[login])
        words = {"name": "git", "scope": scope, "at": NOON, "expires_on": until}
        return self.house.tokens.create(person, **words)[1]

    def url(self, login: str, scope: Scope = Scope.WRITE) -> str:
        """The address with somebody's name and token in it."""
        host = self.address.removeprefix("http://")
        return f"http://{login}:{self.token(login, scope)}@{host}/git/record.git"

    def clone(self, login: str, *words: str, language: str = "sv") -> Clone:
        """A working copy of somebody's, who is known to git by the id that the page shows."""
        place = self.temporary / f"{login}-{len(list(self.temporary.iterdir()))}"
        url = self.url(login)
        done = run_git("clone", "-q", *words, url, str(place))
        assert done.returncode == 0, done.stderr
        clone = Clone(place, url, language)
        clone.git("config", "user.name", login.capitalize())
        clone.git("config", "user.email", f"{self.ids[login]}@record.invalid")
        return clone

    def refs(self) -> dict[str, str]:
        """Every ref on the server, but the numbers that refusals keep."""
        listed = run_git("-C", str(self.data / "record.git"), "for-each-ref").stdout.splitlines()
        rows = (line.split() for line in listed)
        return {name: value for value, _, name in rows if name != "refs/meta/numbers"}

    def objects(self) -> set[str]:
        """Every object on the server, whether or not anything leads to it."""
        words = ("cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
        return set(run_git("-C", str(self.data / "record.git"), *words).stdout.split())


def run_git(*words: str, language: str = "sv", data: str | None = None) -> Ran:
    """Run git with nothing of this machine's configuration."""
    private = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    told = {"GIT_TERMINAL_PROMPT": "0", "LANGUAGE": language, "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["git", *words],
        env={"PATH": os.environ["PATH"], "HOME": os.devnull, **private, **told},
        input=data,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def built(in_files: Databases, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """The library as it was built, with its hooks."""
    data = in_files.place(tmp_path_factory.mktemp("library"))
    ids = library.build(data)
    install_hooks(data / "record.git")
    return data, ids


@pytest.fixture
def opened(
    in_files: Databases, built: tuple[Path, dict], tmp_path: Path
) -> Iterator[Callable[[], Door]]:
    """Opens doors, each to a library of its own."""
    ended = []

    def open_one() -> Door:
        data = in_files.copy(built[0], tmp_path / f"region{len(ended)}")
        (data / "place").mkdir()
        config = read_config(data, {})
        house = join(config, now=lambda: NOON)
        server = make_server("127.0.0.1", 0, create_app(house, config), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ended.append((server, house))
        address = f"http://127.0.0.1:{server.server_port}"
        return Door(house, data, address, dict(built[1]), data / "place")

    yield open_one
    for server, house in ended:
        with closing(house):
            server.shutdown()
            server.server_close()
        check_sound(house.data)


@pytest.fixture
def door(opened: Callable[[], Door]) -> Door:
    """A door to a library of one's own."""
    return opened()


@pytest.fixture
def served(door: Door, tmp_path: Path) -> Iterator[Door]:
    """The door of a process of its own, over the same data; what it logs is in `log`."""
    with serving(door, tmp_path / "log") as (there, _):
        yield there


@contextmanager
def serving(door: Door, log: Path) -> Iterator[tuple[Door, subprocess.Popen[bytes]]]:
    """The door of a process of its own, over the data of another; and the process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "styrdokument", "serve", "--data", str(door.data)]
    with (
        log.open("ab") as told,
        subprocess.Popen([*command, "--port", str(port)], stdout=told, stderr=told) as process,
    ):
        try:
            wait_until(lambda: answers(port))
            address = f"http://127.0.0.1:{port}"
            yield Door(door.house, door.data, address, door.ids, door.temporary), process
        finally:
            process.terminate()
            process.wait(60)


def answers(port: int) -> bool:
    """Whether somebody serves there."""
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as asking:
        try:
            asking.request("GET", "/health.json")
        except OSError:
            return False
        return asking.getresponse().status == http.HTTPStatus.OK


def wait_until(is_so: Callable[[], object]) -> None:
    """Wait a minute at the most. Raises TimeoutError."""
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.1)
    raise TimeoutError


def check_sound(data: Path) -> None:
    """The record is sound and nothing is left of any push, once what was cut off has ended."""
    wait_until(lambda: not leftovers(data))
    found = run_git("-C", str(data / "record.git"), "fsck", "--strict", "--full", "--no-dangling")
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def leftovers(data: Path) -> list[str]:
    """Files that a push which was cut off may leave."""
    record = data / "record.git"
    names = [path.name for path in record.rglob("*")] if record.exists() else []
    return [n for n in names if n.startswith(("tmp_", "incoming-")) or n.endswith(".lock")]


def said(ran: Ran) -> list[str]:
    """What the product said on the author's terminal."""
    lines = (line for line in ran.stderr.splitlines() if line.startswith("remote: "))
    return [line.removeprefix("remote: ").strip() for line in lines]


def answered(ran: Ran) -> dict[str, str]:
    """Why each branch was not let in, as git says it."""
    found = re.finditer(
        r"^ ! \[(?:remote )?rejected\] +\S+ +(?:-> )?(\S+)? ?\((.*)\)$", ran.stderr, re.MULTILINE
    )
    return {match[1]: match[2] for match in found}
