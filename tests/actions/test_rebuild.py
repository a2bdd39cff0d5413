"""However a region has lived, its index follows from the record alone, row by row."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from styrdokument.actions.verifying import verify_house, verify_repository
from styrdokument.domain.decisionfile import DecisionKind
from styrdokument.store.index import Index
from styrdokument.store.sql import open_database
from tests.actions.acts import Life
from tests.views.library import close

ACTS = 120
MOST = 600
SEEDS = (1, 2)


@pytest.fixture(scope="module", params=SEEDS)
def life(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Life]:
    """A region that has lived long; an index beside its own came along half-way and at the end."""
    folder = tmp_path_factory.mktemp("life")
    (folder / "data").mkdir()
    life = Life(folder / "data", folder / "source", request.param)
    beside(life, folder)
    life.go_on(ACTS // 2)
    beside(life, folder)
    life.go_on(ACTS // 2)
    while kinds_in(life) != set(DecisionKind) and life.done.total() < MOST:
        life.go_on(10)
    yield life
    close(life.house)


def kinds_in(life: Life) -> set[DecisionKind]:
    """The kinds of decisions that were made."""
    return {filed.decision.kind for filed in life.house.record.everything_decided()}


def beside(life: Life, folder: Path) -> list[object]:
    """Bring an index of its own to where the record is; its rows."""
    index = life.house.index.another(open_database(folder / "beside.db"))
    index.prepare()
    index.catch_up()
    rows = list(index.dump())
    index.engine.dispose()
    return rows


def rows_of(index: Index) -> list[object]:
    return list(index.dump())


def test_every_kind_of_decision_was_made_in_it(life: Life) -> None:
    assert kinds_in(life) == set(DecisionKind)
    assert {act.split()[0] for act in life.done} >= {"withdraw", "return", "comment", "reassign"}
    assert life.done["decide urgent"] > 0


def test_an_index_made_anew_is_equal_row_by_row(life: Life) -> None:
    kept = rows_of(life.house.index)
    versions = life.house.index.rebuild()
    assert rows_of(life.house.index) == kept
    assert versions == sum(1 for table, _ in kept if table == "versions")


def test_an_index_that_comes_after_in_one_go_is_equal_row_by_row(life: Life) -> None:
    folder = life.house.data.parent
    assert beside(life, folder) == rows_of(life.house.index)
    (folder / "beside.db").unlink()
    assert beside(life, folder) == rows_of(life.house.index)


def test_all_of_it_is_found_whole(life: Life, tmp_path: Path) -> None:
    assert verify_house(life.house).findings == ()
    words = ["git", "clone", "-q", str(life.house.git.path), str(tmp_path / "clone")]
    subprocess.run(words, check=True)
    assert verify_repository(tmp_path / "clone").findings == ()


def test_git_and_ssh_keygen_accept_all_of_it_from_a_clone(life: Life, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(life.house.git.path), str(clone)], check=True)
    subprocess.run(["git", "fsck", "--strict"], cwd=life.house.git.path, check=True)
    signers = clone / "registers" / "signers"
    commits = run(clone, "git", "rev-list", "HEAD").split()
    option = f"gpg.ssh.allowedSignersFile={signers}"
    run(clone, "git", "-c", option, "verify-commit", *commits)
    files = sorted(clone.glob("**/decisions/*.json"))
    assert len(files) == verify_repository(clone).decisions
    for file in files:
        words = ["-Y", "verify", "-f", str(signers), "-I", "styrdokument@record.invalid"]
        words += ["-n", "styrdokument-decision", "-s", f"{file}.sig"]
        told = run(clone, "ssh-keygen", *words, data=file.read_bytes())
        assert re.match('Good "styrdokument-decision" signature', told)


def run(folder: Path, *words: str, data: bytes | None = None) -> str:
    """What a command prints; it has to succeed."""
    done = subprocess.run(words, cwd=folder, input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()
