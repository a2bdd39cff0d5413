"""The command `check`, and the hook that runs it at each commit of a real clone."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from styrdokument.cli import main
from styrdokument.resources import folder

FOLDER = "documents/00/10/1042"
TEXT = """---
id: 1042
title: Handhygien
type: instruction
applies_to: [region]
---

{}
"""
ROLES = """unit: medicinkliniken
case_officer: p-a1ma0000
fact_owner: p-a1ma0000
adopter: [verksamhetschef-medicin]
"""
GOOD, BAD = "Tvätta händerna.", "[Hit](javascript:alert)"
SWEDISH = f"{FOLDER}/text.md:8: bad_text.bad_link: Länken ”javascript:alert” är inte tillåten.\n"
ENGLISH = f"{FOLDER}/text.md:8: bad_text.bad_link: The link “javascript:alert” is not allowed.\n"
SAID = {"LANGUAGE": "", "LC_ALL": "", "LANG": "sv_SE.UTF-8"}


def write(root: Path, body: str, number: int = 1042) -> None:
    place = root / f"documents/00/10/{number}"
    place.mkdir(parents=True, exist_ok=True)
    text = TEXT.format(body).replace("id: 1042", f"id: {number}")
    (place / "text.md").write_text(text, "utf-8")
    (place / "roles.yaml").write_text(ROLES, "utf-8")


def git(clone: Path, *words: str, **environment: str):
    """Real git, with the command on its PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    known = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": path}
    return subprocess.run(
        ["git", *words],
        cwd=clone,
        env=os.environ | known | SAID | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def clone(tmp_path):
    """A repository with registers, a sound document, and the hook."""
    root = tmp_path / "clone"
    shutil.copytree(folder("content") / "registers", root / "registers")
    git(tmp_path, "init", "-q", "-b", "main", "clone")
    for name, value in (("user.name", "Alma"), ("user.email", "p-a1ma0000@record.invalid")):
        git(root, "config", name, value)
    write(root, GOOD)
    git(root, "add", ".")
    assert git(root, "commit", "-qm", "init").returncode == 0
    shutil.copy(folder("hooks") / "pre-commit", root / ".git/hooks/pre-commit")
    return root


def check(clone, *words, **environment):
    """The command, from the top of the clone."""
    before = Path.cwd()
    os.chdir(clone)
    done = CliRunner().invoke(main, ["check", *words], env=SAID | environment)
    os.chdir(before)
    return SimpleNamespace(code=done.exit_code, out=done.stdout, err=done.stderr)


def test_a_sound_clone_is_passed_over_in_silence(clone):
    assert vars(check(clone, ".")) == {"code": 0, "out": "", "err": ""}


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, SWEDISH),
        ({"LANG": ""}, SWEDISH),
        ({"LANG": "en_GB.UTF-8"}, ENGLISH),
        ({"LC_ALL": "C.UTF-8", "LANG": "en_GB.UTF-8"}, SWEDISH),
        ({"LC_ALL": "en_US"}, ENGLISH),
        ({"LANGUAGE": "sv:en", "LC_ALL": "en_US"}, SWEDISH),
        ({"LANGUAGE": "en:sv"}, ENGLISH),
    ],
)
def test_a_problem_is_a_line_in_the_shells_language(clone, environment, words):
    write(clone, BAD)

    assert vars(check(clone, "documents", **environment)) == {"code": 1, "out": words, "err": ""}


def test_the_same_is_said_in_json(clone):
    write(clone, BAD)
    done = check(clone, FOLDER, "--json")

    assert done.code == 1
    assert json.loads(done.out) == [
        {
            "file": f"{FOLDER}/text.md",
            "line": 8,
            "code": "bad_text",
            "rule": "bad_link",
            "words": "Länken ”javascript:alert” är inte tillåten.",
        }
    ]


@pytest.mark.parametrize("words", [(), ("nowhere",), ("registers",), ("--nope", ".")])
def test_what_cannot_be_checked_is_told_in_a_line(clone, words):
    done = check(clone, *words)

    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)


def test_registers_that_are_broken_are_told_in_a_line(clone):
    (clone / "registers/types.yaml").write_text("routine: [\n")
    done = check(clone, ".")

    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "Rad" in done.err


def test_it_needs_neither_a_database_nor_git_nor_the_web(clone):
    write(clone, BAD)
    ask = "import sys; from styrdokument.actions import checking; print(*sys.modules)"
    known = {"cwd": clone, "capture_output": True, "text": True}
    loaded = subprocess.run([sys.executable, "-c", ask], check=True, **known).stdout.split()

    assert not {"sqlalchemy", "dulwich", "flask", "granian", "cryptography"} & set(loaded)


def test_a_name_that_no_terminal_could_show_breaks_nothing(clone):
    (clone / FOLDER / "a\x1b[2J\nb.csv").write_bytes(b"a\n")
    (clone / os.fsdecode(f"{FOLDER}/\udcff.csv".encode(errors="surrogateescape"))).touch()
    done = check(clone, ".")

    assert done.code == 1
    assert "\x1b" not in done.out
    assert all(line.startswith(f"{FOLDER}/") for line in done.out.splitlines())
    assert len(json.loads(check(clone, ".", "--json").out)) == len(done.out.splitlines())


def test_the_hook_lets_a_sound_commit_through(clone):
    write(clone, "Sprita.")
    done = git(clone, "commit", "-qam", "Sprita")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_hook_stops_a_commit_and_says_why(clone):
    write(clone, BAD)
    done = git(clone, "commit", "-qam", "Fel")
    english = git(clone, "commit", "-qam", "Fel", LANG="en_GB.UTF-8")

    assert done.returncode == english.returncode == 1
    assert SWEDISH in done.stdout + done.stderr
    assert ENGLISH in english.stdout + english.stderr
    assert git(clone, "rev-list", "--count", "HEAD").stdout == "1\n"
    assert git(clone, "commit", "--no-verify", "-qam", "Ändå").returncode == 0


def test_the_hook_judges_what_is_staged_and_nothing_else(clone):
    write(clone, BAD)
    git(clone, "add", ".")
    write(clone, GOOD)
    staged_bad = git(clone, "commit", "-qm", "Fel")
    git(clone, "add", ".")
    write(clone, "Sprita.", 1043)
    git(clone, "add", ".")
    write(clone, BAD, 1043)
    write(clone, BAD)

    assert staged_bad.returncode == 1
    assert git(clone, "commit", "-qm", "Ny").returncode == 0


def test_the_hook_does_not_ask_about_documents_that_the_commit_leaves_alone(clone):
    write(clone, BAD, 1099)
    git(clone, "add", ".")
    git(clone, "commit", "--no-verify", "-qm", "Fel")
    write(clone, "Sprita.")
    (clone / "README.md").write_text("x\n")
    git(clone, "add", ".")

    assert git(clone, "commit", "-qm", "Sprita").returncode == 0


def test_the_hook_sees_a_removed_appendix_and_lets_a_whole_document_go(clone):
    (clone / FOLDER / "plan.csv").write_text("a\n")
    write(clone, "Se [planen](plan.csv).")
    git(clone, "add", ".")
    with_plan = git(clone, "commit", "-qm", "Plan")
    git(clone, "rm", "-q", f"{FOLDER}/plan.csv")
    without = git(clone, "commit", "-qm", "Utan")
    git(clone, "rm", "-qr", FOLDER)

    assert (with_plan.returncode, with_plan.stderr) == (0, "")
    assert without.returncode == 1
    assert "bad_text.missing_appendix" in without.stdout + without.stderr
    assert git(clone, "commit", "-qm", "Borta").returncode == 0


def test_the_hook_finds_a_document_in_the_wrong_place_and_odd_names(clone):
    place = clone / "documents/hand hygien"
    shutil.copytree(clone / FOLDER, place)
    git(clone, "add", ".")
    done = git(clone, "commit", "-qm", "Fel")

    assert done.returncode == 1
    assert "documents/hand hygien/text.md:1: bad_front_matter.other_folder" in (
        done.stdout + done.stderr
    )


def test_the_hook_leaves_nothing_behind(clone, tmp_path):
    write(clone, BAD)
    place = tmp_path / "temporary"
    place.mkdir()
    git(clone, "commit", "-qam", "Fel", TMPDIR=str(place))

    assert list(place.iterdir()) == []
    assert git(clone, "status", "--porcelain").stdout == f"M  {FOLDER}/text.md\n" or (
        git(clone, "status", "--porcelain").stdout == f" M {FOLDER}/text.md\n"
    )


def test_the_hook_says_so_where_there_is_no_command(clone):
    write(clone, GOOD + "\n\nMer.")
    done = git(clone, "commit", "-qam", "Mer", STYRDOKUMENT="/nowhere/styrdokument")

    assert done.returncode == 1
    assert "/nowhere/styrdokument" in done.stderr
