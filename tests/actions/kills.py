"""Kill a child process at its n-th write, for any n, and look at what is left.

Every kill is done, and everything is opened again after it. Looked at closely is what differs from
what the kill before it left: a file that was opened and one that was also written, both swept
away, are one to whoever looks. Counted are the calls that reach the disk (through `os`) and every
SQL statement and commit; where a server has the databases, whose kills those are, only the latter.
"""

import hashlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, select

from styrdokument.actions.house import House
from styrdokument.app import open_house
from styrdokument.config import FILE, read_config
from styrdokument.store import journal, tables
from tests.cast import NOON
from tests.databases import SQLITE, Databases
from tests.views import library

WRITES = ("open", "write", "fsync", "replace", "rename", "link", "unlink", "mkdir")
Deed = Callable[[House], None]


def houses_after_each_kill(
    databases: Databases, data: Path, scratch: Path, deed: Deed, *, every: int = 1, least: int = 10
) -> Iterator[House]:
    """For the writes of `deed`: the house as it opens after a kill right before that write.

    A house like the one before it is opened and left out; the last one is that of a deed which
    nothing stopped. `every` third or so is enough for a deed of many writes, of which there must
    be more than `least`.
    """
    number, is_stopped, before = 1 - every, True, None
    while is_stopped:
        number += every
        copy = scratch / str(number)
        databases.copy(data, copy)
        writes = WRITES if databases.kind == SQLITE else ()
        is_stopped = _run_and_kill(copy, deed, number, writes)
        house = open_house(read_config(copy, {}), now=lambda: NOON)
        found = _all_that_is_kept(house)
        if found != before:
            yield house
        before = found
        library.close(house)
        house.alive.close()
        databases.remove(copy)
    assert number > least, "too few kills"


def check_repository(house: House) -> None:
    """C git finds nothing wrong, and nothing half-written lies about."""
    checked = subprocess.run(
        ["git", "fsck", "--strict", "--no-dangling"],
        cwd=house.git.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    left = [p.name for p in house.git.path.rglob("*") if p.name.startswith("tmp_")]
    assert left + [p.name for p in house.git.path.rglob("*.lock")] == []


def _all_that_is_kept(house: House) -> tuple[object, ...]:
    """The files but those of databases and what says where these are; and every row of them."""
    files = {
        str(path.relative_to(house.data)): hashlib.sha256(path.read_bytes()).digest()
        for path in sorted(house.data.rglob("*"))
        if path.is_file() and path.name != FILE and ".db" not in path.name
    }
    kept = (house.journal.engine, journal.METADATA), (house.index.engine, tables.METADATA)
    rows = []
    for engine, metadata in kept:
        with engine.connect() as connection:
            found = (connection.execute(select(table)) for table in metadata.sorted_tables)
            rows += [sorted(map(repr, these)) for these in found]
    return files, rows


def _arm(number: int, writes: Sequence[str]) -> None:
    """From now on, die right before the n-th write."""
    left = number

    def strike(*_facts: object, **_more: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in writes:
        setattr(os, name, _striking(getattr(os, name), strike))
    event.listen(Engine, "before_cursor_execute", strike)
    event.listen(Engine, "commit", strike)


def _run_and_kill(data: Path, deed: Deed, number: int, writes: Sequence[str]) -> bool:
    """Whether the deed was killed before it ended."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            house = open_house(read_config(data, {}), now=lambda: NOON)
            _arm(number, writes)
            deed(house)
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    if os.WIFSIGNALED(ended):
        return True
    assert os.WEXITSTATUS(ended) == 0, f"the deed failed at write {number}"
    return False


def _striking(call: Callable[..., Any], strike: Callable[[], None]) -> Callable[..., Any]:
    def struck(*arguments: Any, **named: Any) -> Any:
        strike()
        return call(*arguments, **named)

    return struck
