"""The page that shows changes: `<ins>` and `<del>` around words, never around their blocks.

Without its `<ins>` elements and the words for screen readers the page is the old one's
text, without its `<del>` elements the new one's. Ids are the new page's, each once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import takewhile
from operator import eq, is_
from typing import Literal

from styrdokument.text.blocks import Block, Mark, Word, text_of

Kind = Literal["inserted", "deleted", "replaced"]

Fate = Literal["", "ins", "del"]
"""What became of words: nothing, came, went."""

_LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a screen reader says where a change begins and ends, in the reader's language."""

    inserted: str
    deleted: str
    end: str = ""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change; `before` and `after` are at most 200 characters, `anchor` an id on the page.

    Where only emphasis or a link's target changed, `before` and `after` are the same words.
    """

    kind: Kind
    before: str
    after: str
    anchor: str


@dataclass(eq=False)
class Marked:
    """A change being written: its anchor goes to the first element that shows it."""

    number: int
    is_blank: bool
    """Nothing to read in it: then an empty element shows it."""
    is_placed: bool = False


@dataclass(frozen=True)
class Piece:
    """Words of a leaf that share a fate."""

    fate: Fate
    words: Sequence[Word]
    change: Marked | None = None


class Marking:
    """Writes one page of changes, and lists them in the order they were begun."""

    def __init__(self, words: Words) -> None:
        self.changes: list[Change] = []
        self._said = {"ins": words.inserted, "del": words.deleted}
        self._end = f" {words.end}]" if words.end else "]"
        self._ids: set[str] = set()

    def begin(self, before: Iterable[Word], after: Iterable[Word]) -> Marked:
        """Note a change from the words `before` to the words `after`; one may be none."""
        old, new = list(before), list(after)
        kind: Kind = "replaced" if old and new else "deleted" if old else "inserted"
        number = len(self.changes) + 1
        change = Change(kind=kind, before=_short(old), after=_short(new), anchor=f"change-{number}")
        self.changes.append(change)
        return Marked(number=number, is_blank=not (old or new))

    def element(self, block: Block, inside: Iterable[str]) -> str:
        """Write a block's tag around what is `inside`; a block without a tag is its inside."""
        text = "".join(inside)
        if not block.tag:
            return text
        return f"<{block.tag}{self._attrs(block.attrs.items())}>{text}</{block.tag}>"

    def line(self, pieces: Sequence[Piece]) -> Iterator[str]:
        """Write the words of a leaf."""
        if pieces and pieces[0].words:
            first, *rest = pieces[0].words
            pieces = [replace(pieces[0], words=[first._replace(space=""), *rest]), *pieces[1:]]
        line = _Line(self)
        for place, piece in enumerate(pieces):
            following = pieces[place + 1] if place + 1 < len(pieces) else None
            if piece.fate:
                line.show(piece, following)
            else:
                line.put(piece.words)
        return line.close()

    def opening(self, piece: Piece) -> tuple[str, str]:
        """Give the start tag of a changed piece, and what a screen reader hears first."""
        anchor = ""
        if piece.change and not piece.change.is_placed:
            piece.change.is_placed = True
            anchor = f' id="change-{piece.change.number}"'
        return f"<{piece.fate}{anchor}>", _unseen(f"[{self._said[piece.fate]}: ")

    def closing(self, piece: Piece) -> str:
        """Give the end of a changed piece."""
        return f"{_unseen(self._end)}</{piece.fate}>"

    def start_tag(self, mark: Mark) -> str:
        """Write the start of an element around words."""
        return f"<{mark.tag}{self._attrs(mark.attrs)}>"

    def _attrs(self, attrs: Iterable[tuple[str, str]]) -> str:
        return "".join(
            f' {name}="{escape(value)}"' for name, value in attrs if self._may_stand(name, value)
        )

    def _may_stand(self, name: str, value: str) -> bool:
        """Tell whether an attribute is written: an id is only the first time."""
        if name != "id":
            return True
        is_new = value not in self._ids
        self._ids.add(value)
        return is_new


class _Line:
    """The words of one leaf as they are written, with the elements open around them.

    Elements of the new page are told apart by identity: two equal links side by side are
    two. A deleted word may stand in a new element that is equal to its old one.
    """

    def __init__(self, marking: Marking) -> None:
        self._marking = marking
        self._open: tuple[Mark, ...] = ()
        self._written: list[str] = []

    def put(self, words: Iterable[Word], *, before: str = "") -> None:
        """Write words; `before` comes after the first one's space."""
        for word in words:
            if before or word.marks is not self._open:
                self._move(word.marks, f"{word.space}{before}")
            else:
                self._written.append(word.space)
            self._written.append(_markup(word, self._marking))
            before = ""

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
        start, unseen = self._marking.opening(piece)
        inner = _Line(self._marking)
        inner.put(_without(piece.words, around), before=unseen)
        self._written += [start, *([] if piece.words else [unseen]), *inner.close()]
        self._written.append(self._marking.closing(piece))

    def close(self) -> Iterator[str]:
        """Close what is open, and give all that was written."""
        self._move((), "")
        return iter(self._written)

    def _move(self, marks: tuple[Mark, ...], between: str) -> None:
        """Close and open elements until `marks` are open, with `between` at the turn."""
        depth = len(_shared(self._open, marks, is_))
        self._written += [f"</{mark.tag}>" for mark in self._open[depth:][::-1]]
        self._written.append(between)
        self._written += [self._marking.start_tag(mark) for mark in marks[depth:]]
        self._open = marks


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


def _markup(word: Word, marking: Marking) -> str:
    return marking.start_tag(word.atom) if word.atom else escape(word.text, quote=False)


def _unseen(words: str) -> str:
    return f'<span class="visually-hidden">{escape(words)}</span>'


def _short(words: Sequence[Word]) -> str:
    text = text_of(words)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
