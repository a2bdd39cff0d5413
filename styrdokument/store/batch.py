"""New objects, gathered in memory until they are written together.

Until `flush` nothing of them is on disk and nobody can see them. After it they last, and only then
may a ref be moved to them. What a new tree or commit names must exist, whole, before it is named.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from styrdokument.store.disk import sync_folder
from styrdokument.store.loading import Loader
from styrdokument.store.objects import (
    FILE,
    FOLDER,
    Entry,
    Missing,
    ObjectId,
    add_signature,
    format_commit,
    format_tree,
    identify,
    is_safe_name,
    loose_path,
    read_tree,
    write_loose,
    write_pack,
)

_Change = tuple[Sequence[str], ObjectId | None]
_Group = tuple[list[ObjectId | None], list[_Change]]


class Batch:
    """New objects for one repository; for use by one thread. May be used again after a flush."""

    def __init__(self, loader: Loader, objects: Path) -> None:
        self._loader = loader
        self._objects = objects
        self._pending: dict[ObjectId, tuple[str, bytes]] = {}
        self._named: set[ObjectId] = set()

    def blob(self, data: bytes) -> ObjectId:
        """Add the contents of a file."""
        return self._add("blob", data)

    def tree(self, base: ObjectId | None, changes: Mapping[str, ObjectId | None]) -> ObjectId:
        """Add the tree that is `base` (a tree or commit; None is empty) with paths changed.

        A blob's id sets a file, over a file or folder that is in its way; None removes a file, or
        a folder with all in it, before anything is set. Folders that become empty vanish. Raises
        ValueError for a path with a segment that is not `is_safe_name` or that lies below another
        file being set; Missing for what does not exist; Damaged.
        """
        for path, blob in changes.items():
            if not all(is_safe_name(segment) for segment in path.split("/")):
                raise ValueError(f"not a path for the record: {path!r}")
            if blob is not None:
                self._name(blob, "blob")
        root = None if base is None else self._root(base)
        rebuilt = self._rebuild(root, [(path.split("/"), blob) for path, blob in changes.items()])
        return rebuilt or self._add("tree", b"")

    def commit(
        self,
        tree: ObjectId,
        *,
        parents: Sequence[ObjectId],
        author: str,
        at: datetime,
        message: str,
        sign: Callable[[bytes], bytes] | None = None,
    ) -> ObjectId:
        """Add a commit, signed if `sign` answers an armored signature of the bytes it is given.

        `author` is an id such as `p-7k2m9qxa`; `at` has a zone, which is kept. Raises ValueError
        for what git cannot hold, Missing and Damaged for a tree or parent.
        """
        self._name(tree, "tree")
        for parent in parents:
            self._name(parent, "commit")
        raw = format_commit(tree, parents=parents, author=author, at=at, message=message)
        return self._add("commit", raw if sign is None else add_signature(raw, sign(raw)))

    def flush(self, *, together: bool = False) -> None:
        """Write all that is not on disk already, to last; raises OSError for a full disk.

        `together` is for imports of thousands: one pack is two files and four fsyncs whatever it
        holds, where loose objects are a file and an fsync each.
        """
        fresh = {
            object_id: it
            for object_id, it in self._pending.items()
            if not self._loader.holds(object_id)
        }
        # what is there already may have been written by somebody killed before it would last
        folders = {
            self._refresh(object_id)
            for object_id in self._named | self._pending.keys() - fresh.keys()
        }
        if together and fresh:
            folders.add(write_pack(self._objects, fresh))
        else:
            folders |= {
                write_loose(self._objects, object_id, *fresh[object_id]) for object_id in fresh
            }
        for folder in (*sorted(folders), self._objects):
            sync_folder(folder)
        self._pending.clear()
        self._named.clear()

    def _add(self, kind: str, raw: bytes) -> ObjectId:
        object_id = identify(kind, raw)
        self._pending[object_id] = (kind, raw)
        return object_id

    def _load(self, object_id: ObjectId, *kinds: str) -> tuple[str, bytes]:
        kind, raw = self._pending.get(object_id) or self._loader.load(object_id)
        if kind not in kinds:
            raise Missing(object_id)
        return kind, raw

    def _name(self, object_id: ObjectId, kind: str) -> None:
        self._load(object_id, kind)
        if object_id not in self._pending:
            self._named.add(object_id)

    def _root(self, base: ObjectId) -> ObjectId:
        kind, raw = self._load(base, "tree", "commit")
        return base if kind == "tree" else ObjectId(raw[5:45].decode())

    def _rebuild(self, folder: ObjectId | None, changes: Sequence[_Change]) -> ObjectId | None:
        before = {} if folder is None else read_tree(self._load(folder, "tree")[1])
        entries = dict(before)
        for name, group in _by_first_segment(changes).items():
            self._change(entries, name, *group)
        if folder is not None and entries == before:
            return folder
        return self._add("tree", format_tree(entries)) if entries else None

    def _change(
        self,
        entries: dict[str, Entry],
        name: str,
        here: Sequence[ObjectId | None],
        below: Sequence[_Change],
    ) -> None:
        if here:
            entries.pop(name, None)
        mode, old = entries.get(name, (FOLDER, None))
        is_set_below = any(blob is not None for _, blob in below)
        if any(here) and is_set_below:
            raise ValueError(f"both a file and a folder: {name!r}")
        if here and here[0] is not None:
            entries[name] = (FILE, here[0])
        elif below and (mode == FOLDER or is_set_below):
            rebuilt = self._rebuild(old if mode == FOLDER else None, below)
            entries.pop(name, None)
            if rebuilt is not None:
                entries[name] = (FOLDER, rebuilt)

    def _refresh(self, object_id: ObjectId) -> Path:
        # a fresh date keeps git from pruning it before a ref leads to it
        with suppress(FileNotFoundError):
            os.utime(loose_path(self._objects, object_id))
            return loose_path(self._objects, object_id).parent
        return self._objects / "pack"


def _by_first_segment(changes: Sequence[_Change]) -> dict[str, _Group]:
    groups: dict[str, _Group] = {}
    for (name, *rest), blob in changes:
        here, below = groups.setdefault(name, ([], []))
        if rest:
            below.append((rest, blob))
        else:
            here.append(blob)
    return groups
