"""What keeps a repository quick and small, done by C git beside readers and writers.

dulwich does none of it (record.md §6). Nothing that anything leads to is ever removed, and what
nothing leads to stays for two weeks, so that whatever is being written is left alone.
"""

import time
from pathlib import Path

from styrdokument.store import programs

KEPT = "2.weeks.ago"
STALE_SECONDS = 24 * 60 * 60
MOST_PACKS = 50
"""Each push leaves one; more of them make every look slower."""
_LEFT = ("tmp_*", "incoming-*")
_OFTEN = ("--geometric=2",)
_WHOLE = ("-A", f"--unpack-unreachable={KEPT}")
"""Packing often takes in whatever lies there; now and then all is packed anew, without what
nothing leads to."""


def keep(repository: Path, *, is_whole: bool = False) -> tuple[str, ...]:
    """Clear what was cut off, prune, pack, and write the graph of commits; what was cleared.

    Raises Damaged with git's words where a step fails; the steps before it are done.
    """
    cleared = _clear(repository / "objects")
    steps = (
        ("prune", f"--expire={KEPT}"),
        ("repack", "-d", "-q", "--write-midx", *(_WHOLE if is_whole else _OFTEN)),
        ("commit-graph", "write", "--reachable", "--changed-paths", "--no-progress"),
    )
    for step in steps:
        programs.run(repository, *step)
    return tuple(cleared)


def keep_if_many(repository: Path) -> None:
    """Pack, where pushes have left many packs since it was last done."""
    if len(list((repository / "objects" / "pack").glob("*.pack"))) > MOST_PACKS:
        programs.run(repository, "repack", "-d", "-q", "--write-midx", *_OFTEN)


def _clear(objects: Path) -> list[str]:
    """Remove what pushes that were cut off a day ago left: theirs has ended, one way or another."""
    old = time.time() - STALE_SECONDS
    places = (objects, objects / "pack")
    found = [p for place in places for name in _LEFT for p in place.glob(name)]
    stale = [path for path in found if path.stat().st_mtime < old]
    for path in stale:
        _remove(path)
    return [path.name for path in stale]


def _remove(path: Path) -> None:
    if not path.is_dir():
        path.unlink(missing_ok=True)
        return
    for below in sorted(path.rglob("*"), reverse=True):
        if below.is_dir():
            below.rmdir()
        else:
            below.unlink(missing_ok=True)
    path.rmdir()
