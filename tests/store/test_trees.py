"""Trees of new objects: against a model, against git, and against hostile paths."""

import os
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from styrdokument.store.git import Damaged, Git, Missing, is_safe_name

SWEDISH = timezone(timedelta(hours=1))
AT = datetime(2026, 11, 21, 14, 3, 22, tzinfo=SWEDISH)


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


SEGMENTS = st.sampled_from(["a", "b", "a.b", "a-b", "å", "ä b", "text.md"])
PATHS = st.lists(SEGMENTS, min_size=1, max_size=4).map("/".join)
STEP = st.dictionaries(PATHS, st.one_of(st.none(), st.binary(max_size=2)), max_size=5)


def overlap(paths):
    return any(one.startswith(f"{other}/") for one in paths for other in paths)


def change(model, changes):
    gone = [path for path, data in changes.items() if data is None]
    changed = {
        path: data
        for path, data in model.items()
        if not any(path == it or path.startswith(f"{it}/") for it in gone)
    }
    for path, data in changes.items():
        if data is not None:
            changed = {
                it: old
                for it, old in changed.items()
                if not it.startswith(f"{path}/") and not path.startswith(f"{it}/")
            }
            changed[path] = data
    return changed


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    git = Git.create(tmp_path_factory.mktemp("shared") / "record.git")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)  # many small trees, and none need last
        yield git
    git.close()


@settings(deadline=None)
@given(steps=st.lists(STEP, min_size=1, max_size=5), flush_each=st.booleans())
def test_trees_changed_path_by_path_are_what_a_dict_would_be(shared, steps, flush_each):
    batch, model, tree = shared.batch(), {}, None
    for step in steps:
        if overlap([path for path, data in step.items() if data is not None]):
            continue
        ids = {path: data if data is None else batch.blob(data) for path, data in step.items()}
        tree = batch.tree(tree, ids)
        model = change(model, step)
        if flush_each:
            batch.flush()
    tree = tree or batch.tree(None, {})
    batch.flush()
    files = shared.files(tree)
    assert {path: shared.blob(blob) for path, blob in files.items()} == model
    assert list(files) == sorted(model, key=str.encode)
    direct = sorted({path.split("/")[0] for path in model}, key=str.encode)
    assert list(shared.names(tree, "")) == direct
    again = batch.tree(None, {path: batch.blob(data) for path, data in model.items()})
    assert again == tree


@settings(deadline=None, max_examples=10)
@given(model=st.dictionaries(PATHS, st.binary(max_size=2), min_size=1, max_size=8))
def test_git_sees_the_same_tree(shared, model):
    kept = change({}, model)
    batch = shared.batch()
    tree = batch.tree(None, {path: batch.blob(data) for path, data in kept.items()})
    batch.flush()
    listed = [line for line in run(shared, "ls-tree", "-r", "-z", tree).split("\0") if line]
    assert listed == [f"100644 blob {blob}\t{path}" for path, blob in shared.files(tree).items()]
    run(shared, "fsck", "--strict")


def test_folders_that_become_empty_vanish(git):
    batch = git.batch()
    blob = batch.blob(b"x")
    empty = batch.tree(None, {})
    full = batch.tree(empty, {"a/b/c": blob, "d": blob})
    assert batch.tree(full, {"a/b/c": None}) == batch.tree(None, {"d": blob})
    assert batch.tree(full, {"a": None, "d": None}) == empty
    assert batch.tree(full, {"a": None, "a/e": blob}) == batch.tree(None, {"a/e": blob, "d": blob})
    assert batch.tree(full, {"d/below/a/file": None, "not/there": None}) == full
    assert empty == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def test_a_path_cannot_be_set_both_as_file_and_as_folder(git):
    batch = git.batch()
    blob = batch.blob(b"x")
    with pytest.raises(ValueError, match="both"):
        batch.tree(None, {"a": blob, "a/b": blob})


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "a/../b",
        "a/.",
        "\0",
        "a\nb",
        "a\x1bb",
        "a\x7f",
        "a\\b",
        ".git",
        ".GIT",
        ".git/config",
        ".gIt ",
        ".git.",
        ".git::$INDEX_ALLOCATION",
        "git~1",
        "GIT~2",
        ".g\u200cit",
        ".gitmodules",
        ".gitattributes",
        "\u202egnp.exe",
        "\udcff",
        "a\u0085b",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(git, path):
    batch = git.batch()
    blob = batch.blob(b"x")
    with pytest.raises(ValueError, match="not a path"):
        batch.tree(None, {"ok": blob, path: blob})
    with pytest.raises(ValueError, match="not a path"):
        batch.tree(None, {path: None})


@pytest.mark.parametrize(
    "name", ["text.md", "0001.json.sig", "Bilaga 1 \N{EN DASH} flöde.pdf", "a.git", "…"]
)
def test_an_ordinary_name_is_allowed(name):
    assert is_safe_name(name)


def test_what_a_tree_or_commit_names_must_exist_and_be_whole(git):
    batch = git.batch()
    blob = batch.blob(b"x")
    tree = batch.tree(None, {"a": blob})
    absent = Git(git.path).batch().blob(b"elsewhere")
    for broken in (
        lambda: batch.tree(None, {"a": absent}),
        lambda: batch.tree(None, {"a": tree}),
        lambda: batch.tree(blob, {}),
        lambda: commit(batch, absent),
        lambda: commit(batch, blob),
        lambda: commit(batch, tree, tree),
        lambda: batch.tree(None, {"a": "not an id"}),
        lambda: batch.tree(None, {"a": blob.upper()}),
    ):
        with pytest.raises(Missing):
            broken()
    batch.flush()
    loose(git, blob).chmod(0o644)
    loose(git, blob).write_bytes(b"")
    with pytest.raises(Damaged):
        git.batch().tree(None, {"a": blob})
