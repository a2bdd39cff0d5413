"""The refs of a repository: read, listed and moved by compare-and-swap.

Moving follows git's own protocol, so native git may work beside us: `<ref>.lock` is made
exclusively, the old value is read again under it, and it is renamed into place. dulwich is used
to read packed-refs alone; its own swap does not sync folders, answers a lost race with a value
that is easily thrown away, and deletes in an order that can bring an old value back.
"""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from dulwich.refs import Ref, RefsContainer, check_ref_format

from styrdokument.domain.problems import Code, Conflict, Problem
from styrdokument.store.disk import (
    make_folder,
    remove_durably,
    removed_on_error,
    sync_folder,
    write_durably,
    write_new,
)
from styrdokument.store.objects import Damaged, ObjectId

# git waits as long for a ref that somebody else is moving (core.filesRefLockTimeout)
_TRIES = 10
_PAUSE = 0.01

_VALUE = re.compile(rb"([0-9a-f]{40})\s*")


class Refs:
    """All refs of the repository at `root`; `packed` answers this thread's reader of packed-refs.

    Every method raises ValueError for a name that `git check-ref-format` refuses or that lies
    outside `refs/`.
    """

    def __init__(self, root: Path, packed: Callable[[], RefsContainer]) -> None:
        self._root = root
        self._packed = packed

    def read(self, ref: str) -> ObjectId | None:
        """Answer what the ref points at, or None if it does not exist; Damaged if unreadable."""
        path = self._path(ref)
        try:
            value = path.read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            # looked at second: git packs a ref before it removes the ref's own file
            packed = self._packed().get_packed_refs().get(Ref(ref.encode()))
            return None if packed is None else ObjectId(packed.decode())
        found = _VALUE.fullmatch(value)
        if not found:
            raise Damaged(ref)
        return ObjectId(found[1].decode())

    def read_all(self, prefix: str) -> dict[str, ObjectId]:
        """Answer the refs whose names begin with `prefix` (`refs/cases/`), sorted by name."""
        loose = self._loose_names(prefix)
        packed = {name.decode("utf-8", "replace") for name in self._packed().get_packed_refs()}
        names = loose | {name for name in packed if name.startswith(prefix)}
        values = {name: self.read(name) for name in sorted(names)}
        return {name: value for name, value in values.items() if value is not None}

    def swap(self, ref: str, *, old: ObjectId | None, new: ObjectId | None) -> None:
        """Move a ref from `old` to `new`, to last; None is a ref that does not exist.

        Raises Conflict, with the ref as it was, when it is not at `old`, when somebody else is
        moving it, or when its name and another ref's cannot both be (`a` and `a/b`).
        """
        path = self._path(ref)
        lock = _take_lock(path, b"" if new is None else f"{new}\n".encode())
        with removed_on_error(lock):
            if self.read(ref) != old:
                raise _conflict()
            if old is None:
                self._make_room(ref)
            if new is None:
                self._remove(ref)
            else:
                lock.replace(path)
        if new is None:
            lock.unlink()
        self._sync_above(path)

    def _path(self, ref: str) -> Path:
        if not ref.startswith("refs/") or not check_ref_format(Ref(ref.encode())):
            raise ValueError(f"not a ref: {ref!r}")
        return self._root / ref

    def _loose_names(self, prefix: str) -> set[str]:
        top = self._root / prefix.rpartition("/")[0]
        found = (
            Path(place, name).relative_to(self._root).as_posix()
            for place, _, names in os.walk(top)
            for name in names
        )
        return {
            name
            for name in found
            if name.startswith(prefix) and check_ref_format(Ref(os.fsencode(name)))
        }

    def _make_room(self, ref: str) -> None:
        packed = self._packed().get_packed_refs()
        above = [Ref(str(name).encode()) for name in PurePosixPath(ref).parents]
        if self.read_all(f"{ref}/") or any(name in packed for name in above):
            raise _conflict()
        for empty, _, _ in os.walk(self._root / ref, topdown=False):
            Path(empty).rmdir()

    def _remove(self, ref: str) -> None:
        # packed first: otherwise a kill in between would bring its old packed value back
        if Ref(ref.encode()) in self._packed().get_packed_refs():
            self._remove_packed(ref)
        if (self._root / ref).exists():
            remove_durably(self._root / ref)

    def _remove_packed(self, ref: str) -> None:
        path = self._root / "packed-refs"
        lock = _take_lock(path, b"")
        # a line with ^ belongs to the one before it: what a tag points at
        row = re.compile(rb"^[0-9a-f]{40} %s\n(\^.*\n)?" % re.escape(ref.encode()), re.MULTILINE)
        try:
            write_durably(path, row.sub(b"", path.read_bytes()))
        finally:
            lock.unlink()

    def _sync_above(self, path: Path) -> None:
        # all the way up, for a folder may be new, made by a process killed before it was synced
        for folder in path.parents:
            sync_folder(folder)
            if folder.parent == self._root:
                return


def _take_lock(path: Path, data: bytes) -> Path:
    lock = path.with_name(f"{path.name}.lock")
    for _ in range(_TRIES):
        try:
            write_new(lock, data)
        except FileExistsError:
            time.sleep(_PAUSE)
        except FileNotFoundError:
            make_folder(path.parent)
        except NotADirectoryError:
            break
        else:
            return lock
    raise _conflict()


def _conflict() -> Conflict:
    return Conflict(Problem(code=Code.BASE_MOVED))
