"""The repository as a whole: made, read, damaged, repacked under its readers, and swept."""

import os
import signal
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from styrdokument.store import loading
from styrdokument.store.git import Change, Damaged, Git, Missing
from styrdokument.store.objects import read_loose

AT = datetime(2026, 11, 21, 14, tzinfo=UTC)
MAIN = "refs/heads/main"
STEPS = ("open", "write", "fsync", "replace", "mkdir")


@pytest.fixture
def git(tmp_path):
    git = Git.create(tmp_path / "record.git")
    yield git
    git.close()


def run(git, *words, data=None):
    done = subprocess.run(
        ["git", "-C", git.path, *words], input=data, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def adopt(git, changes, *, message="x", together=False):
    """Put one commit on main: path -> bytes or None."""
    batch = git.batch()
    old = git.tip(MAIN)
    ids = {path: data if data is None else batch.blob(data) for path, data in changes.items()}
    made = batch.commit(
        batch.tree(old, ids),
        parents=[old] if old else [],
        author="p-7k2m9qxa",
        at=AT,
        message=message,
    )
    batch.flush(together=together)
    git.move(MAIN, old=old, new=made)
    return made


# making it


def test_git_takes_the_new_repository_for_its_own(git, tmp_path):
    assert run(git, "rev-parse", "--is-bare-repository") == "true"
    assert run(git, "symbolic-ref", "HEAD") == MAIN
    assert run(git, "rev-parse", "--show-object-format") == "sha1"
    for name, value in [
        ("receive.fsckObjects", "true"),
        ("receive.denyDeletes", "true"),
        ("receive.denyNonFastForwards", "true"),
        ("core.fsync", "all"),
        ("gc.auto", "0"),
        ("receive.maxInputSize", "104857600"),
    ]:
        kind = ["--type=int"] if value.isdigit() else []
        assert run(git, "config", *kind, name) == value
    run(git, "fsck", "--strict")
    adopt(git, {"a": b"x"})
    subprocess.run(["git", "clone", "-q", git.path, tmp_path / "clone"], check=True)
    assert (tmp_path / "clone" / "a").read_bytes() == b"x"


def test_drafts_and_case_logs_are_hidden_from_whoever_clones(git):
    made = adopt(git, {"a": b"x"})
    for ref in ("refs/cases/17", "refs/meta/numbers", "refs/heads/draft/17-x"):
        git.move(ref, old=None, new=made)
    shown = subprocess.run(
        ["git", "ls-remote", f"file://{git.path}"], capture_output=True, text=True, check=True
    )
    assert [line.split()[1] for line in shown.stdout.splitlines()] == ["HEAD", MAIN]


def test_making_it_again_finishes_what_a_kill_broke_off(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: None)  # a kill takes nothing from the page cache
    for nth in range(1, 1000):
        path = tmp_path / str(nth)
        child = os.fork()
        if child == 0:
            kill_at(nth)
            Git.create(path)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        git = Git.create(path)
        git.sweep()
        assert {it.name for it in path.iterdir()} == {
            "HEAD",
            "config",
            "hooks",
            "info",
            "objects",
            "refs",
        }
        adopt(git, {"a": b"x"})
        git.close()
        if status == 0:
            run(git, "fsck", "--strict")
            return
        assert status == -signal.SIGKILL
    raise AssertionError("never came to an end")


def kill_at(nth):
    count = iter(range(1, 1000))

    def step_by_step(real):
        def step(*args, **kwargs):
            if next(count) == nth:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        return step

    for name in STEPS:
        setattr(os, name, step_by_step(getattr(os, name)))


def test_making_it_again_changes_nothing_in_a_complete_one(git):
    made = adopt(git, {"a": b"x"})
    run(git, "config", "receive.maxInputSize", "5m")
    again = Git.create(git.path)
    assert again.tip(MAIN) == made
    assert run(git, "config", "receive.maxInputSize") == "5m"
    again.close()


# reading it


def test_files_are_found_by_commit_and_by_tree(git):
    made = adopt(git, {"a/b/c": b"1", "a/b.d": b"2", "a/å": b"3", "z": b"4"})
    for at in (made, git.commit(made).tree):
        assert git.blob(git.find(at, "a/b/c")) == b"1"
        assert git.names(git.find(at, "a"), "b") == ("c",)
        assert git.find(at, "a/b/c/d") is git.find(at, "a/x") is git.find(at, "x/y") is None
        assert list(git.files(at)) == ["a/b.d", "a/b/c", "a/å", "z"]
        assert list(git.files(at, "a")) == list(git.files(at, "a/")) == ["b.d", "b/c", "å"]
        assert git.names(at, "a") == ("b", "b.d", "å")
        assert git.files(at, "z") == git.files(at, "nothing") == {}
        assert git.names(at, "z") == git.names(at, "nothing") == ()


def test_what_does_not_exist_is_missing(git):
    made = adopt(git, {"a": b"x"})
    blob = git.find(made, "a")
    for asked in (
        lambda: git.blob("0" * 40),
        lambda: git.blob(""),
        lambda: git.blob("../../../config"),
        lambda: git.blob(blob.upper()),
        lambda: git.blob(blob[:39]),
        lambda: git.blob(made),
        lambda: git.commit(blob),
        lambda: git.files(blob),
        lambda: git.find("0" * 40, "a"),
        lambda: git.changes(None, blob),
        lambda: list(git.line("0" * 40)),
    ):
        with pytest.raises(Missing):
            asked()


def test_changes_are_told_file_by_file(git):
    one = adopt(git, {"a/b": b"1", "a/c": b"2", "d": b"3"})
    two = adopt(git, {"a/b": b"1!", "a/c": None, "d": None, "d/e": b"4"})
    before, after = git.files(one), git.files(two)
    assert git.changes(one, two) == (
        Change(path="a/b", before=before["a/b"], after=after["a/b"], mode=0o100644),
        Change(path="a/c", before=before["a/c"], after=None, mode=0o100644),
        Change(path="d", before=before["d"], after=None, mode=0o100644),
        Change(path="d/e", before=None, after=after["d/e"], mode=0o100644),
    )
    assert git.changes(two, two) == ()
    assert [(it.path, it.before, it.after) for it in git.changes(None, two)] == [
        (path, None, blob) for path, blob in after.items()
    ]
    assert git.changes(git.commit(one).tree, two) == git.changes(one, git.commit(two).tree)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    git = Git.create(tmp_path_factory.mktemp("shared") / "record.git")
    yield git
    git.close()


FILES = st.dictionaries(
    st.lists(st.sampled_from(["a", "b", "a.b", "a-b", "å"]), min_size=1, max_size=3).map("/".join),
    st.binary(max_size=1),
    max_size=6,
).filter(lambda it: not any(a.startswith(f"{b}/") for a in it for b in it))


@settings(deadline=None, max_examples=25)
@given(left=FILES, right=FILES)
def test_changes_are_what_git_says(shared, left, right):
    batch = shared.batch()
    old, new = (
        batch.tree(None, {path: batch.blob(data) for path, data in it.items()})
        for it in (left, right)
    )
    batch.flush()
    told = [
        (it.path, it.before or "0" * 40, it.after or "0" * 40) for it in shared.changes(old, new)
    ]
    rows = run(shared, "diff-tree", "-r", "-z", "--no-renames", old, new).split("\0")[:-1]
    assert told == sorted(
        (
            (path, meta.split()[2], meta.split()[3])
            for meta, path in zip(rows[::2], rows[1::2], strict=True)
        ),
        key=lambda row: row[0].encode(),
    )


def test_a_change_of_mode_alone_is_a_change(git):
    blob = run(git, "hash-object", "-w", "--stdin", data=b"x")
    plain = run(git, "mktree", data=f"100644 blob {blob}\ta\n".encode())
    link = run(git, "mktree", data=f"120000 blob {blob}\ta\n".encode())
    assert git.changes(plain, link) == (Change(path="a", before=blob, after=blob, mode=0o120000),)


def test_hostile_trees_and_commits_are_read_without_harm(git):
    blob = run(git, "hash-object", "-w", "--stdin", data=b"x")
    raw = b"100644 \xff\xfe\0" + bytes.fromhex(blob)
    tree = run(git, "hash-object", "-w", "-t", "tree", "--stdin", "--literally", data=raw)
    assert list(git.files(tree)) == ["\udcff\udcfe"]
    assert git.find(tree, "\udcff\udcfe") == blob
    deep = tree
    for _ in range(200):
        deep = run(git, "mktree", data=f"040000 tree {deep}\td\n".encode())
    with pytest.raises(Damaged):
        git.changes(None, deep)
    for zone, time, is_read in [("+9999", 1, True), ("-0000", 1, True), ("+0100", 10**15, False)]:
        who = f"Alma <alma@example.org> {time} {zone}"
        text = f"tree {tree}\nauthor {who}\ncommitter {who}\n\nå".encode()
        odd = run(git, "hash-object", "-w", "-t", "commit", "--stdin", "--literally", data=text)
        if is_read:
            assert (git.commit(odd).author, git.commit(odd).message) == ("Alma", "å")
            assert git.commit(odd).at.utcoffset() == timedelta(0)
        else:
            with pytest.raises(Damaged):
                git.commit(odd)
    for text in (b"", b"tree x\n", f"tree {tree}\n\n".encode(), b"author x\n\n"):
        odd = run(git, "hash-object", "-w", "-t", "commit", "--stdin", "--literally", data=text)
        with pytest.raises(Damaged):
            git.commit(odd)


def test_the_line_follows_first_parents_and_ends_before_the_one_named(git):
    made = [adopt(git, {"a": b"%d" % n}, message=str(n)) for n in range(4)]
    batch = git.batch()
    side = batch.commit(git.commit(made[0]).tree, parents=(), author="p-1", at=AT, message="side")
    merge = batch.commit(
        git.commit(made[3]).tree, parents=(made[3], side), author="p-1", at=AT, message="merge"
    )
    batch.flush()
    assert [it.message for it in git.line(merge)] == ["merge", "3", "2", "1", "0"]
    assert [it.message for it in git.line(merge, until=made[1])] == ["merge", "3", "2"]
    assert list(git.line(merge, until=merge)) == []


# damage


def library(git):
    """Some texts in a row of versions, half of them in a pack with deltas, half loose."""
    for n in range(8):
        adopt(git, {f"d/{n % 2}": b"rad %d om handhygien\n" % n + b"samma rad\n" * 200})
        if n == 3:
            run(git, "repack", "-adq")
    return {it: read(git, it) for it in every_object(git)}


def every_object(git):
    listed = run(git, "cat-file", "--batch-all-objects", "--batch-check").splitlines()
    return [line.split()[0] for line in listed]


def read(git, object_id):
    """Read an object of whatever kind as whatever it is."""
    for reader in (git.blob, git.commit, git.files):
        try:
            return reader(object_id)
        except Missing:
            continue
    raise Missing(object_id)


@pytest.mark.slow
@pytest.mark.parametrize("pattern", ["??/*", "pack/*.pack", "pack/*.idx"])
def test_no_damaged_object_is_ever_shown(git, pattern):
    true = library(git)
    files = [path for path in git.path.glob(f"objects/{pattern}") if path.parent.name != "info"]
    assert files
    found = 0
    for path in files:
        whole = path.read_bytes()
        path.chmod(0o644)
        places = range(0, len(whole), max(1, len(whole) // (60 // len(files) + 1)))
        damages = [whole[:place] for place in places]
        damages += [
            whole[:it] + bytes([whole[it] ^ 1 << it % 8]) + whole[it + 1 :] for it in places
        ]
        for damaged in damages:
            path.write_bytes(damaged)
            git.close()
            for object_id, right in true.items():
                try:
                    assert read(git, object_id) == right
                except (Damaged, Missing):
                    found += 1
        path.write_bytes(whole)
    assert found > 40
    git.close()
    assert {it: read(git, it) for it in true} == true


def test_damage_names_the_object(git):
    made = adopt(git, {"a": b"x" * 100})
    blob = git.find(made, "a")
    path = git.path / "objects" / blob[:2] / blob[2:]
    path.chmod(0o644)
    other = git.find(adopt(git, {"a": b"y" * 100}), "a")
    path.write_bytes((git.path / "objects" / other[:2] / other[2:]).read_bytes())
    with pytest.raises(Damaged) as caught:
        git.blob(blob)
    assert caught.value.id == blob


# readers and repacks


@pytest.mark.slow
def test_readers_are_not_disturbed_when_git_repacks_beside_them(git):
    true = library(git)
    run(git, "repack", "-adq")
    stop, errors, rounds = threading.Event(), [], []

    def go_on_reading():
        while not stop.is_set():
            try:
                assert all(read(git, it) == right for it, right in true.items())
                assert git.tips("refs/") == {MAIN: git.tip(MAIN)}
            except BaseException as error:  # noqa: BLE001  (any error at all is the failure)
                errors.append(error)
                return
            rounds.append(1)

    threads = [threading.Thread(target=go_on_reading) for _ in range(4)]
    [thread.start() for thread in threads]
    run(git, "pack-refs", "--all")
    for n in range(12):
        (git.path / "unreachable").write_bytes(b"%d" % n)
        run(git, "hash-object", "-w", git.path / "unreachable")
        run(git, "repack", *(["-adfq"] if n % 2 else ["-Adfq", "--depth=3", "--write-midx"]))
        run(git, "pack-refs", "--all")
    stop.set()
    [thread.join() for thread in threads]
    assert errors == []
    assert rounds


def test_an_object_that_a_repack_moved_while_it_was_looked_for_is_found(git, monkeypatch):
    blob = git.find(adopt(git, {"a": b"x"}), "a")
    path, aside = git.path / "objects" / blob[:2] / blob[2:], git.path / "aside"
    path.rename(aside)
    looks = []

    def arrives_at_the_second_look(objects, object_id):
        looks.append(object_id)
        if len(looks) == 2:
            aside.rename(path)
        return read_loose(objects, object_id)

    monkeypatch.setattr(loading, "read_loose", arrives_at_the_second_look)
    assert git.blob(blob) == b"x"


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def test_threads_that_come_and_go_leave_no_files_open(git):
    true = library(git)
    run(git, "repack", "-adq")
    git.close()
    before = open_files()
    for _ in range(30):
        thread = threading.Thread(target=lambda: [read(git, it) for it in true])
        thread.start()
        thread.join()
    assert open_files() < before + 10
    git.close()
    assert open_files() == before


def test_a_forked_process_reads_on_its_own(git):
    true = library(git)
    run(git, "repack", "-adq")
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            good = all(read(git, it) == right for _ in range(20) for it, right in true.items())
            os._exit(0 if good else 1)
        children.append(child)
    assert all(read(git, it) == right for _ in range(20) for it, right in true.items())
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4


# sweeping


def test_sweeping_removes_what_killed_writers_leave_and_nothing_else(git):
    made = adopt(git, {"a": b"x"})
    git.move("refs/heads/draft/tmp_x", old=None, new=made)
    run(git, "repack", "-d", "-q")
    (git.path / "objects" / made[:2]).mkdir(exist_ok=True)
    kept = sorted(git.path.rglob("*"))
    for name in (
        f"{MAIN}.lock",
        "packed-refs.lock",
        "HEAD.lock",
        "refs/cases.lock",
        "objects/pack/multi-pack-index.lock",
        "objects/pack/tmp_pack_a1",
        "objects/pack/tmp_idx_a1",
        "objects/pack/.tmp-7-pack-a1.pack",
        "objects/pack/pack-a1.pack",
        "objects/pack/pack-a1.rev",
        "tmp_file_00",
        f"objects/{made[:2]}/tmp_obj_00",
        "objects/tmp_objdir-incoming-a/aa/bb",
        "objects/incoming-b/pack/c",
        f"objects/{made[:2]}/{'0' * 38}",
    ):
        path = git.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o444)
    git.sweep()
    assert sorted(git.path.rglob("*")) == kept
    assert git.tip("refs/heads/draft/tmp_x") == made
    run(git, "fsck", "--strict")
    adopt(git, {"a": b"y"})
