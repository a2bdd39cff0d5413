"""Which removed file became which added one, in one commit: as git tells it, by what they hold.

Exact ones first, then the likest pair at a time. As in git, half alike is the least that counts.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import PurePosixPath

from styrdokument.store.git import ObjectId

LEAST_ALIKE = 0.5
MOST_PAIRS = 100_000
"""More than so many pairs are not compared by content, only exactly."""

_PIECE = re.compile(rb"[^\n]{1,64}\n?|\n")
Pieces = Counter[bytes]


def find_renames(
    removed: Mapping[str, ObjectId],
    added: Mapping[str, ObjectId],
    *,
    wanted: Collection[str],
    read: Callable[[ObjectId], bytes],
) -> dict[str, str]:
    """New path -> old path, for the added paths that are `wanted`.

    `read` answers a blob; what it cannot read it answers as empty, which is like nothing.
    """
    if not (removed and wanted):
        return {}
    found = _exact(removed, added)
    left = {path: blob for path, blob in removed.items() if path not in found.values()}
    fresh = {path: added[path] for path in wanted if path not in found}
    if left and fresh and len(left) * len(fresh) <= MOST_PAIRS:
        found |= _near(
            {path: _pieces(read(blob)) for path, blob in left.items()},
            {path: _pieces(read(blob)) for path, blob in fresh.items()},
        )
    return {new: old for new, old in found.items() if new in wanted}


def _exact(removed: Mapping[str, ObjectId], added: Mapping[str, ObjectId]) -> dict[str, str]:
    """Same bytes; where several have them, the one of the same name goes first."""
    holders: dict[ObjectId, list[str]] = defaultdict(list)
    for path, blob in removed.items():
        holders[blob].append(path)
    pairs = sorted(
        (not _is_namesake(new, old), new, old)
        for new, blob in added.items()
        for old in holders.get(blob, ())
    )
    return _each_once((new, old) for _, new, old in pairs)


def _near(removed: Mapping[str, Pieces], added: Mapping[str, Pieces]) -> dict[str, str]:
    scores = (
        (-_likeness(before, after), not _is_namesake(new, old), new, old)
        for new, after in added.items()
        for old, before in removed.items()
    )
    pairs = sorted(row for row in scores if -row[0] >= LEAST_ALIKE)
    return _each_once((new, old) for _, _, new, old in pairs)


def _each_once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    taken: set[str] = set()
    for new, old in pairs:
        if new not in found and old not in taken:
            found[new] = old
            taken.add(old)
    return found


def _pieces(data: bytes) -> Pieces:
    return Counter(_PIECE.findall(data))


def _likeness(one: Pieces, other: Pieces) -> float:
    """How much of the larger is in the other, by bytes."""
    common = sum(len(piece) * count for piece, count in (one & other).items())
    largest = max(sum(len(p) * n for p, n in side.items()) for side in (one, other))
    return common / largest if largest else 0.0


def _is_namesake(one: str, other: str) -> bool:
    return PurePosixPath(one).name == PurePosixPath(other).name
