"""`styrdokument remind`: what would go out, to whom and why; and letting it go."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from styrdokument.cli import main
from tests.databases import Databases
from tests.views.library import DUE


@pytest.fixture
def data(
    databases: Databases, tmp_path: Path, prepared: tuple[Path, dict[str, str]]
) -> Iterator[Path]:
    """A copy of the library that nobody has open."""
    kept = os.umask(0)
    copied = databases.copy(prepared[0], tmp_path / "data")
    yield copied
    databases.remove(copied)
    os.umask(kept)


def remind(data: Path, *words: str, language: str = "sv") -> Result:
    command = ["remind", "--data", str(data), *words]
    return CliRunner().invoke(main, command, env={"LANGUAGE": language})


def test_a_dry_run_says_what_would_go_to_whom_and_why_and_claims_nothing(data: Path) -> None:
    for _ in range(2):
        done = remind(data, "--on", "2026-12-10", "--dry-run")
        assert done.exit_code == 0
        assert (
            "  1002 Provtagning, version 1: till och med 2026-12-10, sista dagen; "
            "chef (Verksamhetschef medicin)" in done.stdout
        )
        assert "Ingenting har skickats." in done.stdout
    english = remind(data, "--on", "2026-12-10", "--dry-run", language="en").stdout
    assert "until 10 December 2026, the last day; fact owner" in english


def test_it_is_let_go_once_and_json_tells_the_same(data: Path) -> None:
    told = json.loads(remind(data, "--on", "2026-12-10", "--json").stdout)
    alma = next(one for one in told["reminders"] if one["name"] == "Alma")
    (due,) = (one for one in alma["documents"] if one["document"] == DUE)
    assert due == {
        "document": DUE,
        "version": 1,
        "title": "Provtagning",
        "stage": "0 days",
        "stage_on": "2026-12-10",
        "ends_on": "2026-12-10",
        "why": {"part": "case_officer", "entry": alma["person"], "instead_of": []},
    }
    assert (told["on"], told["since"], told["dry_run"], told["nobody"]) == (
        "2026-12-10",
        None,
        False,
        [],
    )
    again = json.loads(remind(data, "--on", "2026-12-10", "--json").stdout)
    assert again["reminders"] == []
    assert "Det finns inga påminnelser att skicka den 2026-12-11." in (
        remind(data, "--on", "2026-12-11").stdout
    )


def test_the_letters_go_at_once_and_not_at_all_in_a_dry_run(data: Path) -> None:
    remind(data, "--on", "2026-12-10", "--dry-run")
    assert not list(data.glob("mail/*.eml"))
    remind(data, "--on", "2026-12-10")
    letters = [file.read_bytes() for file in data.glob("mail/*.eml")]
    assert any(b"To: Alma" in letter for letter in letters)


@pytest.mark.parametrize("day", ["2026-02-30", "soon", "2026-13-01", ""])
def test_a_day_that_is_none_is_refused_in_a_line(data: Path, day: str) -> None:
    done = remind(data, "--on", day)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
