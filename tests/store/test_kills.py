"""A writer killed at each of its calls: nothing is lost, nothing stays in the way."""

import os
import signal
import subprocess
from datetime import datetime, timedelta, timezone

import pytest

from styrdokument.store.git import Git

SWEDISH = timezone(timedelta(hours=1))
AT = datetime(2026, 11, 21, 14, 3, 22, tzinfo=SWEDISH)
MAIN = "refs/heads/main"
STEPS = ("open", "write", "fsync", "replace", "rename", "link", "unlink", "mkdir", "utime")


def run(git, *words):
    done = subprocess.run(
        ["git", "-C", git.path, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(batch, tree, *parents, message="adopt: Handhygien (1042), version 3\n", **more):
    return batch.commit(tree, parents=parents, author="p-7k2m9qxa", at=AT, message=message, **more)


def kill_at(nth):
    count = iter(range(1, 10_000))

    def step_by_step(name, real):
        def step(*args, **kwargs):
            if next(count) == nth:
                if name == "write" and nth % 2:
                    real(args[0], bytes(args[1])[: len(args[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        return step

    for name in STEPS:
        setattr(os, name, step_by_step(name, getattr(os, name)))


def adopt(git, *, text, together):
    """Write as a decision does: texts, tree, commit, flush, main; and a case's log closed."""
    batch = git.batch()
    old, log = git.tip(MAIN), git.tip("refs/cases/17")
    tree = batch.tree(old, {"documents/00/10/1042/text.md": batch.blob(text)})
    made = commit(batch, tree, *([old] if old else []))
    batch.flush(together=together)
    git.move(MAIN, old=old, new=made)
    git.move("refs/cases/17", old=log, new=None if log else made)
    return made


def test_deleting_a_ref_never_brings_its_old_packed_value_back(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: None)
    git = Git.create(tmp_path / "record.git")
    packed = adopt(git, text=b"packed", together=False)
    later = adopt(git, text=b"later", together=False)
    seen = set()
    for nth in range(1, 1000):
        git.move("refs/cases/18", old=git.tip("refs/cases/18"), new=packed)
        run(git, "pack-refs", "--all", "--prune")
        git.move("refs/cases/18", old=packed, new=later)
        child = os.fork()
        if child == 0:
            kill_at(nth)
            git.move("refs/cases/18", old=later, new=None)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        git.sweep()
        seen.add(git.tip("refs/cases/18"))
        if status == 0:
            break
    assert seen == {later, None}
    git.close()


@pytest.mark.slow
@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("together", [False, True])
def test_wherever_the_writer_is_killed_the_same_write_succeeds_after_a_sweep(
    tmp_path, monkeypatch, together, is_packed
):
    monkeypatch.setattr(os, "fsync", lambda _: None)  # a kill takes nothing from the page cache
    nth, status = 0, None
    while status != 0:
        nth += 1
        git = Git.create(tmp_path / f"{nth}.git")
        old = adopt(git, text=b"old", together=together)
        if is_packed:
            run(git, "pack-refs", "--all", "--prune")
        child = os.fork()
        if child == 0:
            try:
                kill_at(nth)
                adopt(git, text=b"new", together=together)
            except BaseException:  # noqa: BLE001  (nothing may return into the test runner)
                os._exit(99)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in {0, -signal.SIGKILL}
        git.sweep()
        run(git, "fsck", "--strict")
        assert not [
            path
            for path in git.path.rglob("*")
            if path.name.startswith("tmp_") or path.suffix == ".lock"
        ]
        assert git.tip("refs/cases/17") in {old, None}
        tip = git.tip(MAIN)
        expected = b"old" if tip == old else b"new"
        assert git.blob(git.find(tip, "documents/00/10/1042/text.md")) == expected
        made = adopt(git, text=b"after", together=together)
        assert git.tip(MAIN) == made == run(git, "rev-parse", MAIN)
        assert status != 0 or git.commit(made).parents[0] != old
        git.close()
    assert nth > 30
