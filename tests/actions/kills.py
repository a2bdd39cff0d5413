"""Kill a child process at its n-th write, for any n, and look at what is left.

Counted are the calls that reach the disk (through `os`) and every SQL statement and commit; where
a server has the databases, whose kills those are, only the latter.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from styrdokument.actions.house import House
from styrdokument.app import open_house
from styrdokument.config import read_config
from tests.cast import NOON
from tests.databases import SQLITE, Databases
from tests.views import library

WRITES = ("open", "write", "fsync", "replace", "rename", "link", "unlink", "mkdir")
Deed = Callable[[House], None]


def houses_after_each_kill(
    databases: Databases, data: Path, scratch: Path, deed: Deed, *, every: int = 1
) -> Iterator[House]:
    """For each write of `deed`: the house as it opens after a kill right before that write.

    The last house is that of a deed which nothing stopped. `every` third or so is enough for a
    deed of many writes.
    """
    number, is_stopped = 1 - every, True
    while is_stopped:
        number += every
        copy = scratch / str(number)
        databases.copy(data, copy)
        writes = WRITES if databases.kind == SQLITE else ()
        is_stopped = _run_and_kill(copy, deed, number, writes)
        house = open_house(read_config(copy, {}), now=lambda: NOON)
        yield house
        library.close(house)
        house.alive.close()
        databases.remove(copy)


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
