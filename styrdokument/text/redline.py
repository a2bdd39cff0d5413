"""What changed between two rendered pages, shown in the new one.

Blocks are aligned first (equal ones, then similar ones between them), then the words of
the blocks that belong together. Rows stay rows and cells cells. Work is counted, not
timed: a costly comparison gets coarser, never wrong, and is the same every time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from styrdokument.text.alignment import Work, common, gaps, similar
from styrdokument.text.blocks import Block, Numbers, Word, read_page
from styrdokument.text.marking import Change, Marked, Marking, Piece, Words
from styrdokument.text.phrasing import phrases
from styrdokument.text.tables import Column, blank, header_of, is_grid

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
        total = old.size + new.size
        if _shape(old) != _shape(new) or not self._work.affords(1):
            return 0.0
        if not total:
            return 1.0
        few, many = sorted((old, new), key=lambda block: len(block.bag))
        is_hopeless = 2 * min(old.size, new.size) < _LEAST * total
        if is_hopeless or not self._work.affords(4 * len(few.bag)):
            return 0.0
        shared = sum(min(times, many.bag[word]) for word, times in few.bag.items())
        return 2 * shared / total

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
        if old.key == new.key:
            return self._whole(new)
        if new.is_leaf:
            return self.marking.element(new, self.marking.line(self._pieces(old, new)))
        if new.tag == "table" and is_grid(old) and is_grid(new):
            return self.marking.element(new, self._grid(old, new))
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

    def _grid(self, old: Block, new: Block) -> Iterator[str]:
        """Write the parts of a table row by row, every row with the same columns."""
        columns = self._columns(header_of(old)[0], header_of(new)[0])
        head = self._row(header_of(old)[0], header_of(new)[0], columns)
        yield self.marking.element(new.children[0], [head])
        body = new.children[1:] or old.children[1:]
        rows = [tuple(row for part in t.children[1:] for row in part.children) for t in (old, new)]
        for part in body[:1]:
            yield self.marking.element(part, self._rows(*rows, columns))

    def _columns(self, old: Block, new: Block) -> list[Column]:
        """Tell which columns are the same: by place, or by header where there are more or fewer."""
        size = len(new.children)
        if len(old.children) == size:
            return [Column(place, place) for place in range(size)]
        columns: list[Column] = []
        for olds, news, pair in self._aligned(old.children, new.children):
            for place in range(olds.start, olds.stop):
                change = self.marking.begin(old.children[place].words, ())
                columns.append(Column(place, None, change))
            for place in range(news.start, news.stop):
                change = self.marking.begin((), new.children[place].words)
                columns.append(Column(None, place, change))
            columns += [Column(*pair)] if pair else []
        return columns

    def _rows(
        self, old: Sequence[Block], new: Sequence[Block], columns: Sequence[Column]
    ) -> Iterator[str]:
        for olds, news, pair in self._aligned(old, new):
            gone, come = old[olds], new[news]
            change = self.marking.begin(_words(gone), _words(come)) if gone or come else None
            yield from (self._row(row, None, columns, change) for row in gone)
            yield from (self._row(None, row, columns, change) for row in come)
            if pair:
                yield self._row(old[pair[0]], new[pair[1]], columns)

    def _row(
        self,
        old: Block | None,
        new: Block | None,
        columns: Sequence[Column],
        change: Marked | None = None,
    ) -> str:
        row = new or old
        assert row
        return self.marking.element(row, (self._cell(old, new, c, change) for c in columns))
