"""However a region has lived, its index follows from the record alone, row by row."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from styrdokument.actions.verifying import verify_house, verify_repository
from styrdokument.domain.decisionfile import DecisionKind
from styrdokument.store.index import Index
from tests.actions.acts import Life
from tests.databases import POSTGRESQL, SQLITE, Databases
from tests.postgres import Server
from tests.views.library import close

ACTS = 120
MOST = 600
SEEDS = {SQLITE: 1, POSTGRESQL: 2}


@pytest.fixture(scope="module")
def lived(
    databases: Databases, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Life, Index]]:
    """A region that has lived long; and an index in the other kind of database, half-way along."""
    folder = tmp_path_factory.mktemp("life")
    (folder / "data").mkdir()
    life = Life(databases.place(folder / "data"), folder / "source", SEEDS[databases.kind])
    other = Databases(None if databases.kind == POSTGRESQL else server)
    beside = life.house.index.another(other.engine(folder, "index"))
    beside.prepare()
    beside.catch_up()
    life.go_on(ACTS // 2)
    beside.catch_up()
    life.go_on(ACTS // 2)
    while kinds_in(life) != set(DecisionKind) and life.done.total() < MOST:
        life.go_on(10)
    yield life, beside
    beside.engine.dispose()
    close(life.house)


@pytest.fixture
def life(lived: tuple[Life, Index]) -> Life:
    return lived[0]


@pytest.fixture
def beside(lived: tuple[Life, Index]) -> Index:
    return lived[1]


def kinds_in(life: Life) -> set[DecisionKind]:
    """The kinds of decisions that were made."""
    return {filed.decision.kind for filed in life.house.record.everything_decided()}


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


def test_an_index_that_comes_after_in_the_other_kind_of_database_is_equal_row_by_row(
    life: Life, beside: Index
) -> None:
    beside.catch_up()
    assert rows_of(beside) == rows_of(life.house.index)
    beside.rebuild()
    assert rows_of(beside) == rows_of(life.house.index)


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
