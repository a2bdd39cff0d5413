"""What changed between two rendered pages, shown in the new one.

Blocks are aligned first (equal ones, then similar ones between them), then the words of
the blocks that belong together. Rows stay rows and cells cells. Work is counted, not
timed: a costly comparison gets coarser, never wrong, and is the same every time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from styrdokument.text.alignment import Work, common, gaps, similar
from styrdokument.text.blocks import Block, Numbers, Word, read_page
from styrdokument.text.marking import Change, Fate, Marked, Marking, Piece, Words
from styrdokument.text.phrasing import phrases
from styrdokument.text.tables import Gap, header_of, is_grid, widened

__all__ = ["Change", "Redline", "Words", "redline"]

_LEAST = 0.35
"""How alike blocks must be, from 0 to 1, to be shown as one that changed."""


@dataclass(frozen=True, kw_only=True)
class Redline:
    """The page with its changes, and the changes in the order of the page."""

    html: str
    changes: tuple[Change, ...]


def redline(old_html: str, new_html: str, *, words: Words) -> Redline:
    """Show what changed from one page that `markdown.render` made to another.

    Elements are the new page's, with `<del>` for what is gone and `<ins>` for what came.
    """
    numbers = Numbers()
    old = read_page(old_html, numbers, with_ids=False)
    new = read_page(new_html, numbers, with_ids=True)
    comparison = _Comparison(words)
    page = "".join(comparison.blocks(old.children, new.children))
    return Redline(html=page, changes=tuple(comparison.marking.changes))


_Step = tuple[slice, slice, tuple[int, int] | None]
"""Places of old and new blocks that stand apart, and of a pair that belongs together."""


class _Comparison:
    """One comparison: what may still be spent on it, and what it has found."""

    def __init__(self, words: Words) -> None:
        self.marking = Marking(words)
        self._work = Work()

    def blocks(self, old: Sequence[Block], new: Sequence[Block]) -> Iterator[str]:
        """Write two runs of blocks as one."""
        for olds, news, pair in self._aligned(old, new):
            yield from self._apart(old[olds], new[news])
            if pair:
                yield self._together(old[pair[0]], new[pair[1]])

    def _aligned(self, old: Sequence[Block], new: Sequence[Block]) -> Iterator[_Step]:
        """Go through what came apart before each pair, and the pair; last what is left."""
        equal = common([b.key for b in old], [b.key for b in new], self._work)
        pairs = list(equal)
        for olds, news, _ in gaps(equal, len(old), len(new)):
            near = similar(old[olds], new[news], self._likeness, least=_LEAST)
            pairs += [(i + olds.start, j + news.start) for i, j in near]
        for olds, news, pair in gaps(sorted(pairs), len(old), len(new)):
            yield olds, news, pair if pair != (len(old), len(new)) else None

    def _likeness(self, old: Block, new: Block) -> float:
        """Tell how much of their words two blocks share, or 0 if they can't become one."""
        if _shape(old) != _shape(new) or not self._work.affords(1):
            return 0.0
        total = old.size + new.size
        if not total or new.tag in {"thead", "tbody"}:
            return 1.0
        is_hopeless = 2 * min(old.size, new.size) < _LEAST * total
        if is_hopeless or not self._work.affords(2 * min(len(old.bag), len(new.bag))):
            return 0.0
        both = old.bag.keys() & new.bag.keys()
        self._work.affords(16 * len(both))
        return 2 * sum(min(old.bag[word], new.bag[word]) for word in both) / total

    def _apart(self, old: Sequence[Block], new: Sequence[Block]) -> Iterator[str]:
        """Write blocks that are gone, then blocks that came: one change."""
        if old or new:
            change = self.marking.begin(_words(old), _words(new))
            yield from (self._whole(block, "del", change) for block in old)
            yield from (self._whole(block, "ins", change) for block in new)

    def _whole(self, block: Block, fate: Fate = "", change: Marked | None = None) -> str:
        """Write a block whose words all share a fate."""
        if not block.is_leaf:
            inside = (self._whole(child, fate, change) for child in block.children)
            return self.marking.element(block, inside)
        is_shown = block.words or (change and change.is_blank and not change.is_placed)
        pieces = [Piece(fate, block.words, change)] if is_shown else []
        return self.marking.element(block, self.marking.line(pieces))

    def _together(self, old: Block, new: Block) -> str:
        """Write a block with what changed in it."""
        if isinstance(old, Gap):
            return self._whole(new, "ins", old.change)
        if isinstance(new, Gap):
            return self._whole(old, "del", new.change)
        if old.key == new.key:
            return self._whole(new)
        if new.is_leaf:
            return self.marking.element(new, self.marking.line(self._pieces(old, new)))
        if new.tag == "table" and is_grid(old) and is_grid(new):
            old, new = self._same_columns(old, new)
        if new.tag == "tr" and len(old.children) == len(new.children):
            cells = zip(old.children, new.children, strict=True)
            return self.marking.element(new, (self._together(*pair) for pair in cells))
        return self.marking.element(new, self.blocks(old.children, new.children))

    def _pieces(self, old: Block, new: Block) -> list[Piece]:
        found: list[Piece] = []
        for phrase in phrases(old, new, self._work):
            before, after = old.words[phrase.old], new.words[phrase.new]
            if phrase.is_same:
                found.append(Piece("", after))
                continue
            change = self.marking.begin(before, after)
            found += [Piece("del", before, change)] * bool(before)
            found += [Piece("ins", after, change)] * bool(after)
        return found

    def _same_columns(self, old: Block, new: Block) -> tuple[Block, Block]:
        """Give both tables all columns of either; of equally many each is where it was."""
        heads = header_of(old), header_of(new)
        if len(heads[0]) == len(heads[1]):
            return old, new
        olds: list[int | Marked] = []
        news: list[int | Marked] = []
        for gone, come, pair in self._aligned(*heads):
            for place in range(gone.start, gone.stop):
                olds.append(place)
                news.append(self.marking.begin(heads[0][place].words, ()))
            for place in range(come.start, come.stop):
                olds.append(self.marking.begin((), heads[1][place].words))
                news.append(place)
            if pair:
                olds.append(pair[0])
                news.append(pair[1])
        return widened(old, olds), widened(new, news)


def _shape(block: Block) -> tuple[str, str]:
    """Give what two blocks must have in common to become one."""
    return block.tag or "p", block.attrs.get("start", "")


def _words(blocks: Iterable[Block]) -> Iterator[Word]:
    for block in blocks:
        for leaf in block.leaves():
            yield from leaf.words
