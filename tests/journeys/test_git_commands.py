"""What the page of git tells somebody to type, typed by them: with real git, as it stands there."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import PASSWORD, Served, press

DOCUMENT = "documents/00/10/1001/text.md"


def commands(page: Page) -> dict[str, str]:
    """What is to be typed, by name."""
    found = page.locator("[data-commands]").all()
    return {one.get_attribute("data-commands") or "": one.inner_text() for one in found}


def make_token(page: Page) -> str:
    page.fill("#field-name", "min dator")
    page.fill("#field-password", PASSWORD)
    press(page, "/git/tokens")
    return page.locator("[data-secret]").inner_text()


@pytest.fixture
def shell(tmp_path: Path) -> Callable[..., str]:
    """A shell that answers git with a secret; the command of the product is on its PATH."""
    ask = tmp_path / "ask"
    environment = {
        "GIT_ASKPASS": str(ask),
        "GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LANGUAGE": "sv",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }

    def typed(lines: str, *, at: Path, secret: str = "") -> str:
        if secret:
            ask.write_text(f"#!/bin/sh\necho {secret}\n")
            ask.chmod(0o700)
        done = subprocess.run(
            ["sh", "-ec", lines],
            cwd=at,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return typed


def test_the_commands_of_the_page_do_what_it_says(
    visit: Callable[[str], Page], shell: Callable[..., str], tmp_path: Path, served: Served
) -> None:
    alma = visit("alma")
    alma.goto("/git?document=1001")
    lines = commands(alma)
    secret = make_token(alma)
    clone = tmp_path / "record"

    shell(lines["clone"], at=tmp_path, secret=secret)
    shell(lines["write"], at=clone)
    text = (clone / DOCUMENT).read_text("utf-8")
    (clone / DOCUMENT).write_text(f"{text}\nNytt telefonnummer: 112.\n", "utf-8")
    shell(lines["check"], at=clone)
    pushed = shell(lines["push"], at=clone)
    (clone / DOCUMENT).write_text(f"{text}\nNytt telefonnummer: 113.\n", "utf-8")
    shell("git commit -qa --amend --no-edit", at=clone)
    forced = shell(lines["force"], at=clone)
    shell(lines["pull"], at=clone)
    (clone / DOCUMENT).write_text(f"{text}\nNytt telefonnummer: 114.\n", "utf-8")
    shell(lines["check"], at=clone)
    submitted = shell(lines["submit"], at=clone)
    (address,) = {line.split()[-1] for line in pushed.splitlines() if "/cases/" in line}
    alma.goto(address)

    assert address.startswith(served.address)
    assert address in forced
    assert "Birgit, Cecilia" in submitted
    assert alma.locator("main").get_attribute("data-case-state") == "in_review"
    assert "Nytt telefonnummer: 114." in alma.locator("main").inner_text()
    alma.goto("/git")
    assert alma.locator("tr[data-token] .day").nth(2).inner_text() != "Aldrig"


def test_the_other_commands_of_the_page_are_taken_too(
    visit: Callable[[str], Page], shell: Callable[..., str], tmp_path: Path
) -> None:
    alma = visit("alma")
    alma.goto("/git?document=1002")
    lines = commands(alma)
    secret = make_token(alma)
    clone = tmp_path / "record.git"

    shell(lines["partial"].replace("git clone ", "git clone --bare "), at=tmp_path, secret=secret)
    shell("git branch draft/1002 main", at=clone)
    opened = shell(lines["without_text"], at=clone)
    shell(lines["keep"], at=clone)

    assert "/cases/" in opened
    assert "cache --timeout=28800" in (tmp_path / "gitconfig").read_text()
