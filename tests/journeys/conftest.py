"""A real server over a demonstration region, and a real browser in front of it.

The region is made once, by the command that a new user types; every test gets a copy, served by a
process of its own on a free port of this machine.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD = "styrdokument"
PATIENCE_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Served:
    """A region that is being served: where, from which data, by which process."""

    address: str
    data: Path
    process: "subprocess.Popen[bytes]"


def command(*words: str, data: Path) -> "subprocess.CompletedProcess[str]":
    """Run `styrdokument` as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "styrdokument", *words, "--data", str(data)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The region that `init --demo` makes."""
    data = tmp_path_factory.mktemp("demonstration") / "var"
    made = command("init", "--demo", data=data)
    assert made.returncode == 0, made.stderr
    return data


@pytest.fixture
def served(demonstration: Path, tmp_path: Path) -> Iterator[Served]:
    """A copy of the region, served."""
    with _serving(demonstration, tmp_path / "var") as found:
        yield found


@pytest.fixture(scope="module")
def shown(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same for whoever only reads, so that one will do."""
    with _serving(demonstration, tmp_path_factory.mktemp("shown") / "var") as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    with sync_playwright() as playwright:
        found = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
        chromium = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Callable[[str], Page]]:
    """`visit("alma")`: a browser of her own, signed in; `visit("")`: nobody is."""
    contexts = []

    def sign_in(login: str) -> Page:
        context = browser.new_context(base_url=served.address, locale="sv-SE")
        contexts.append(context)
        page = context.new_page()
        page.goto("/session" if login else "/")
        if login:
            page.fill("[name=username]", login)
            page.fill("[name=password]", PASSWORD)
            press(page, "/session")
        return page

    yield sign_in
    for context in contexts:
        context.close()


def unfold(page: Page, address: str) -> None:
    """Show the form with that address, where the page keeps it folded."""
    folded = page.locator(f'main details:not([open]):has(form[action="{address}"]) > summary')
    if folded.count():
        folded.first.click()


def press(page: Page, address: str) -> None:
    """Send the form with that address, and wait for where it leads."""
    unfold(page, address)
    button = "button[type=submit]:not([formaction])"
    with page.expect_navigation():
        page.locator(f'main form[action="{address}"] {button}').first.click()


@contextmanager
def _serving(demonstration: Path, data: Path) -> Iterator[Served]:
    shutil.copytree(demonstration, data)
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "styrdokument", "serve", "--port", str(port), "--data", str(data)],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    found = Served(address=f"http://127.0.0.1:{port}", data=data, process=process)
    try:
        _wait_for(found)
        yield found
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=PATIENCE_SECONDS)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(served: Served) -> None:
    for _ in range(PATIENCE_SECONDS * 10):
        assert served.process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{served.address}/health.json", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(served.address)
