"""New objects: signed commits against git, flushes against disk, threads and a full disk."""

import os
import subprocess
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from styrdokument.store.evidence import NAMESPACE_GIT, Signer, check, read_signers
from styrdokument.store.git import Git, Missing

SWEDISH = timezone(timedelta(hours=1))
AT = datetime(2026, 11, 21, 14, 3, 22, tzinfo=SWEDISH)
MAIN = "refs/heads/main"


@pytest.fixture
def git(tmp_path):
    git = Git.create(tmp_path / "record.git")
    yield git
    git.close()


def run(git, *words):
    done = subprocess.run(
        ["git", "-C", git.path, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(batch, tree, *parents, message="adopt: Handhygien (1042), version 3\n", **more):
    return batch.commit(tree, parents=parents, author="p-7k2m9qxa", at=AT, message=message, **more)


def loose(git, object_id):
    return git.path / "objects" / object_id[:2] / object_id[2:]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    git = Git.create(tmp_path_factory.mktemp("shared") / "record.git")
    yield git
    git.close()


def test_a_commit_is_read_as_it_was_written(git):
    batch = git.batch()
    first = commit(batch, batch.tree(None, {}), message="init: första\n")
    batch.flush()
    second = commit(batch, first and batch.tree(first, {"å": batch.blob(b"x")}), first)
    batch.flush()
    found = git.commit(second)
    assert (found.id, found.parents, found.author) == (second, (first,), "p-7k2m9qxa")
    assert found.message == "adopt: Handhygien (1042), version 3\n"
    assert (found.at, found.at.utcoffset()) == (AT, timedelta(hours=1))
    assert (found.signature, git.commit(first).message) == (None, "init: första\n")
    assert found.tree == git.find(second, "")
    shown = run(git, "show", "-s", "--format=%an|%ae|%cn|%ce|%ai|%ci|%s", second)
    assert shown == (
        "p-7k2m9qxa|p-7k2m9qxa@record.invalid|p-7k2m9qxa|p-7k2m9qxa@record.invalid|"
        "2026-11-21 14:03:22 +0100|2026-11-21 14:03:22 +0100|"
        "adopt: Handhygien (1042), version 3"
    )
    run(git, "fsck", "--strict")


@given(
    message=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    minutes=st.integers(-14 * 60, 14 * 60),
    at=st.datetimes(datetime(1970, 1, 3), datetime(2300, 1, 1)),  # noqa: DTZ001
    is_signed=st.booleans(),
)
@settings(deadline=None)
def test_any_message_and_zone_comes_back(shared, message, minutes, at, is_signed):
    batch = shared.batch()
    at = at.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    made = batch.commit(
        batch.tree(None, {}),
        parents=(),
        author="p-7k2m9qxa",
        at=at,
        message=message,
        sign=(lambda _: b"a\n\nb\n") if is_signed else None,
    )
    batch.flush()
    found = shared.commit(made)
    assert (found.message, found.at, found.at.utcoffset()) == (message, at, at.utcoffset())
    assert found.signature == (b"a\n\nb" if is_signed else None)


@pytest.mark.parametrize(
    "author",
    [
        "",
        " ",
        "p-7\n",
        "p-7\nparent 1234",
        "a<b",
        "a>b",
        "a\0b",
        "a b",
        "Alma\r",
        "å",
        "-a",
    ],
)
def test_an_author_that_would_forge_a_header_is_refused(git, author):
    batch = git.batch()
    with pytest.raises(ValueError, match="author"):
        batch.commit(batch.tree(None, {}), parents=(), author=author, at=AT, message="x")


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 21, 12),  # noqa: DTZ001
        datetime(1969, 12, 31, tzinfo=UTC),
        datetime(2026, 11, 21, tzinfo=timezone(timedelta(minutes=72, seconds=12))),
    ],
)
def test_a_time_that_git_cannot_hold_is_refused(git, at):
    batch = git.batch()
    with pytest.raises(ValueError, match="dated"):
        batch.commit(batch.tree(None, {}), parents=(), author="p-1", at=at, message="x")


def test_a_message_with_nul_is_refused(git):
    batch = git.batch()
    with pytest.raises(ValueError, match="NUL"):
        commit(batch, batch.tree(None, {}), message="a\0b")


def test_a_signed_commit_is_accepted_by_git_and_by_us(git, tmp_path):
    signer = Signer.create(tmp_path / "signing")
    line = signer.allowed_signers_line(AT)
    (tmp_path / "signers").write_text(line + "\n")
    batch = git.batch()
    tree = batch.tree(None, {"a": batch.blob(b"x")})
    made = commit(batch, tree, sign=lambda raw: signer.sign(raw, NAMESPACE_GIT))
    plain = commit(batch, tree)
    batch.flush()

    def verify(object_id, zone):
        return subprocess.run(
            [
                "git",
                "-C",
                git.path,
                "-c",
                "gpg.format=ssh",
                "-c",
                f"gpg.ssh.allowedSignersFile={tmp_path / 'signers'}",
                "verify-commit",
                object_id,
            ],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "TZ": zone},
        )

    for zone in ("UTC", "Europe/Stockholm", "America/Los_Angeles"):
        done = verify(made, zone)
        assert done.returncode == 0, done.stderr
        assert "styrdokument@record.invalid" in done.stderr
    assert verify(plain, "UTC").returncode != 0
    found = git.commit(made)
    check(
        found.payload,
        found.signature,
        namespace=NAMESPACE_GIT,
        signers=read_signers(line.encode()),
        at=found.at,
    )
    assert found.payload == git.commit(plain).payload
    run(git, "fsck", "--strict")


def test_nothing_is_on_disk_before_the_flush(git):
    before = sorted(git.path.rglob("*"))
    batch = git.batch()
    blob = batch.blob(b"x")
    commit(batch, batch.tree(None, {"a/b": blob}))
    assert sorted(git.path.rglob("*")) == before
    with pytest.raises(Missing):
        git.blob(blob)
    batch.flush()
    assert git.blob(blob) == b"x"


@pytest.mark.parametrize("together", [False, True])
def test_thousands_of_objects_are_written_and_cloned(git, tmp_path, together):
    batch = git.batch()
    count = 3000 if together else 300
    blobs = {f"documents/{n // 100:02}/{n}/text.md": batch.blob(b"%d\n" % n) for n in range(count)}
    git_commit = commit(batch, batch.tree(None, blobs))
    batch.flush(together=together)
    git.move(MAIN, old=None, new=git_commit)
    assert len(git.files(git_commit)) == count
    assert len(list(git.path.glob("objects/pack/*.pack"))) == (1 if together else 0)
    run(git, "fsck", "--strict")
    subprocess.run(["git", "clone", "-q", git.path, tmp_path / "clone"], check=True)
    assert (tmp_path / "clone" / "documents/01/117/text.md").read_text() == "117\n"
    again = git.batch()
    for n in range(count):
        again.blob(b"%d\n" % n)
    before = sorted(git.path.rglob("*"))
    again.flush(together=together)
    assert sorted(git.path.rglob("*")) == before


@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_an_object_that_is_there_but_damaged_is_written_again(git, damage):
    batch = git.batch()
    blob = batch.blob(b"a text that is damaged" * 20)
    batch.flush()
    loose(git, blob).chmod(0o644)
    whole = loose(git, blob).read_bytes()
    loose(git, blob).write_bytes(whole[:-2] if damage is None else damage)
    assert batch.blob(b"a text that is damaged" * 20) == blob
    batch.flush()
    assert loose(git, blob).read_bytes() == whole
    run(git, "fsck", "--strict")


def test_an_object_that_is_there_already_is_made_to_last_and_kept_from_pruning(git, monkeypatch):
    batch = git.batch()
    blob = batch.blob(b"x")
    batch.flush()
    os.utime(loose(git, blob), (0, 0))
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (synced.append(name_of(file)), real(file)))
    batch.tree(None, {"a": blob})
    batch.flush()
    assert loose(git, blob).parent in synced
    assert loose(git, blob).stat().st_mtime > 1_000_000


def name_of(file):
    return Path(f"/proc/self/fd/{file}").readlink()


@pytest.mark.parametrize("together", [False, True])
def test_all_that_a_ref_will_lead_to_lasts_before_the_ref_is_moved(git, monkeypatch, together):
    """What is renamed or made but not yet synced would be lost in a power cut."""
    unsynced, at_move = set(), []
    sync, rename, mkdir = os.fsync, os.replace, os.mkdir

    def note_rename(source, target):
        assert Path(source) not in unsynced
        if "refs" in Path(target).parts:
            at_move.append(set(unsynced))
        if Path(target).suffix == ".idx":
            assert Path(target).with_suffix(".pack").exists()
        unsynced.add(Path(target).parent)
        rename(source, target)

    def note_mkdir(path, *mode):
        unsynced.add(Path(path).parent)
        mkdir(path, *mode)

    def note_open(path, flags, *mode, open_=os.open):
        if flags & os.O_CREAT:
            unsynced.add(Path(path))
        return open_(path, flags, *mode)

    def note_sync(file):
        unsynced.discard(name_of(file))
        sync(file)

    for name, note in [
        ("fsync", note_sync),
        ("replace", note_rename),
        ("mkdir", note_mkdir),
        ("open", note_open),
    ]:
        monkeypatch.setattr(os, name, note)
    batch = git.batch()
    made = commit(batch, batch.tree(None, {"a/b": batch.blob(b"x"), "c": batch.blob(b"y")}))
    batch.flush(together=together)
    git.move("refs/cases/17", old=None, new=made)
    assert at_move == [set()]
    assert unsynced == set()


def test_eight_threads_adding_the_same_objects_do_not_disturb_each_other(git):
    errors = []

    def add():
        try:
            for part in range(10):
                batch = git.batch()
                for n in range(40):
                    batch.blob(b"%d" % (part * 40 + n))
                batch.flush()
        except Exception as error:  # noqa: BLE001  (any error at all is the failure)
            errors.append(error)

    threads = [threading.Thread(target=add) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert errors == []
    assert len([path for path in git.path.glob("objects/??/*") if len(path.name) == 38]) == 400
    assert not list(git.path.rglob("tmp_*"))
    run(git, "fsck", "--strict")


def test_a_full_disk_leaves_the_batch_to_be_flushed_again(git, monkeypatch):
    batch = git.batch()
    made = commit(batch, batch.tree(None, {"a": batch.blob(b"x")}))
    calls = []

    def full_at_the_second(file, data, real=os.write):
        calls.append(file)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return real(file, data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full_at_the_second)
        with pytest.raises(OSError, match="No space"):
            batch.flush()
    assert not list(git.path.rglob("tmp_*"))
    batch.flush()
    git.move(MAIN, old=None, new=made)
    run(git, "fsck", "--strict")
