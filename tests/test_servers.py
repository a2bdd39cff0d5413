"""Commands and a served region whose databases are on a PostgreSQL server."""

import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from itertools import count
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from lxml import html
from sqlalchemy import Engine, event

from styrdokument.actions import beginning
from styrdokument.app import join, open_house
from styrdokument.cli import main
from styrdokument.config import FILE, Config, read_config
from styrdokument.store.moving import copy_journal

PASSWORD = "ett-långt-lösenord"
EVERY = 6
NOWHERE = "postgresql+psycopg://styr:hemligt@127.0.0.1:1/index"


@pytest.fixture(autouse=True)
def umask():
    kept = os.umask(0)
    os.umask(kept)
    yield
    os.umask(kept)


@pytest.fixture
def settings(server):
    """The environment of an installation with a database for each."""
    found = {
        "STYRDOKUMENT_INDEX_DATABASE": server.database(),
        "STYRDOKUMENT_JOURNAL_DATABASE": server.database(),
    }
    yield found
    for address in found.values():
        server.drop(address)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """An installation in files, with two accounts."""
    data = tmp_path_factory.mktemp("files") / "data"
    assert call("init", "--data", data).exit_code == 0
    for login in ("karin", "arvid"):
        assert add(data, login).exit_code == 0
    return data


@pytest.fixture
def data(begun, tmp_path):
    return shutil.copytree(begun, tmp_path / "data")


def call(*words, **how):
    return CliRunner().invoke(main, [str(word) for word in words], **how)


def add(data, login, env=None):
    words = ("account", "add", login, "--name", login.title(), "--password-stdin")
    return call(*words, "--data", data, input=f"{PASSWORD}\n", env=env)


def check_refused(done, *words):
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "hemligt" not in done.stderr
    for word in words:
        assert word in done.stderr


# beginning, and what is told of databases


def test_a_region_is_begun_on_a_server_and_leaves_no_database_in_files(tmp_path, settings):
    data = tmp_path / "data"
    assert call("init", "--data", data, env=settings).exit_code == 0
    assert not [path.name for path in data.rglob("*.db*")]
    assert add(data, "eva", env=settings).exit_code == 0
    assert call("health", "--data", data, env=settings).stdout == "1 decisions\n"
    assert call("verify", "--data", data, env=settings).exit_code == 0
    rebuilt = call("rebuild", "--data", data, env=settings)
    assert rebuilt.stdout == "0 versions are in the index.\n"
    assert not [path.name for path in data.rglob("*.db*")]


def test_one_database_may_hold_both(tmp_path, server):
    address = server.database()
    env = dict.fromkeys(("STYRDOKUMENT_INDEX_DATABASE", "STYRDOKUMENT_JOURNAL_DATABASE"), address)
    data = tmp_path / "data"
    assert call("init", "--data", data, env=env).exit_code == 0
    assert add(data, "eva", env=env).exit_code == 0
    assert call("verify", "--data", data, env=env).exit_code == 0


@pytest.mark.parametrize("name", ["INDEX", "JOURNAL"])
@pytest.mark.parametrize("command", ["health", "init", "rebuild", "verify"])
def test_a_server_that_is_away_is_told_in_a_line(data, command, name):
    if command == "init":
        shutil.rmtree(data)
    env = {f"STYRDOKUMENT_{name}_DATABASE": NOWHERE}
    if name == "JOURNAL" and command != "init":
        (data / "journal.db").unlink()
    check_refused(call(command, "--data", data, env=env), f"{name.lower()}_database", "127.0.0.1")


def test_a_beginning_that_no_server_answered_can_be_begun_again(tmp_path, settings):
    data = tmp_path / "data"
    check_refused(call("init", "--data", data, env={"STYRDOKUMENT_INDEX_DATABASE": NOWHERE}))
    assert not (data / "record.git").exists()
    assert call("init", "--data", data, env=settings).exit_code == 0


def test_config_never_prints_the_password(data):
    env = {"STYRDOKUMENT_JOURNAL_DATABASE": NOWHERE}
    done = call("config", "--data", data, env=env)
    assert "journal_database = ***\n" in done.stdout
    assert "hemligt" not in done.output


def test_two_installations_do_not_share_an_index(data, tmp_path, server):
    env = {"STYRDOKUMENT_INDEX_DATABASE": server.database()}
    assert call("health", "--data", data, env=env).exit_code == 0
    other = tmp_path / "other"
    assert call("init", "--data", other, env=env).exit_code == 0
    check_refused(call("health", "--data", other, env=env), "index of another record")
    check_refused(call("rebuild", "--data", other, env=env), "index of another record")
    assert call("verify", "--data", data, env=env).exit_code == 0


def test_two_installations_do_not_share_a_journal(tmp_path, settings):
    first, other = tmp_path / "first", tmp_path / "other"
    assert call("init", "--data", first, env=settings).exit_code == 0
    assert add(first, "eva", env=settings).exit_code == 0
    check_refused(call("init", "--data", other, env=settings), "1 accounts")
    assert not (other / "record.git").exists()
    assert call("init", "--data", other).exit_code == 0
    (other / "journal.db").unlink()
    check_refused(add(other, "gun", env=settings), "journal of another record")


def test_a_file_of_another_record_is_simply_made_anew(data, tmp_path):
    other = tmp_path / "other"
    assert call("init", "--data", other).exit_code == 0
    (data / "index.db").replace(other / "index.db")
    assert call("verify", "--data", other).exit_code == 0


# killed at any write


def begin_and_die(data, env, nth):
    """Whether `init` was killed before it was done: before its n-th statement to the server."""
    numbers = count(1)

    def strike(connection, *_facts):
        if connection.dialect.name == "postgresql" and next(numbers) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        try:
            for moment in ("before_cursor_execute", "commit"):
                event.listen(Engine, moment, strike)
            os._exit(call("init", "--data", data, env=env).exit_code)
        finally:
            os._exit(99)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, -signal.SIGKILL}
    return status != 0


def test_wherever_a_beginning_on_a_server_is_killed_beginning_again_ends_well(tmp_path, server):
    nth, is_killed = 1, True
    while is_killed:
        address, data = server.database(), tmp_path / str(nth)
        env = {"STYRDOKUMENT_JOURNAL_DATABASE": address, "STYRDOKUMENT_INDEX_DATABASE": address}
        is_killed = begin_and_die(data, env, nth)
        assert call("init", "--data", data, env=env).exit_code == 0
        assert add(data, "eva", env=env).exit_code == 0
        assert call("health", "--data", data, env=env).exit_code == 0
        server.drop(address)
        nth += EVERY
    assert nth > 4 * EVERY


def test_a_beginning_that_was_cut_off_once_its_journal_was_moved_goes_on(
    tmp_path, settings, monkeypatch
):
    def copy_and_stop(*places, **how):
        copy_journal(*places, **how)
        raise InterruptedError

    def fill(house):
        beginning.fill_nearly_empty(house)
        house.accounts.add("eva", name="Eva", password=PASSWORD, at=house.now())

    servers = {"journal.db": settings["STYRDOKUMENT_JOURNAL_DATABASE"]}
    how = {
        "join": lambda place: join(Config(data=place)),
        "fill": fill,
        "configuration": (FILE, b""),
        "servers": servers,
    }
    with monkeypatch.context() as patch:
        patch.setattr(beginning, "copy_journal", copy_and_stop)
        with pytest.raises(InterruptedError):
            beginning.begin(tmp_path, **how)
    assert beginning.begin(tmp_path, **how)
    done = call("journal", "copy", "--to", tmp_path / "x.db", "--data", tmp_path, env=settings)
    assert "1 accounts\n" in done.stdout


# moving


def test_a_journal_moves_to_a_server_and_back(data, settings, tmp_path):
    address = settings["STYRDOKUMENT_JOURNAL_DATABASE"]
    done = call("journal", "copy", "--to", address, "--data", data)
    assert done.exit_code == 0
    assert "2 accounts\n" in done.stdout
    (data / "journal.db").replace(tmp_path / "kept.db")
    (data / "index.db").unlink()
    assert add(data, "eva", env=settings).exit_code == 0
    assert call("verify", "--data", data, env=settings).exit_code == 0
    back = data / "journal.db"
    done = call("journal", "copy", "--json", "--to", back, "--data", data, env=settings)
    assert json.loads(done.stdout)["accounts"] == 3
    house = open_house(read_config(data, {}))
    assert [person.name for person in house.accounts.people()] == ["Arvid", "Eva", "Karin"]
    assert house.accounts.authenticate("eva", PASSWORD)
    house.close()


def test_a_journal_is_not_copied_where_one_is(data, settings):
    address = settings["STYRDOKUMENT_JOURNAL_DATABASE"]
    assert call("journal", "copy", "--to", address, "--data", data).exit_code == 0
    refused = call("journal", "copy", "--to", address, "--data", data)
    check_refused(refused, "there is a journal already", "2 accounts")
    check_refused(call("journal", "copy", "--to", data / "journal.db", "--data", data), "already")


@pytest.mark.parametrize("to", ["mysql://db/journal", "postgresql://db/journal", NOWHERE])
def test_an_address_that_leads_nowhere_is_told(data, to):
    check_refused(call("journal", "copy", "--to", to, "--data", data))


def test_a_journal_that_was_forgotten_in_its_file_stops_the_start(data, settings):
    check_refused(call("health", "--data", data, env=settings), "journal.db", "journal copy")
    assert call("health", "--data", data).exit_code == 0


def test_a_copy_made_while_others_have_it_open_says_so(data, settings):
    house = open_house(read_config(data, {}))
    address = settings["STYRDOKUMENT_JOURNAL_DATABASE"]
    done = call("journal", "copy", "--to", address, "--data", data)
    house.close()
    assert done.exit_code == 0
    assert "open" in done.stderr


# served


class Browser:
    """Somebody's browser: cookies kept, redirects followed, forms sent as they stand."""

    def __init__(self, address):
        self.address = address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)

    def look(self, path):
        with self._opener.open(f"{self.address}{path}", timeout=60) as answer:
            return html.fromstring(answer.read().decode())

    def send(self, path, action, **typed):
        """Send the form on `path` that leads to `action`; where it led."""
        found = [form for form in self.look(path).forms if form.get("action") == action]
        fields = [pair for pair in found[0].form_values() if pair[0] not in typed]
        data = urllib.parse.urlencode([*fields, *typed.items()]).encode()
        with self._opener.open(f"{self.address}{action}", data, timeout=60) as answer:
            return answer.geturl().removeprefix(self.address)

    def sign_in(self, login):
        self.send("/session", "/session", username=login, password="styrdokument")
        return self


@contextmanager
def serving(data, env):
    """A server in a process of its own: its address."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    words = [sys.executable, "-m", "styrdokument", "serve", "--port", str(port), "--data", data]
    with subprocess.Popen(
        words, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(600):
                assert process.poll() is None, process.stderr.read()
                try:
                    urllib.request.urlopen(f"{address}/health.json", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield SimpleNamespace(address=address, process=process)
        finally:
            process.terminate()
            process.communicate(timeout=60)


@pytest.mark.slow
def test_a_document_is_adopted_in_a_demonstration_that_is_served_from_a_server(tmp_path, settings):
    data = tmp_path / "data"
    assert call("init", "--demo", "--data", data, env=settings).exit_code == 0
    with serving(data, settings) as served:
        alma, dag = (Browser(served.address).sign_in(login) for login in ("alma", "dag"))
        document, version = first_free(alma)
        case = open_revision(alma, document)
        editor = f"{case}/documents/{document}"
        text = alma.look(editor).xpath("string(//textarea[@name='text'])")
        alma.send(editor, editor, text=f"{text}\n\nEtt tillägg om tvål.\n")
        alma.send(case, f"{case}/submission", change_note="Tvål.", significance="minor")
        for login in ("birgit", "cecilia"):
            reviewer = Browser(served.address).sign_in(login)
            reviewer.send(case, f"{case}/approvals")
        dag.send(case, f"{case}/decision", password="styrdokument")
        shown = Browser(served.address).look(f"/documents/{document}")
        assert "Ett tillägg om tvål." in shown.text_content()
        assert shown.xpath("//main//@data-version")[0] == str(version + 1)
        found = Browser(served.address).look("/search?q=till%C3%A4gg+tv%C3%A5l")
        assert f"/documents/{document}" in found.xpath("//main//a/@href")
    assert call("verify", "--data", data, env=settings).exit_code == 0
    assert not [path.name for path in data.rglob("*.db*")]


def first_free(browser):
    """A public routine in force that nobody is revising: its number and version."""
    address = f"{browser.address}/documents.json?standing=in_force&type=routine"
    with urllib.request.urlopen(address, timeout=60) as answer:
        listed = json.load(answer)["documents"]
    for one in listed:
        page = browser.look(f"/documents/{one['id']}/actions")
        if page.xpath("//form[@action='/cases'][.//input[@name='kind' and @value='revise']]"):
            return one["id"], one["version"]
    raise AssertionError(listed)


def open_revision(browser, document):
    path = f"/documents/{document}/actions"
    for form in browser.look(path).forms:
        fields = dict(form.form_values())
        if form.get("action") == "/cases" and fields.get("kind") == "revise":
            data = urllib.parse.urlencode(fields).encode()
            with browser._opener.open(f"{browser.address}/cases", data, timeout=60) as answer:
                led_to = answer.geturl().removeprefix(browser.address)
            return re.match(r"/cases/\d+", led_to)[0]
    raise AssertionError(path)
