"""How bytes reach the disk so that they survive a power cut, and how processes take turns.

Everything durable in the record is written here. A file appears whole or not at all: temporary
file beside it, fsync, rename, fsync of the folder. A failed fsync ends the process and is never
retried, for the kernel may have dropped the bytes. Functions of `os` are called as attributes of
the module, so that a test can kill or fail each one of them.
"""

import fcntl
import os
import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

# The functions of os themselves, for the tests described above.
# ruff: noqa: PTH102, PTH105, PTH108

FSYNC_FAILED = 70
TEMPORARY = "tmp_"

_taken = threading.local()


def write_durably(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Put `data` at `path`, replacing what stands there, and return when it will last.

    Raises OSError (a full disk, say) with the old file untouched and nothing left behind.
    """
    write_whole(path, data, mode=mode)
    sync_folder(path.parent)


def create_durably(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Do as `write_durably` where nothing stands; raise FileExistsError where something does."""
    temporary = temporary_beside(path)
    write_new(temporary, data, mode=mode)
    try:
        os.link(temporary, path)
    finally:
        os.unlink(temporary)
    sync_folder(path.parent)


def write_whole(path: Path, data: bytes, *, mode: int = 0o644, kind: str = "file") -> None:
    """Put `data` at `path` whole or not at all; it lasts once `sync_folder(path.parent)` has run.

    `kind` stands in the temporary name, `tmp_<kind>_…`.
    """
    temporary = temporary_beside(path, kind=kind)
    write_new(temporary, data, mode=mode)
    with removed_on_error(temporary):
        os.replace(temporary, path)


def write_new(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Create `path` with `data`, fsynced; the caller makes its name last.

    Raises FileExistsError where something stands; any other OSError leaves nothing behind.
    """
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with removed_on_error(path):
        try:
            _write_all(file, data)
            _sync(file, path)
        finally:
            os.close(file)


def temporary_beside(path: Path, *, kind: str = "file") -> Path:
    """Answer a name in the folder of `path` that nobody else uses and that recovery knows."""
    return path.with_name(f"{TEMPORARY}{kind}_{secrets.token_hex(8)}")


def clear_temporaries(folder: Path) -> None:
    """Remove what killed writers left right below `folder`; only for who is alone there."""
    for left in folder.glob(f"{TEMPORARY}*"):
        if left.is_file():
            left.unlink()


@contextmanager
def removed_on_error(path: Path) -> Iterator[None]:
    """Remove a file of our own making if what follows does not succeed."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            os.unlink(path)
        raise


def sync_folder(path: Path) -> None:
    """Make the names in a folder last: what was created, renamed or removed in it."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _sync(folder, path)
    finally:
        os.close(folder)


def make_folder(path: Path) -> None:
    """Make a folder and the missing ones above it, each made to last in the one above."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        try:
            os.mkdir(folder)
        except FileExistsError:
            if not folder.is_dir():
                raise
        sync_folder(folder.parent)


def remove_durably(path: Path) -> None:
    """Remove a file so that it stays removed; one that is already gone is no error."""
    with suppress(FileNotFoundError):
        os.unlink(path)
    sync_folder(path.parent)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file at `path` alone, among all threads and processes; wait for it.

    Raises RuntimeError if this thread holds it already: it would wait for itself for ever.
    """
    name = os.path.realpath(path)
    held: set[str] = _taken.__dict__.setdefault("names", set())
    if name in held:
        raise RuntimeError(f"this thread already holds {path.name}")
    with _flock(path, os.O_RDWR | os.O_CREAT):
        held.add(name)
        try:
            yield
        finally:
            held.remove(name)


class Alive:
    """The mark that a process lives: a shared lock, held from `enter` until the process ends.

    Entering goes one at a time, by a lock on the folder that the file lies in. Whoever then gets
    the file exclusively is alone and recovers. So a process whose forerunner died while it was
    recovering finds itself alone, and does it over again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self.was_alone = False

    def enter(self, recover: Callable[[], None]) -> None:
        """Join the living; if there are none, call `recover` first, while others wait outside."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            with _flock(self._path.parent, os.O_RDONLY | os.O_DIRECTORY):
                self.was_alone = _is_alone(file)
                if self.was_alone:
                    recover()
                fcntl.flock(file, fcntl.LOCK_SH)
        except BaseException:
            os.close(file)
            raise
        self._file = file

    def close(self) -> None:
        """Leave the living."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _sync(file: int, path: Path) -> None:
    try:
        os.fsync(file)
    except OSError as error:
        _give_up(path, error)


def _give_up(path: Path, error: OSError) -> NoReturn:
    sys.stderr.write(f"fsync of {path} failed ({error.strerror}); stopping, start again\n")
    sys.stderr.flush()
    os._exit(FSYNC_FAILED)


@contextmanager
def _flock(path: Path, flags: int) -> Iterator[None]:
    file = os.open(path, flags | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            # closing is not enough: a child that is just being started may share the open file
            fcntl.flock(file, fcntl.LOCK_UN)
    finally:
        os.close(file)


def _is_alone(file: int) -> bool:
    # first shared: who was killed while recovering may have lost the folder's lock but not this
    fcntl.flock(file, fcntl.LOCK_SH)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
