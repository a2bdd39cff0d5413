"""A few words around what was searched for, so that a reader sees why a text was found.

It is taken from the body as written, less its marks: near enough to the page to be recognised, and
cheap enough for a hundred texts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from styrdokument.text.wording import without_marks

LENGTH = 200
"""Characters of an excerpt."""
BEFORE = 60
"""Characters kept before the first word found."""


class Piece(NamedTuple):
    """Some of an excerpt, and whether it is what was searched for."""

    words: str
    is_hit: bool


def excerpt(body: str, words: Sequence[str]) -> tuple[Piece, ...]:
    """Give the body around the first of `words` that it has, else its beginning."""
    text = without_marks(body)
    found = _pattern(words).search(text) if words else None
    start = _word_start(text, max(found.start() - BEFORE, 0)) if found else 0
    shown = text[start : start + LENGTH]
    if start + LENGTH < len(text):
        shown = shown.rpartition(" ")[0] or shown
    pieces = list(_split(shown, words))
    if start:
        pieces.insert(0, Piece("… ", is_hit=False))
    if start + len(shown) < len(text):
        pieces.append(Piece(" …", is_hit=False))
    return tuple(pieces)


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(set(words), key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in longest_first), re.IGNORECASE)


def _word_start(text: str, place: int) -> int:
    return text.find(" ", place) + 1 if place else 0


def _split(text: str, words: Sequence[str]) -> Iterator[Piece]:
    end = 0
    for hit in _pattern(words).finditer(text) if words else ():
        if hit.start() > end:
            yield Piece(text[end : hit.start()], is_hit=False)
        yield Piece(hit[0], is_hit=True)
        end = hit.end()
    if end < len(text):
        yield Piece(text[end:], is_hit=False)
