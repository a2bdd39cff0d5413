"""The hooks on their own: a repository that another git server serves, and a guard that is away."""

import os
import subprocess
from pathlib import Path

import pytest

from styrdokument.domain.case import CaseNumber
from tests.door.conftest import Clone, Door, Ran, answered, run_git, said
from tests.door.test_authors import revise


def push_by_path(door: Door, clone: Clone, branch: str, **variables: str) -> Ran:
    """Push straight to the folder, as a server of another kind would run git."""
    told = {"PATH": os.environ["PATH"], "HOME": os.devnull, "LANGUAGE": "sv", "LC_ALL": "C.UTF-8"}
    unhidden = ("-c", "transfer.hideRefs=!refs/heads/draft")
    receive = f"git {' '.join(unhidden)} receive-pack"
    return subprocess.run(
        [*("git", "-C", str(clone.place), "push", f"--receive-pack={receive}"),
         str(door.data / "record.git"), f"HEAD:refs/heads/{branch}"],
        env={**told, **variables}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_another_server_names_the_person_and_the_same_rules_hold(door: Door) -> None:
    alma = door.clone("alma")
    tip = revise(alma, "draft/spolning")

    nobody = push_by_path(door, alma, "draft/spolning")
    stranger = push_by_path(door, alma, "draft/spolning", REMOTE_USER="eva")
    pushed = push_by_path(door, alma, "draft/spolning", STYRDOKUMENT_PERSON="alma")

    assert nobody.returncode != 0
    assert "wrong_role.git" in stranger.stderr
    assert pushed.returncode == 0, pushed.stderr
    assert said(pushed)[0] == "Mottaget i ärende 2 (Revidera, Utkast)."
    assert door.house.cases.read(CaseNumber(2)).tip == tip


@pytest.mark.slow
@pytest.mark.parametrize("hook", ["pre-receive", "proc-receive"])
def test_where_the_guard_cannot_answer_nothing_enters(door: Door, hook: str) -> None:
    shim = door.data / "record.git" / "hooks" / hook
    shim.write_text(shim.read_text().replace("guard.py", "gone.py"))
    alma, refs = door.clone("alma"), door.refs()
    revise(alma, "draft/spolning")

    pushed = push_by_path(door, alma, "draft/spolning", STYRDOKUMENT_PERSON="alma")

    assert pushed.returncode != 0
    assert door.refs() == refs


def test_a_guard_that_fails_lets_nothing_in(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("styrdokument.actions.pushes.answering.judge", fail)
    alma, refs = door.clone("alma"), door.refs()
    revise(alma, "draft/spolning")

    pushed = alma.push("draft/spolning")

    assert answered(pushed) == {"draft/spolning": "failed"}
    assert said(pushed)[0].startswith("refs/heads/draft/spolning: något gick fel.")
    assert door.refs() == refs


def test_what_git_wrote_is_sound_and_all_of_it_is_led_to(door: Door) -> None:
    alma = door.clone("alma")
    revise(alma, "draft/spolning")
    assert alma.push("draft/spolning").returncode == 0

    found = run_git("-C", str(door.data / "record.git"), "fsck", "--strict", "--full")

    assert found.returncode == 0
    assert [line for line in found.stderr.splitlines() if "dangling" not in line] == []


def test_the_hooks_are_where_git_looks_for_them(door: Door) -> None:
    hooks = door.data / "record.git" / "hooks"

    assert {path.name for path in hooks.iterdir()} == {"pre-receive", "proc-receive"}
    assert all(os.access(path, os.X_OK) for path in hooks.iterdir())
    assert "@" not in "".join(Path(path).read_text() for path in hooks.iterdir())
