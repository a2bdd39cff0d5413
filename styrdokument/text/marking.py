"""The pages that show changes: `<ins>` and `<del>` around words, never around their blocks.

Of one comparison there are three pages: both versions in one, the old one with what is gone
marked, the new one with what came. Nothing stands in the text but its own words: what a
screen reader says of a change is in attributes, for the style sheet to say. Ids are the new
page's, each once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import takewhile, zip_longest
from operator import eq, is_
from typing import Literal, NamedTuple

from styrdokument.text.blocks import Block
from styrdokument.text.changes import Marked
from styrdokument.text.inline import Mark, Word, without_ids

Fate = Literal["", "ins", "del"]
"""What became of words: nothing, came, went."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a screen reader says where a change begins and ends, in the reader's language."""

    inserted: str
    deleted: str
    end: str = ""


class Piece(NamedTuple):
    """Words of a leaf that share a fate."""

    fate: Fate
    words: Sequence[Word]
    change: Marked | None = None


class Node(NamedTuple):
    """A block of both versions in one: as a whole, or from its blocks or its pieces."""

    block: Block
    fate: Fate = ""
    change: Marked | None = None
    blocks: Sequence["Node"] = ()
    pieces: Sequence[Piece] = ()

    @property
    def is_same(self) -> bool:
        """Tell whether nothing changed in it."""
        return not (self.fate or self.blocks or self.pieces)


class Marking:
    """Writes nodes; `hidden` is the fate that a page leaves out: "ins" of the old page."""

    def __init__(self, words: Words, *, hidden: Fate = "", placed: set[str] | None = None) -> None:
        """For a page of its own, or one that shares its ids with where `placed` are."""
        self.placed: set[str] = set() if placed is None else placed
        self._hidden = hidden
        end = escape(f" {words.end}]" if words.end else "]")
        self._said = {
            fate: f' data-before="{escape(f"[{said} ")}" data-after="{end}"'
            for fate, said in (("ins", words.inserted), ("del", words.deleted))
        }
        self._written: set[int] = set()

    def write(self, node: Node) -> str:
        """Write a block."""
        block = node.block
        if node.fate and node.fate == self._hidden:
            return ""
        if node.blocks:
            return self._element(block, [self.write(one) for one in node.blocks])
        if node.pieces:
            return self._element(block, self._line(node.pieces))
        if node.fate:
            return self._whole(block, node.fate, node.change)
        return block.bare if self._hidden == "ins" else block.raw

    def opening(self, fate: Fate, change: Marked | None) -> str:
        """Give the start of a change; the attributes are said before and after its words."""
        anchor = ""
        if change and change.anchor not in self.placed:
            self.placed.add(change.anchor)
            anchor = f' id="{change.anchor}"'
        return f"<{fate}{anchor}{self._said[fate]}>"

    def start_tag(self, mark: Mark) -> str:
        """Write the start of an element around words; its id only the first time."""
        is_again = id(mark) in self._written
        self._written.add(id(mark))
        attrs = without_ids(mark.attrs) if is_again or self._hidden == "ins" else mark.attrs
        return f"<{mark.tag}{attrs}>"

    def _element(self, block: Block, inside: Iterable[str]) -> str:
        opening = without_ids(block.opening) if self._hidden == "ins" else block.opening
        return f"{opening}{''.join(inside)}{block.closing}"

    def _whole(self, block: Block, fate: Fate, change: Marked | None) -> str:
        """Write a block whose words all share a fate."""
        if block.is_gap and self._hidden:
            return ""
        if not block.holds_words_only:
            inside = [self._whole(child, fate, change) for child in block.children]
            return self._element(block, inside)
        if block.is_blank and not (change and change.is_blank and change.anchor not in self.placed):
            return self._element(block, ())
        inner = without_ids(block.inner) if self._hidden == "ins" else block.inner
        return self._element(block, (self.opening(fate, change), inner, f"</{fate}>"))

    def _line(self, pieces: Sequence[Piece]) -> list[str]:
        """Write the words of a leaf."""
        shown = [piece for piece in pieces if not piece.fate or piece.fate != self._hidden]
        if shown and shown[0].words:
            first, *rest = shown[0].words
            shown[0] = shown[0]._replace(words=[first._replace(space=""), *rest])
        line = _Line(self)
        pieces = list(_spaced(shown, is_alone=bool(self._hidden)))
        for piece, following in zip_longest(pieces, pieces[1:]):
            if piece.fate:
                line.show(piece, following)
            else:
                line.put(piece.words)
        return line.close()


class _Line:
    """The words of one leaf as they are written, with the elements open around them.

    Elements of the new page are told apart by identity: two equal links side by side are
    two. A deleted word may stand in a new element that is equal to its old one.
    """

    def __init__(self, marking: Marking) -> None:
        self._marking = marking
        self._open: tuple[Mark, ...] = ()
        self._written: list[str] = []

    def put(self, words: Iterable[Word]) -> None:
        """Write words."""
        write = self._written.append
        for word in words:
            if word.marks is not self._open:
                self._move(word.marks, word.space)
            elif word.space:
                write(word.space)
            write(self._marking.start_tag(word.atom) if word.atom else word.text)

    def show(self, piece: Piece, following: Piece | None) -> None:
        """Write a changed piece inside the elements it shares with its neighbours only."""
        common = piece.words[0].marks if piece.words else ()
        for word in piece.words:
            if word.marks is not common:
                common = _shared(common, word.marks, is_)
        alike = eq if piece.fate == "del" else is_
        beside = following.words[0].marks if following and following.words else ()
        around = max(_shared(self._open, common, alike), _shared(beside, common, alike), key=len)
        self._move(around, "")
        inner = _Line(self._marking)
        inner.put(_without(piece.words, around))
        self._written.append(self._marking.opening(piece.fate, piece.change))
        self._written += inner.close()
        self._written.append(f"</{piece.fate}>")

    def close(self) -> list[str]:
        """Close what is open, and give all that was written."""
        self._move((), "")
        return self._written

    def _move(self, marks: tuple[Mark, ...], between: str) -> None:
        """Close and open elements until `marks` are open, with `between` at the turn."""
        depth = len(_shared(self._open, marks, is_))
        self._written += [f"</{mark.tag}>" for mark in self._open[depth:][::-1]]
        self._written.append(between)
        self._written += [self._marking.start_tag(mark) for mark in marks[depth:]]
        self._open = marks


def _spaced(pieces: Sequence[Piece], *, is_alone: bool) -> Iterator[Piece]:
    """Let the space before a change stand before it, where it is in both versions.

    So it is before words that replace others, and on a page of one version alone.
    """
    around: tuple[Mark, ...] = ()
    is_moved = False
    for piece, following in zip_longest(pieces, pieces[1:]):
        nearest = piece if is_alone else _in_place_of(piece, following)
        words = piece.words
        if is_moved or (piece.fate and nearest and words[0].space):
            if not is_moved and nearest:
                shared = _shared(around, nearest.words[0].marks, is_)
                yield Piece("", [Word(words[0].space, "", shared)])
            words = [words[0]._replace(space=""), *words[1:]]
            is_moved = not is_moved and not is_alone
        yield piece._replace(words=words)
        around = words[-1].marks if words else around


def _in_place_of(piece: Piece, following: Piece | None) -> Piece | None:
    """Give what replaces deleted words and begins as they do, if that comes next."""
    if not following or piece.fate != "del" or following.change is not piece.change:
        return None
    return following if following.words[0].space == piece.words[0].space else None


def _without(words: Sequence[Word], around: tuple[Mark, ...]) -> Sequence[Word]:
    """Give words without the outer elements that are already open around them."""
    if not around:
        return words
    return [word._replace(marks=word.marks[len(around) :]) for word in words]


def _shared(
    one: tuple[Mark, ...], other: tuple[Mark, ...], alike: Callable[[Mark, Mark], bool]
) -> tuple[Mark, ...]:
    """Give how `one` begins as far as `other` begins alike."""
    pairs = zip(one, other, strict=False)
    return one[: sum(1 for _ in takewhile(lambda pair: alike(*pair), pairs))]
