"""Keeping a repository in order changes nothing that anybody can see of it."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from styrdokument.store.git import Git
from styrdokument.store.housekeeping import STALE_SECONDS, keep

AT = datetime(2026, 11, 21, 14, tzinfo=timezone(timedelta(hours=1)))


def commits(git: Git, count: int) -> list[str]:
    """So many commits on `main`, each in files of its own."""
    made: list[str] = []
    for number in range(count):
        batch = git.batch()
        parents = [git.tip("refs/heads/main")] if made else []
        tree = batch.tree(
            parents[0] if parents else None, {f"{number}.md": batch.blob(b"x" * number)}
        )
        new = batch.commit(tree, parents=parents, author="p-a1ma0000", at=AT, message=f"{number}\n")
        batch.flush()
        git.move("refs/heads/main", old=parents[0] if parents else None, new=new)
        made.append(new)
    return made


@pytest.fixture
def git(tmp_path: Path) -> Iterator[Git]:
    git = Git.create(tmp_path / "record.git")
    yield git
    git.close()


def test_everything_is_read_as_before_while_it_is_packed(git: Git) -> None:
    made = commits(git, 30)
    before = [git.commit(one).message for one in made]
    files = [git.files(one) for one in made]

    keep(git.path)

    assert list((git.path / "objects").glob("[0-9a-f][0-9a-f]/*")) == []
    assert [git.commit(one).message for one in made] == before
    assert [git.files(one) for one in made] == files
    with closing(Git(git.path)) as fresh:
        assert [fresh.files(one) for one in made] == files
    keep(git.path)
    checked = subprocess.run(
        ["git", "-C", git.path, "fsck", "--strict"], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_what_nothing_leads_to_goes_after_two_weeks_and_not_before(git: Git) -> None:
    commits(git, 2)
    batch = git.batch()
    old = batch.blob(b"old")
    batch.flush()
    keep(git.path)  # packs them with the rest
    packs = [*(git.path / "objects/pack").iterdir()]
    past = time.time() - 15 * STALE_SECONDS
    for file in packs:
        os.utime(file, (past, past))
    young = batch.blob(b"young")
    batch.flush()

    keep(git.path, is_whole=True)

    with closing(Git(git.path)) as fresh:
        assert (fresh.holds(young), fresh.holds(old)) == (True, False)


def test_what_pushes_left_yesterday_is_cleared_and_what_is_under_way_is_not(git: Git) -> None:
    commits(git, 1)
    objects = git.path / "objects"
    left = [objects / "pack" / "tmp_pack_aaa", objects / "tmp_objdir-incoming-bbb"]
    for place in (left[1] / "pack", objects / "incoming-ccc"):
        place.mkdir(parents=True)
    left[0].write_bytes(b"x")
    (left[1] / "pack" / "x").write_bytes(b"x")
    past = time.time() - 2 * STALE_SECONDS
    for path in left:
        os.utime(path, (past, past))

    cleared = keep(git.path)

    assert sorted(cleared) == sorted(path.name for path in left)
    assert [path.exists() for path in left] == [False, False]
    assert (objects / "incoming-ccc").exists()
