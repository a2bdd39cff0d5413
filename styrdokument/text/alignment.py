"""Which parts of two sequences belong together, with work bounded by counting.

A clock would make the same two texts differ from day to day. Out of `Work` the answer is
coarser, that is, fewer parts belong together, and never wrong.
"""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

_T = TypeVar("_T")

Pairs = list[tuple[int, int]]
"""Places in the old and the new sequence, rising in both."""

_STEPS = 150_000_000
"""About as many hundredths of a microsecond."""
_LARGEST_TABLE = 400_000_000
"""Bits of one table of the longest common subsequence: 50 MB."""
_WIDTHS = (8, 3, 1)
"""Parts next to each other that may anchor what is too long for a table."""
_CANDIDATES = 20_000
"""Most pairs weighed in one gap."""


class Work:
    """How much may still be spent on one comparison."""

    def __init__(self, steps: int = _STEPS) -> None:
        self._left = steps

    def affords(self, steps: int) -> bool:
        """Take `steps` from what is left, if there is as much."""
        if steps > self._left:
            return False
        self._left -= steps
        return True


def common(old: Sequence[int], new: Sequence[int], work: Work) -> Pairs:
    """Give pairs of equal parts: as many as possible where that can be afforded.

    Otherwise what is equal at both ends, and at and around what occurs once in each.
    """
    start = _equal_start(old, new)
    ends = min(len(old), len(new)) - start
    end = _equal_start(old[::-1][:ends], new[::-1][:ends])
    middle = (old[start : len(old) - end], new[start : len(new) - end])
    pairs = [(place, place) for place in range(start)]
    pairs += [(i + start, j + start) for i, j in _between(*middle, work)]
    return pairs + [(len(old) - k, len(new) - k) for k in range(end, 0, -1)]


def similar(
    old: Sequence[_T], new: Sequence[_T], likeness: Callable[[_T, _T], float], *, least: float
) -> Pairs:
    """Give pairs that are alike by at least `least`, the most alike first chosen.

    In long gaps only pairs at about the same place are weighed.
    """
    chosen: Pairs = []
    for _, _, i, j in sorted(_weighed(old, new, likeness, least)):
        place = bisect_left(chosen, (i, j))
        is_after = not place or (chosen[place - 1][0] < i and chosen[place - 1][1] < j)
        if is_after and (place == len(chosen) or (chosen[place][0] > i and chosen[place][1] > j)):
            insort(chosen, (i, j))
    return chosen


def gaps(pairs: Pairs, olds: int, news: int) -> Iterator[tuple[slice, slice, tuple[int, int]]]:
    """Go through what lies before each pair, and the pair; last what is left, and the ends."""
    i = j = 0
    for pair in [*pairs, (olds, news)]:
        yield slice(i, pair[0]), slice(j, pair[1]), pair
        i, j = pair[0] + 1, pair[1] + 1


def _equal_start(old: Sequence[int], new: Sequence[int]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(old), len(new)))


def _between(
    old: Sequence[int], new: Sequence[int], work: Work, widths: Sequence[int] = _WIDTHS
) -> Pairs:
    if not old or not new:
        return []
    if _can_table(old, new, work):
        return _longest(old, new)
    if not widths:
        return []
    pairs: Pairs = []
    anchors = _rising(_unique(_runs(old, widths[0]), _runs(new, widths[0])))
    for olds, news, pair in gaps(anchors, len(old), len(new)):
        if olds.start < olds.stop and news.start < news.stop:
            inner = _between(old[olds], new[news], work, widths[1:])
            pairs += [(i + olds.start, j + news.start) for i, j in inner]
        pairs.append(pair)
    return pairs[:-1]


def _can_table(old: Sequence[int], new: Sequence[int], work: Work) -> bool:
    fits = len(old) * len(new) <= _LARGEST_TABLE
    return fits and work.affords((len(old) + len(new)) * (len(old) // 64 + 16))


def _longest(old: Sequence[int], new: Sequence[int]) -> Pairs:
    """Give a longest common subsequence, by rows of bits (Hyyrö 2004).

    Bit i of row j is 0 where taking old[i] in makes the subsequence with new[:j] longer.
    """
    places: defaultdict[int, int] = defaultdict(int)
    for i, part in enumerate(old):
        places[part] |= 1 << i
    full = (1 << len(old)) - 1
    rows = [full]
    for part in new:
        row = rows[-1]
        matched = row & places.get(part, 0)
        rows.append(((row + matched) | (row - matched)) & full)
    return _walk_back(rows, len(old))


def _walk_back(rows: list[int], i: int) -> Pairs:
    pairs: Pairs = []
    j = len(rows) - 1
    while i and j:
        if rows[j] >> (i - 1) & 1:
            i -= 1
        elif rows[j - 1] >> (i - 1) & 1:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        else:
            j -= 1
    return pairs[::-1]


def _runs(parts: Sequence[int], width: int) -> list[tuple[int, ...]]:
    """Give every part with those after it, `width` together."""
    return list(zip(*(parts[start:] for start in range(width)), strict=False))


def _unique(old: Sequence[Hashable], new: Sequence[Hashable]) -> Pairs:
    once_old, once_new = Counter(old), Counter(new)
    places = {part: j for j, part in enumerate(new) if once_new[part] == 1}
    return [(i, places[p]) for i, p in enumerate(old) if once_old[p] == 1 and p in places]


def _rising(pairs: Pairs) -> Pairs:
    """Give a longest run of pairs that rises in both places; `pairs` rises in the first."""
    lowest: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for place, (_, j) in enumerate(pairs):
        length = bisect_left(lowest, j)
        lowest[length : length + 1] = [j]
        ends[length : length + 1] = [place]
        before.append(ends[length - 1] if length else -1)
    run: Pairs = []
    place = ends[-1] if ends else -1
    while place >= 0:
        run.append(pairs[place])
        place = before[place]
    return run[::-1]


def _weighed(
    old: Sequence[_T], new: Sequence[_T], likeness: Callable[[_T, _T], float], least: float
) -> Iterator[tuple[float, int, int, int]]:
    """Go through candidates: unlikeness, distance from the same place, places."""
    reach = _CANDIDATES // (len(old) + len(new) + 1)
    for i, part in enumerate(old):
        middle = i * len(new) // len(old)
        for j in range(max(0, middle - reach), min(len(new), middle + reach + 1)):
            alike = round(likeness(part, new[j]), 2)
            if alike >= least:
                yield -alike, abs(i * len(new) - j * len(old)), i, j
