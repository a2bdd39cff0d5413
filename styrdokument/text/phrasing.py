"""Which words of two similar leaves are the same, told in phrases that read well.

A word or two left standing between changes makes a reader stumble: such remains join the
changes around them. All words of both leaves are in the phrases, in order.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from styrdokument.text.alignment import Work, common
from styrdokument.text.blocks import Block
from styrdokument.text.inline import Word

_SHORT = 3
"""Letters in a word, or words and signs, too few to stand alone between two changes."""
_LEAST_KEPT = 0.3
"""How much of the longer leaf must stay for its words to be compared at all."""


class Phrase(NamedTuple):
    """Words next to each other that are the same in both leaves, or changed."""

    old: slice
    new: slice
    is_same: bool


def phrases(old: Block, new: Block, work: Work) -> list[Phrase]:
    """Give the phrases of two leaves in order."""
    kept: list[Phrase] = []
    scale, same = _Scale(old.words, new.words), 0
    for phrase in _raw(old, new, work):
        kept.append(phrase)
        same += scale.weight(phrase) * phrase.is_same
        while len(kept) > 2 and not phrase.is_same and scale.is_weak(*kept[-3:]):  # noqa: PLR2004
            kept[-3:] = [_joined(kept[-3], kept[-1])]
    if same < _LEAST_KEPT * scale.all:
        return [Phrase(slice(0, len(old.words)), slice(0, len(new.words)), is_same=False)]
    return kept


def _raw(old: Block, new: Block, work: Work) -> Iterator[Phrase]:
    """Go through words that stand together in both, and through what is between them."""
    i = j = length = 0
    ends = (len(old.words), len(new.words))
    for a, b in [*common(old.numbers, new.numbers, work), ends]:
        if (a, b) == (i + length, j + length) and (a, b) != ends:
            length += 1
            continue
        if length:
            yield Phrase(slice(i, i + length), slice(j, j + length), is_same=True)
        if (a, b) != (i + length, j + length):
            yield Phrase(slice(i + length, a), slice(j + length, b), is_same=False)
        i, j, length = a, b, 1


def _joined(first: Phrase, last: Phrase) -> Phrase:
    old = slice(first.old.start, last.old.stop)
    return Phrase(old, slice(first.new.start, last.new.stop), is_same=first.is_same)


class _Scale:
    """Weighs phrases by the words in them; signs weigh nothing."""

    def __init__(self, old: Sequence[Word], new: Sequence[Word]) -> None:
        self._new = new
        self._olds = [0, *accumulate([_weight(word) for word in old])]
        self._news = [0, *accumulate([_weight(word) for word in new])]
        self.all = max(self._olds[-1], self._news[-1])

    def is_weak(self, before: Phrase, same: Phrase, after: Phrase) -> bool:
        """Tell whether what stayed the same is too little to stand between two changes."""
        stayed, weight = self._new[same.new], self.weight(same)
        if weight > 1 or len(stayed) > _SHORT:
            is_little = 2 * weight <= min(self.weight(before), self.weight(after))
        else:
            is_little = sum(len(word.text) for word in stayed if word.is_spoken) <= _SHORT
        return is_little and not any(word.atom for word in stayed)

    def weight(self, phrase: Phrase) -> int:
        """Tell how many words a phrase has in the leaf where it has more."""
        old: int = self._olds[phrase.old.stop] - self._olds[phrase.old.start]
        new: int = self._news[phrase.new.stop] - self._news[phrase.new.start]
        return max(old, new)


def _weight(word: Word) -> int:
    return int(word.atom is not None or word.is_spoken)
