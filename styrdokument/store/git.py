"""The record's bare repository: objects read and checked, refs moved, new objects written.

The only way to git for the rest of the house. dulwich reads; it is never let to write, for it
does not sync what it writes (see `objects` and `refs`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

from styrdokument.store.bare import create_bare, sweep_bare
from styrdokument.store.batch import Batch
from styrdokument.store.commits import Commit, read_commit
from styrdokument.store.disk import sync_folder
from styrdokument.store.loading import DAMAGE, Beside, Loader
from styrdokument.store.objects import (
    FOLDER,
    Damaged,
    Entry,
    Missing,
    ObjectId,
    is_safe_name,
    read_tree,
)
from styrdokument.store.refs import Refs

__all__ = ["Batch", "Change", "Commit", "Damaged", "Git", "Missing", "ObjectId", "is_safe_name"]

# Ours are five deep; a pushed tree may be as deep as somebody cares to make it.
_DEEPEST = 100
Spend = Callable[[int], None]
TREES_KEPT = 128
"""Ours have at most a hundred names, which is 20 kB."""
COMMITS_KEPT = 256
"""A step of a case reads the events before it several times."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A file that differs between two trees: its blobs, and its mode after (before, if removed)."""

    path: str
    before: ObjectId | None
    after: ObjectId | None
    mode: int


class Git:
    """A bare repository at `path`, for any number of threads and processes.

    Reading raises Missing for what does not exist and Damaged for what is not what was written.
    `at` is always the id of a commit or of a tree. Names that are not UTF-8 hold surrogates.
    """

    def __init__(self, path: Path, loader: Loader | None = None) -> None:
        """Over what `loader` loads; where none is given, what is in the repository."""
        self.path = path
        self._loader = loader or Loader(path)
        self._refs = Refs(path, self._loader.packed_refs)
        # An id names its bytes: what was read and checked once stays true.
        self._tree = lru_cache(maxsize=TREES_KEPT)(self._read_tree)
        self._commit = lru_cache(maxsize=COMMITS_KEPT)(self._read_commit)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make the repository, or finish making it; one that is complete is left as it is."""
        create_bare(path)
        return cls(path)

    def close(self) -> None:
        """Close the files that all threads have open; a later call opens them again."""
        self._loader.close()

    def sweep(self) -> None:
        """Remove what killed writers left, before anything else; only for who is alone."""
        self.close()
        sweep_bare(self.path)

    def tip(self, ref: str) -> ObjectId | None:
        """Answer what a ref points at, None if it does not exist."""
        return self._refs.read(ref)

    def tips(self, prefix: str) -> dict[str, ObjectId]:
        """Answer the refs whose names begin with `prefix` (`refs/cases/`), sorted by name."""
        return self._refs.read_all(prefix)

    def move(self, ref: str, *, old: ObjectId | None, new: ObjectId | None) -> None:
        """Move a ref from `old` to `new`, to last; None is a ref that does not exist.

        Raises Conflict if it is not at `old` or somebody else is moving it; Missing or Damaged
        for a `new` that could not be read; ValueError for a name git would refuse.
        """
        if new is not None and ref.startswith("refs/heads/"):
            self._loader.load_as("commit", new)
        elif new is not None:
            self._loader.load(new)
        self._refs.swap(ref, old=old, new=new)

    def make_last(self) -> None:
        """See to it that packs last which git wrote: it fsyncs files, and not their folder."""
        for folder in ("objects/pack", "objects"):
            sync_folder(self.path / folder)

    def batch(self) -> Batch:
        """Begin to gather new objects."""
        return Batch(self._loader, self.path / "objects")

    def blob(self, object_id: ObjectId) -> bytes:
        """Answer the contents of a file."""
        return self._loader.load_as("blob", object_id)

    def holds(self, object_id: ObjectId) -> bool:
        """Say whether an object is there and whole."""
        return self._loader.holds(object_id)

    def beside(self, aside: Path) -> "GitBeside":
        """The repository with objects that are not let in yet, in the folder `aside`."""
        return GitBeside(self, self._loader.beside(aside))

    def commit(self, object_id: ObjectId) -> Commit:
        """Answer a commit."""
        return self._commit(object_id)

    def find(self, at: ObjectId, path: str) -> ObjectId | None:
        """Answer the id of the file or folder at `path` (`a/b/c`), None if there is none."""
        entry = self._entry(at, path)
        return None if entry is None else entry[1]

    def files(self, at: ObjectId, folder: str = "") -> dict[str, ObjectId]:
        """Answer all files below a folder, by path from it, sorted bytewise; {} if none."""
        found = self._compare(None, _as_folder(self._entry(at, folder)))
        rows = {change.path: change.after for change in found if change.after}
        return {path: rows[path] for path in sorted(rows, key=_bytes)}

    def names(self, at: ObjectId, folder: str) -> tuple[str, ...]:
        """Answer the names of files and folders in a folder, sorted bytewise; () if none."""
        return tuple(sorted(self._entries(_as_folder(self._entry(at, folder))), key=_bytes))

    def changes(
        self, old: ObjectId | None, new: ObjectId, spend: Spend | None = None
    ) -> tuple[Change, ...]:
        """Answer the files that differ, sorted bytewise by path; all of them if `old` is None.

        `spend` is told how many names are being compared, and may raise Damaged.
        """
        before = None if old is None else self._root(old)
        found = self._compare(before, self._root(new), spend=spend)
        return tuple(sorted(found, key=lambda change: _bytes(change.path)))

    def line(self, newest: ObjectId, *, until: ObjectId | None = None) -> Iterator[Commit]:
        """Walk first parents, newest first, to the root or to just before `until`."""
        here: ObjectId | None = newest
        while here is not None and here != until:
            commit = self.commit(here)
            yield commit
            here = commit.parents[0] if commit.parents else None

    def _read_commit(self, object_id: ObjectId) -> Commit:
        raw = self._loader.load_as("commit", object_id)
        try:
            return read_commit(object_id, raw)
        except (AttributeError, OSError, *DAMAGE) as error:
            raise Damaged(object_id) from error

    def _root(self, at: ObjectId) -> ObjectId:
        kind, _ = self._loader.load(at)
        return at if kind == "tree" else self.commit(at).tree

    def _entry(self, at: ObjectId, path: str) -> Entry | None:
        entry: Entry | None = (FOLDER, self._root(at))
        for segment in filter(None, path.split("/")):
            entry = self._entries(_as_folder(entry)).get(segment)
        return entry

    def _entries(self, tree: ObjectId | None) -> dict[str, Entry]:
        return self._tree(tree) if tree else {}

    def _read_tree(self, tree: ObjectId) -> dict[str, Entry]:
        raw = self._loader.load_as("tree", tree)
        try:
            return read_tree(raw)
        except DAMAGE as error:
            raise Damaged(tree) from error

    def _compare(
        self,
        old: ObjectId | None,
        new: ObjectId | None,
        above: str = "",
        depth: int = 0,
        spend: Spend | None = None,
    ) -> Iterator[Change]:
        if depth > _DEEPEST:
            raise Damaged(new or old or "")
        left, right = self._entries(old), self._entries(new)
        names = left.keys() | right.keys()
        if spend:
            spend(1 + len(names))
        for name in names:
            before, after = left.get(name), right.get(name)
            if before == after:
                continue
            path = f"{above}{name}"
            yield from _file_change(path, before, after)
            folders = _as_folder(before), _as_folder(after)
            if any(folders):
                yield from self._compare(*folders, f"{path}/", depth + 1, spend)


class GitBeside(Git):
    """A repository with objects that lie beside it; for one thread.

    Nothing of them is known to the repository itself, whose caches go on as they were.
    """

    def __init__(self, behind: Git, loader: Beside) -> None:
        super().__init__(behind.path, loader)
        self._behind, self._beside = behind, loader

    def holds_aside(self, object_id: ObjectId) -> bool:
        """Say whether an object lies in the folder beside the repository's own."""
        return self._beside.holds_aside(object_id)

    def _read_commit(self, object_id: ObjectId) -> Commit:
        if self.holds_aside(object_id):
            return super()._read_commit(object_id)
        return self._behind.commit(object_id)

    def _read_tree(self, tree: ObjectId) -> dict[str, Entry]:
        if self.holds_aside(tree):
            return super()._read_tree(tree)
        return self._behind._tree(tree)  # noqa: SLF001 - another of its kind


def _as_folder(entry: Entry | None) -> ObjectId | None:
    return entry[1] if entry is not None and entry[0] == FOLDER else None


def _file_change(path: str, before: Entry | None, after: Entry | None) -> Iterator[Change]:
    left, right = (None if _as_folder(entry) else entry for entry in (before, after))
    later = right or left
    if later is not None:
        ids = [entry and entry[1] for entry in (left, right)]
        yield Change(path=path, before=ids[0], after=ids[1], mode=later[0])


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
