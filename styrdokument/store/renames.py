"""Which file became which in one commit: as git tells it, by what they hold.

Exact ones first, then the likest pair at a time. As in git, half alike is the least that counts.
Beyond git, two that swap names, or move up one after another, are told apart: a file that was given
another text altogether is another, if its own text went on elsewhere.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from styrdokument.store.git import Change, ObjectId

LEAST_ALIKE = 0.5
MOST_STAYED = 2_000
"""Where more files than so were changed at once, none is taken for another's text."""
MOST_PAIRS = 100_000
"""More than so many pairs are not compared by content, only exactly."""

_PIECE = re.compile(rb"[^\n]{1,64}\n?|\n")
Pieces = Counter[bytes]
Read = Callable[[ObjectId], bytes]


@dataclass(frozen=True, kw_only=True)
class Moves:
    """What one commit did to files: `came_from` is new path -> old path.

    `begun` are paths where a file that was nowhere before stands; `ended` those of files that stand
    nowhere any more, with what they held.
    """

    came_from: Mapping[str, str]
    begun: Collection[str]
    ended: Mapping[str, ObjectId]


def find_moves(changes: Sequence[Change], *, wanted: Collection[str], read: Read) -> Moves:
    """What became of the files that `changes` are about, for new paths that are `wanted`.

    `read` answers a blob; what it cannot read it answers as empty, which is like nothing.
    """
    removed = {c.path: c.before for c in changes if c.before and c.after is None}
    added = {c.path: c.after for c in changes if c.after and c.before is None}
    other = _given_another_text(changes, wanted, read)
    befores = removed | {c.path: c.before for c in other if c.before}
    afters = added | {c.path: c.after for c in other if c.after}
    pairs = find_renames(befores, afters, wanted=afters.keys() & set(wanted), read=read)
    pairs = _without_takeovers(pairs, {c.path for c in other})
    claimed = set(pairs.values())
    stays = {c.path for c in other if c.path not in pairs and c.path not in claimed}
    return Moves(
        came_from={new: old for new, old in pairs.items() if new != old},
        begun=afters.keys() - pairs.keys() - stays,
        ended={path: blob for path, blob in befores.items() if path not in claimed | stays},
    )


def _without_takeovers(pairs: Mapping[str, str], stayed: Collection[str]) -> dict[str, str]:
    """A file that stayed is another only where its own text went on elsewhere.

    Otherwise it took another's text in, as when two pages become one, and is the same.
    """
    left = dict(pairs)
    while True:
        went_on = {old for new, old in left.items() if new != old}
        taken_over = [path for path in left if path in stayed and path not in went_on]
        if not taken_over:
            return left
        for path in taken_over:
            del left[path]


def _given_another_text(
    changes: Sequence[Change], wanted: Collection[str], read: Read
) -> list[Change]:
    """Files that stayed, with a text that came from elsewhere or is less than half the old one."""
    stayed = [c for c in changes if c.before and c.after and c.before != c.after]
    has_others = len(changes) > len(stayed) or len(stayed) > 1
    if not has_others or len(stayed) > MOST_STAYED:
        return []
    befores = {c.before for c in changes}
    return [
        c for c in stayed if c.path in wanted and (c.after in befores or not _is_alike(c, read))
    ]


def _is_alike(change: Change, read: Read) -> bool:
    before, after = (_pieces(read(blob)) if blob else Counter() for blob in _sides(change))
    return _likeness(before, after) >= LEAST_ALIKE


def _sides(change: Change) -> tuple[ObjectId | None, ObjectId | None]:
    return change.before, change.after


def find_renames(
    removed: Mapping[str, ObjectId],
    added: Mapping[str, ObjectId],
    *,
    wanted: Collection[str],
    read: Read,
) -> dict[str, str]:
    """New path -> old path, for the added paths that are `wanted`."""
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
