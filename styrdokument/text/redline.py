"""What changed between two rendered pages, shown in the new one or side by side.

For any two pages the one with changes holds both: without what came it is the old one's
text, without what is gone the new one's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from styrdokument.text.blocks import Numbers, read_page
from styrdokument.text.changes import Change, Changes
from styrdokument.text.comparison import Comparison
from styrdokument.text.inline import without_ids
from styrdokument.text.marking import Marking, Node, Words

__all__ = ["Change", "Redline", "Row", "Stretch", "Words", "redline"]

_FOLDED = 4
"""Fewest unchanged blocks that are folded away."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A part of the page; `unchanged` tells how many blocks it has, where it may be folded."""

    html: str
    unchanged: int = 0


@dataclass(frozen=True, kw_only=True)
class Row:
    """Parts of the old and the new page that belong together; either may be empty."""

    old: str
    new: str
    is_same: bool


@dataclass(frozen=True, kw_only=True)
class Redline:
    """Two pages in one, and the changes in its order. Each page is written when asked for."""

    nodes: Sequence[Node]
    changes: tuple[Change, ...]
    words: Words

    @cached_property
    def html(self) -> str:
        """The new page, with `<del>` for what is gone and `<ins>` for what came."""
        return "".join(stretch.html for stretch in self.stretches())

    def stretches(self) -> Iterator[Stretch]:
        """Go through the page with what is far from any change told apart.

        A block before and after each change stays with it, for the reader to know the place.
        """
        write = Marking(self.words).write
        runs = [(k, list(run)) for k, run in groupby(self.nodes, lambda node: node.is_same)]
        for place, (is_same, run) in enumerate(runs):
            first, last = int(place > 0), len(run) - int(place < len(runs) - 1)
            if not is_same or last - first < _FOLDED:
                first = last = len(run)
            for part, is_folded in ((run[:first], 0), (run[first:last], 1), (run[last:], 0)):
                if part:
                    html = "\n".join(map(write, part))
                    yield Stretch(html=html, unchanged=len(part) * is_folded)

    def rows(self) -> Iterator[Row]:
        """Go through both pages side by side: block beside block where one became the other."""
        old = Marking(self.words, hidden="ins")
        new = Marking(self.words, hidden="del", placed=old.placed)
        for kind, run in groupby(self.nodes, _kind):
            nodes = list(run)
            for row in [[node] for node in nodes] if kind == "changed" else [nodes]:
                before, after = ("\n".join(map(side.write, row)) for side in (old, new))
                yield Row(old=before, new=after, is_same=kind == "same")


def redline(old_html: str, new_html: str, *, words: Words, prefix: str = "") -> Redline:
    """Show what changed from one page that `markdown.render` made to another.

    Elements are the new page's. `prefix` is put before the anchors of changes: use it where
    two comparisons share a page.
    """
    numbers = Numbers()
    old = read_page(without_ids(old_html), numbers)
    new = read_page(new_html, numbers)
    changes = Changes(prefix)
    nodes = Comparison(numbers, changes).blocks(old, new)
    return Redline(nodes=list(nodes), changes=tuple(changes.found), words=words)


def _kind(node: Node) -> str:
    """Tell which blocks share a row: the same, those that came apart, or one by itself."""
    if node.fate:
        return "apart"
    return "same" if node.is_same else "changed"
