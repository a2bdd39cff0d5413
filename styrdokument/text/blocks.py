"""A rendered page as blocks of words: the form in which two versions are compared.

A block is a leaf (a run of words: paragraph, heading, cell, code) or a branch (what holds
blocks). Nothing is read before it is asked for: most of two versions is equal as it is
written, and its words are never taken apart.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from copy import copy
from functools import cached_property

from styrdokument.text.inline import TAG, Word, without_ids, words_of

_BRANCHES = frozenset(
    {"div", "section", "blockquote", "ul", "ol", "li", "dl", "dd", "table", "thead", "tbody", "tr"}
)
_NEVER_WORDS = frozenset({"ul", "ol", "dl", "table", "thead", "tbody", "tr"})
_BLOCK_TAG = re.compile(
    r"<(/?)(div|section|blockquote|ul|ol|li|dl|dt|dd|table|thead|tbody|tr|td|th|h[1-6r]|pre|p)"
    r"(?![a-z0-9])[^>]*>"
)
_START = re.compile(r' start="([^"]*)"')
_SOMETHING = re.compile(r"(?:^|>)\s*[^<\s]|<(?:img|br|hr|input)")
_SPOKEN = re.compile(r"\d+(?:[.,:/\u2013-]\d+)*|[^\W\d]\w*")


class Numbers(dict[Hashable, int]):
    """Gives equal things equal numbers, for both pages of a comparison: `numbers[thing]`."""

    def __missing__(self, thing: Hashable) -> int:
        number = self[thing] = len(self)
        return number


class Block:
    """A piece of a page: a leaf holds `words`, a branch `children`; `tag` may be empty.

    `opening` is its start tag as written.
    """

    is_gap = False
    """Whether it only fills a place, see `tables`."""

    def __init__(self, tag: str, opening: str, inside: slice, page: str, numbers: Numbers) -> None:
        self.tag = tag
        self.opening = opening
        self.is_leaf = tag not in _BRANCHES
        self._inside = inside
        self._page = page
        self._numbers = numbers

    @property
    def inner(self) -> str:
        """What stands inside, as written."""
        return self._page[self._inside]

    @cached_property
    def children(self) -> Sequence["Block"]:
        """The blocks in a branch; words between them are leaves without a tag."""
        return () if self.is_leaf else list(self._children())

    @property
    def closing(self) -> str:
        """The end tag."""
        return f"</{self.tag}>" if self.tag else ""

    @property
    def raw(self) -> str:
        """The whole block as written."""
        return f"{self.opening}{self.inner}{self.closing}"

    @cached_property
    def bare(self) -> str:
        """The whole block as written, without ids: what is equal so is equal."""
        return without_ids(self.raw)

    @cached_property
    def key(self) -> int:
        """A number that blocks share when they say the same, however they are written."""
        if self.is_leaf:
            return self._numbers[self.tag or "p", self.numbers]
        return self._numbers[self.shape, *[child.key for child in self.children]]

    @property
    def shape(self) -> tuple[str, str]:
        """What two blocks must have in common to become one: a tag, and where it counts from."""
        start = _START.search(self.opening) if self.tag == "ol" else None
        return self.tag or "p", start[1] if start else ""

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of a leaf."""
        return words_of(self.inner, is_code=self.tag == "pre")

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of a leaf's words."""
        numbers = self._numbers
        return tuple([numbers[w if w.marks or w.atom else w.space + w.text] for w in self.words])

    @cached_property
    def bag(self) -> Counter[str]:
        """How often each word occurs in the block; signs, spaces and emphasis apart."""
        return Counter(_SPOKEN.findall(TAG.sub(" ", self.inner)))

    @cached_property
    def size(self) -> int:
        """How many words the block holds."""
        return self.bag.total()

    @property
    def holds_words_only(self) -> bool:
        """Tell whether no block stands in the block, as in a leaf and in a tight list's item."""
        start, stop = self._inside.start, self._inside.stop
        may_hold_words = self.tag not in _NEVER_WORDS
        return self.is_leaf or (may_hold_words and not _BLOCK_TAG.search(self._page, start, stop))

    @property
    def is_blank(self) -> bool:
        """Tell whether there is nothing to read or see in the block."""
        return not _SOMETHING.search(self.inner)

    def leaves(self) -> Iterator["Block"]:
        """Go through the leaves in order, itself if it is one."""
        if self.is_leaf:
            yield self
        for child in self.children:
            yield from child.leaves()

    def with_children(self, children: Sequence["Block"]) -> "Block":
        """Give the same block with other children."""
        other = copy(self)
        other.children = children
        return other

    def _children(self) -> Iterator["Block"]:
        """Go through the tags inside once, down to the blocks that are nearest."""
        place, last, depth, opened = self._inside.start, self._inside.stop, 0, None
        is_empty = self.tag not in _NEVER_WORDS
        for match in _BLOCK_TAG.finditer(self._page, place, last):
            closing, tag = match.groups()
            if not depth:
                yield from self._leaf(place, match.start())
                opened, place, is_empty = match, match.start(), False
            depth += -1 if closing else tag != "hr"
            if depth <= 0:
                yield self._child(opened, match)
                place = match.end()
        if depth:
            raise ValueError(f"a block in {self.tag} is not closed")
        yield from self._leaf(place, last, is_wanted=is_empty)

    def _child(self, opening: re.Match[str] | None, ending: re.Match[str]) -> "Block":
        if opening is None or opening[2] != ending[2] or opening[1]:
            raise ValueError(f"{ending[0]} ends what is not open")
        if ending is opening:  # a ruled line
            return Block("", "", slice(*ending.span()), self._page, self._numbers)
        inside = slice(opening.end(), ending.start())
        return Block(opening[2], opening[0], inside, self._page, self._numbers)

    def _leaf(self, start: int, end: int, *, is_wanted: bool = False) -> Iterator["Block"]:
        if is_wanted or self._page[start:end].strip(" \n"):
            yield Block("", "", slice(start, end), self._page, self._numbers)


def read_page(page: str, numbers: Numbers) -> Sequence[Block]:
    """Read a page that `markdown.render` made. Raises ValueError where its tags don't match."""
    root = Block("div", "", slice(0, len(page)), page, numbers)
    return root.children if page else ()
