"""Objects read from disk and checked, by any number of threads.

Every object is checked against its id: what does not match is Damaged, never shown. Packs are
dulwich's, one `Repo` per thread, for a shared one breaks while git repacks beside it; loose files
are our own, for dulwich takes one that is cut short and so breaks every clone for a good one.
"""

import os
import re
import struct
import threading
import zlib
from pathlib import Path

from dulwich.errors import ApplyDeltaError, ChecksumMismatch, FileFormatException
from dulwich.object_store import DiskObjectStore
from dulwich.objects import ObjectID
from dulwich.pack import PackFileDisappeared
from dulwich.refs import RefsContainer
from dulwich.repo import Repo

from styrdokument.store.objects import KINDS, Damaged, Missing, ObjectId, identify, read_loose

# What dulwich raises when bits are flipped in loose objects, packs and indexes.
DAMAGE = (
    ApplyDeltaError,
    ArithmeticError,
    AssertionError,
    BufferError,
    ChecksumMismatch,
    EOFError,
    FileFormatException,
    LookupError,
    PackFileDisappeared,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

Repos = dict[tuple[int, threading.Thread], Repo]
"""What is open, by process and thread."""

_ID = re.compile(r"[0-9a-f]{40}")


class Loader:
    """What is on disk in the bare repository at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._repos: Repos = {}

    def load(self, object_id: ObjectId) -> tuple[str, bytes]:
        """Answer kind and bytes of an object, looking twice in case a repack just moved it.

        Raises Missing or Damaged.
        """
        found = self._look(object_id)
        if isinstance(found, Exception):
            self._forget(_here())
            found = self._look(object_id)
        if isinstance(found, Exception):
            raise found
        return found

    def load_as(self, kind: str, object_id: ObjectId) -> bytes:
        """Answer the bytes of a `blob`, `tree` or `commit`; raises Missing if it is another."""
        found, raw = self.load(object_id)
        if found != kind:
            raise Missing(object_id)
        return raw

    def holds(self, object_id: ObjectId) -> bool:
        """Say whether an object is there and whole."""
        return not isinstance(self._look(object_id), Exception)

    def beside(self, aside: Path) -> "Beside":
        """A loader of what is in the folder `aside`, too."""
        return Beside(self._path, self._repos, aside)

    def packed_refs(self) -> RefsContainer:
        """Answer this thread's reader of refs, which keeps packed-refs parsed."""
        return self._repo().refs

    def close(self) -> None:
        """Close the files that all threads have open; a later call opens them again."""
        for key in list(self._repos):
            self._forget(key)

    def _look(self, object_id: ObjectId) -> tuple[str, bytes] | Missing | Damaged:
        # answered, not raised: dulwich's own exceptions hold on to packs, which then cannot close
        if not _ID.fullmatch(object_id):
            return Missing(object_id)
        try:
            kind, raw = (
                read_loose(self._path / "objects", object_id)
                or self._put_aside(object_id)
                or self._packed(object_id)
            )
        except KeyError as error:
            # the key is another one where the object is there, but not what it is a delta of
            is_absent = error.args == (object_id.encode(),)
            return Missing(object_id) if is_absent else Damaged(object_id)
        except DAMAGE:
            return Damaged(object_id)
        return (kind, raw) if identify(kind, raw) == object_id else Damaged(object_id)

    def _put_aside(self, _object_id: ObjectId) -> tuple[str, bytes] | None:
        """What lies beside the repository: nothing, but see `Beside`."""
        return None

    def _packed(self, object_id: ObjectId) -> tuple[str, bytes]:
        number, raw = self._repo().object_store.get_raw(ObjectID(object_id.encode()))
        return KINDS[number], raw

    def _repo(self) -> Repo:
        repo = self._repos.get(_here())
        if repo is None:
            for key in list(self._repos):
                if key[0] != os.getpid() or not key[1].is_alive():
                    self._forget(key)
            repo = self._repos[_here()] = Repo(os.fspath(self._path))
        return repo

    def _forget(self, key: tuple[int, threading.Thread]) -> None:
        repo = self._repos.pop(key, None)
        if repo is not None:
            repo.close()


class Beside(Loader):
    """What is on disk in `aside`, too: a folder of objects beside the repository's own.

    For one thread; `close` closes the folder alone.
    """

    def __init__(self, path: Path, repos: Repos, aside: Path) -> None:
        super().__init__(path)
        self._repos = repos
        self._aside = aside
        self._store = DiskObjectStore(os.fspath(aside))

    def holds_aside(self, object_id: ObjectId) -> bool:
        """Say whether an object lies aside."""
        return self._put_aside(object_id) is not None

    def close(self) -> None:
        """Close the folder's files."""
        self._store.close()

    def _put_aside(self, object_id: ObjectId) -> tuple[str, bytes] | None:
        if found := read_loose(self._aside, object_id):
            return found
        name = ObjectID(object_id.encode())
        if name not in self._store:
            return None
        number, raw = self._store.get_raw(name)
        return KINDS[number], raw


def _here() -> tuple[int, threading.Thread]:
    # the process too: after a fork, parent and child would share the position in open packs
    return os.getpid(), threading.current_thread()
