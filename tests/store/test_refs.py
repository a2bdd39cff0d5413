"""Refs: read with and without git's packing, moved by compare-and-swap among many writers."""

import os
import subprocess
import threading
from datetime import UTC, datetime

import pytest

from styrdokument.domain.problems import Code, Conflict
from styrdokument.store.git import Damaged, Git, Missing

AT = datetime(2026, 11, 21, 14, tzinfo=UTC)
MAIN = "refs/heads/main"


@pytest.fixture
def git(tmp_path):
    git = Git.create(tmp_path / "record.git")
    yield git
    git.close()


def run(git, *words):
    done = subprocess.run(
        ["git", "-C", git.path, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(git, message, *parents):
    batch = git.batch()
    made = batch.commit(
        batch.tree(None, {}), parents=parents, author="p-7k2m9qxa", at=AT, message=message
    )
    batch.flush()
    return made


def test_a_ref_is_created_moved_and_deleted(git):
    one = commit(git, "one")
    two = commit(git, "two", one)
    assert git.tip(MAIN) is None
    git.move(MAIN, old=None, new=one)
    git.move(MAIN, old=one, new=two)
    assert git.tip(MAIN) == two == run(git, "rev-parse", "HEAD")
    git.move(MAIN, old=two, new=None)
    assert git.tip(MAIN) is None
    assert not list(git.path.rglob("*.lock"))


def test_a_ref_that_is_elsewhere_is_not_moved(git):
    one, two = commit(git, "one"), commit(git, "two")
    git.move(MAIN, old=None, new=one)
    for old, new in [(None, two), (two, one), (two, None), (two, two)]:
        with pytest.raises(Conflict) as caught:
            git.move(MAIN, old=old, new=new)
        assert [problem.code for problem in caught.value.problems] == [Code.BASE_MOVED]
        assert git.tip(MAIN) == one
    with pytest.raises(Conflict):
        git.move("refs/cases/1", old=one, new=two)
    assert not list(git.path.rglob("*.lock"))


def test_a_ref_that_somebody_else_has_locked_is_a_conflict(git):
    one = commit(git, "one")
    (git.path / f"{MAIN}.lock").touch()
    with pytest.raises(Conflict):
        git.move(MAIN, old=None, new=one)
    assert (git.path / f"{MAIN}.lock").exists()
    git.sweep()
    git.move(MAIN, old=None, new=one)


def test_a_ref_is_never_moved_to_what_cannot_be_read(git):
    one = commit(git, "one")
    batch = git.batch()
    unwritten, blob = batch.blob(b"unwritten"), git.batch().blob(b"x")
    with pytest.raises(Missing):
        git.move("refs/meta/numbers", old=None, new=unwritten)
    batch.flush()
    with pytest.raises(Missing):
        git.move(MAIN, old=None, new=unwritten)  # a blob is no commit
    git.move("refs/meta/numbers", old=None, new=unwritten)
    with pytest.raises(Missing):
        git.move(MAIN, old=None, new=blob)
    path = git.path / "objects" / one[:2] / one[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(Damaged):
        git.move(MAIN, old=None, new=one)


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "HEAD",
        "main",
        "refs/",
        "refs/heads/",
        "/refs/heads/x",
        "config",
        "../refs/heads/x",
        "refs/heads/../../config",
        "refs/heads/a..b",
        "refs/heads/.a",
        "refs/heads/a.lock",
        "refs/heads/a b",
        "refs/heads/a~1",
        "refs/heads/a^",
        "refs/heads/a:b",
        "refs/heads/a?",
        "refs/heads/a*",
        "refs/heads/a[",
        "refs/heads/a\\b",
        "refs/heads/a@{1}",
        "refs/heads/a.",
        "refs/heads//a",
        "refs/heads/a\n",
        "refs/heads/a\x7f",
        "refs/heads/a\0",
    ],
)
def test_a_name_that_git_would_refuse_is_refused(git, ref):
    one = commit(git, "one")
    with pytest.raises(ValueError, match="not a ref"):
        git.move(ref, old=None, new=one)
    with pytest.raises(ValueError, match="not a ref"):
        git.tip(ref)


def test_refs_are_the_same_after_git_has_packed_them(git):
    one, two = commit(git, "one"), commit(git, "two")
    names = [MAIN, "refs/cases/1", "refs/cases/17", "refs/heads/draft/17-handhygien", "refs/meta/å"]
    for name in names:
        git.move(name, old=None, new=one)
    for _ in range(2):
        assert git.tips("refs/") == dict.fromkeys(sorted(names), one)
        assert list(git.tips("refs/cases/")) == ["refs/cases/1", "refs/cases/17"]
        assert list(git.tips("refs/heads/draft/17-")) == ["refs/heads/draft/17-handhygien"]
        assert git.tips("refs/nothing/") == {}
        run(git, "pack-refs", "--all", "--prune")
    git.move("refs/cases/1", old=one, new=two)
    assert git.tip("refs/cases/1") == git.tips("refs/cases/")["refs/cases/1"] == two
    with pytest.raises(Conflict):
        git.move("refs/cases/17", old=None, new=two)


def test_a_packed_ref_is_deleted_for_good_and_its_neighbours_stay(git):
    one, two = commit(git, "one"), commit(git, "two", commit(git, "one"))
    for name in ("refs/cases/1", "refs/cases/11", "refs/x/cases/1"):
        git.move(name, old=None, new=one)
    run(git, "-c", "user.name=k", "-c", "user.email=k", "tag", "-a", "-m", "t", "v1", one)
    run(git, "pack-refs", "--all")
    git.move("refs/cases/1", old=one, new=two)
    git.move("refs/cases/1", old=two, new=None)
    assert git.tip("refs/cases/1") is None
    left = {line.split()[-1] for line in run(git, "show-ref").splitlines()}
    assert left == {"refs/cases/11", "refs/x/cases/1", "refs/tags/v1"} == git.tips("refs/").keys()
    git.move("refs/tags/v1", old=git.tip("refs/tags/v1"), new=None)
    assert run(git, "rev-parse", "refs/cases/11") == one
    assert "^" not in (git.path / "packed-refs").read_text().replace("^{}", "")


@pytest.mark.parametrize("is_packed", [False, True])
def test_one_name_cannot_be_both_a_ref_and_a_folder_of_refs(git, is_packed):
    one = commit(git, "one")
    git.move("refs/heads/draft/a/b", old=None, new=one)
    git.move("refs/heads/draft/c", old=None, new=one)
    if is_packed:
        run(git, "pack-refs", "--all", "--prune")
    for taken in ("refs/heads/draft/a", "refs/heads/draft", "refs/heads/draft/c/d/e"):
        with pytest.raises(Conflict):
            git.move(taken, old=None, new=one)
    git.move("refs/heads/draft/a/b", old=one, new=None)
    git.move("refs/heads/draft/a", old=None, new=one)
    assert run(git, "rev-parse", "refs/heads/draft/a") == one


def test_a_ref_file_that_is_not_an_id_is_damaged_and_not_taken_for_absent(git):
    for value in ("", "x\n", "0" * 39, "ref: refs/heads/other\n"):
        (git.path / MAIN).write_text(value)
        with pytest.raises(Damaged) as caught:
            git.tip(MAIN)
        assert caught.value.id == MAIN


def move_often(git, name, wins, times):
    for turn in range(times):
        while True:
            old = git.tip(MAIN)
            new = commit(git, f"{name} {turn}", *([old] if old else []))
            try:
                git.move(MAIN, old=old, new=new)
            except Conflict:
                continue
            wins.append(new)
            break


def test_eight_threads_moving_one_ref_lose_nothing(git):
    wins = []
    threads = [threading.Thread(target=move_often, args=(git, n, wins, 5)) for n in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    line = [it.id for it in git.line(git.tip(MAIN))]
    assert len(wins) == 40
    assert sorted(line) == sorted(wins)
    assert run(git, "fsck", "--strict", "--no-dangling") == ""


def test_eight_processes_moving_one_ref_lose_nothing_while_git_packs_refs(git, tmp_path):
    children = []
    for name in range(8):
        child = os.fork()
        if child == 0:
            wins = []
            try:
                move_often(git, name, wins, 5)
                (tmp_path / f"wins{name}").write_text("\n".join(wins))
            finally:
                os._exit(len(wins))
        children.append(child)
    running = set(children)
    while running:
        subprocess.run(
            ["git", "-C", git.path, "pack-refs", "--all"], check=False, capture_output=True
        )
        running = {child for child in running if os.waitpid(child, os.WNOHANG) == (0, 0)}
    wins = [win for name in range(8) for win in (tmp_path / f"wins{name}").read_text().split()]
    line = [it.id for it in git.line(git.tip(MAIN))]
    assert len(wins) == 40
    assert sorted(line) == sorted(wins) == sorted(run(git, "rev-list", MAIN).split())
    assert not list(git.path.rglob("tmp_*"))
