"""Which blocks and words of two pages belong together, as one tree of both.

Blocks are aligned first (equal ones, then similar ones between them), then the words of
the blocks that belong together. Rows stay rows and cells cells. Work is counted, not
timed: a costly comparison gets coarser, never wrong, and is the same every time.
"""

from collections.abc import Iterable, Iterator, Sequence

from styrdokument.text.alignment import Work, common, gaps, similar
from styrdokument.text.blocks import Block, Numbers
from styrdokument.text.changes import Changes, Marked
from styrdokument.text.inline import Word, text_of
from styrdokument.text.marking import Node, Piece
from styrdokument.text.phrasing import phrases
from styrdokument.text.tables import Gap, have_other_columns, header_of, widened

_LEAST = 0.35
"""How alike blocks must be, from 0 to 1, to be shown as one that changed."""
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SMALL = 2000
"""Most characters of a block that is taken apart to see if it is equal."""
_OPENING, _READING, _WEIGHING, _JOINING = 1500, 80, 300, 8000
"""Steps of work to open a block, read a character, weigh two blocks, and make them one."""
_MARKUP = 500
"""Characters of tags and addresses that may make one of two alike blocks longer."""
_WRITTEN_ONE_WAY = frozenset({"table", "thead", "tbody", "tr"})
_AROUND = 6
"""Words that are told on either side of a change."""
_Step = tuple[slice, slice, tuple[int, int] | None]
"""Places of old and new blocks that stand apart, and of a pair that belongs together."""


class Comparison:
    """One comparison: what may still be spent on it, and what it has found."""

    def __init__(self, numbers: Numbers, changes: Changes) -> None:
        self._numbers = numbers
        self._changes = changes
        self._work = Work()

    def blocks(self, old: Sequence[Block], new: Sequence[Block]) -> Iterator[Node]:
        """Make two runs of blocks one."""
        for olds, news, pair in self._aligned(old, new):
            yield from self._apart(old[olds], new[news])
            if pair:
                yield self._together(old[pair[0]], new[pair[1]])

    def _aligned(self, old: Sequence[Block], new: Sequence[Block]) -> Iterator[_Step]:
        """Go through what came apart before each pair, and the pair; last what is left."""
        equal = common(*self._numbered(old, new), self._work)
        pairs = list(equal)
        for olds, news, _ in gaps(equal, len(old), len(new)):
            near = similar(old[olds], new[news], self._likeness, least=_LEAST)
            affords = (pair for pair in near if self._work.affords(_JOINING))
            pairs += [(i + olds.start, j + news.start) for i, j in affords]
        for olds, news, pair in gaps(sorted(pairs), len(old), len(new)):
            yield olds, news, pair if pair != (len(old), len(new)) else None

    def _numbered(self, old: Sequence[Block], new: Sequence[Block]) -> tuple[list[int], list[int]]:
        """Number blocks by how they are written; where that has no equal, by what they say."""
        gone, come = {block.bare for block in old}, {block.bare for block in new}
        both = gone & come
        is_settled = len(both) == min(len(gone), len(come))

        def number(block: Block) -> int:
            is_read = not is_settled and block.bare not in both and self._may_read(block)
            return block.key if is_read else self._numbers[block.bare]

        return list(map(number, old)), list(map(number, new))

    def _may_read(self, block: Block) -> bool:
        """Tell whether a block is to be told by its words, however it is written.

        A row is written in one way only; what is large is told by its likeness.
        """
        length = len(block.bare)
        is_wanted = block.tag not in _WRITTEN_ONE_WAY and length <= _SMALL
        return is_wanted and self._work.affords(_OPENING + length * _READING)

    def _likeness(self, old: Block, new: Block) -> float:
        """Tell how much of their words two blocks share, or 0 if they can't become one."""
        if old.shape != new.shape or not self._work.affords(_WEIGHING):
            return 0.0
        if new.tag in _WRITTEN_ONE_WAY - {"tr"}:
            return 1.0
        shorter, longer = sorted((len(old.bare), len(new.bare)))
        is_hopeless = (shorter + _MARKUP) < _LEAST / 3 * longer
        if is_hopeless or not self._work.affords(shorter * _READING):
            return 0.0
        total = old.size + new.size
        both = old.bag.keys() & new.bag.keys()
        return 2 * sum([min(old.bag[w], new.bag[w]) for w in both]) / total if total else 1.0

    def _apart(self, old: Sequence[Block], new: Sequence[Block]) -> Iterator[Node]:
        """Give blocks that are gone, then blocks that came: one change."""
        if old or new:
            self._pass([*old[:1], *new[:1]])
            change = self._changes.begin(_words(old), _words(new))
            yield from (Node(block, "del", change) for block in old)
            yield from (Node(block, "ins", change) for block in new)
            self._pass(new)

    def _together(self, old: Block, new: Block) -> Node:
        """Give a block with what changed in it."""
        if isinstance(old, Gap):
            return Node(new, "ins", old.change)
        if isinstance(new, Gap):
            return Node(old, "del", new.change)
        self._pass([new])
        if old.bare == new.bare:
            return Node(new)
        if new.is_leaf:
            pieces = self._pieces(old, new)
            return Node(new, pieces=pieces if any(piece.fate for piece in pieces) else ())
        if new.tag == "table" and self._gained_columns(old, new):
            old, new = self._same_columns(old, new)
        if new.tag == "tr" and len(old.children) == len(new.children):
            cells = zip(old.children, new.children, strict=True)
            inside = [self._together(*pair) for pair in cells]
        else:
            inside = list(self.blocks(old.children, new.children))
        return Node(new, blocks=inside if not all(node.is_same for node in inside) else ())

    def _pass(self, blocks: Iterable[Block]) -> None:
        """Remember the heading that what follows stands under."""
        for block in blocks:
            if block.tag in _HEADINGS:
                self._changes.heading = text_of(block.words)

    def _pieces(self, old: Block, new: Block) -> list[Piece]:
        found: list[Piece] = []
        for phrase in phrases(old, new, self._work):
            before, after = old.words[phrase.old], new.words[phrase.new]
            if phrase.is_same:
                found.append(Piece("", after))
                continue
            change = self._changes.begin(before, after, *_beside(new.words, phrase.new))
            found += [Piece("del", before, change)] * bool(before)
            found += [Piece("ins", after, change)] * bool(after)
        return found

    def _gained_columns(self, old: Block, new: Block) -> bool:
        """Tell whether columns came or went; not where the header is another one altogether."""
        if not have_other_columns(old, new):
            return False
        return self._likeness(*(table.children[0].children[0] for table in (old, new))) >= _LEAST

    def _same_columns(self, old: Block, new: Block) -> tuple[Block, Block]:
        """Give both tables all columns of either."""
        heads = header_of(old), header_of(new)
        olds: list[int | Marked] = []
        news: list[int | Marked] = []
        for gone, come, pair in self._aligned(*heads):
            for place in range(gone.start, gone.stop):
                olds.append(place)
                news.append(self._changes.begin(heads[0][place].words, ()))
            for place in range(come.start, come.stop):
                olds.append(self._changes.begin((), heads[1][place].words))
                news.append(place)
            if pair:
                olds.append(pair[0])
                news.append(pair[1])
        return widened(old, olds), widened(new, news)


def _beside(words: Sequence[Word], place: slice) -> tuple[str, str]:
    """Give some of the words before and after a place, with the spaces between."""
    first, last = max(0, place.start - _AROUND), place.stop + _AROUND
    lead = "…" * (first > 0) + text_of(words[first : place.start])
    trail = text_of(words[place.stop : last]) + "…" * (last < len(words))
    ends = [words[at].space if at < len(words) else "" for at in (place.start, place.stop)]
    return lead + ends[0], ends[1] + trail


def _words(blocks: Iterable[Block]) -> Iterator[Word]:
    for block in blocks:
        for leaf in block.leaves():
            yield from leaf.words
