"""Headings as places on a page: their level under the page's own h1, and a stable anchor.

Anchors begin with `section-`, after the caller's prefix, so that no text can take an id
the page itself uses. Each costs the same however many headings share its words.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

_LOWEST = 6
_LONGEST = 60
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "ð": "d", "þ": "th", "œ": "oe"})


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading as the page shows it; `line` counts from 1 in the body."""

    level: int
    text: str
    anchor: str
    line: int


def anchor_headings(tokens: Sequence[Token], *, prefix: str) -> tuple[Heading, ...]:
    """Set level and id of every heading among `tokens`, and tell what was set.

    The page has its own h1: if the text has one too, all its headings go one level down.
    """
    places = [place for place, token in enumerate(tokens) if token.type == "heading_open"]
    shift = int(any(tokens[place].tag == "h1" for place in places))
    names = _Names(f"{prefix}section")
    return tuple(_anchor(tokens[place : place + 3], shift, names) for place in places)


def visible_text(tokens: Sequence[Token]) -> str:
    """Give the words of inline `tokens`, pictures by their alternative text."""
    return "".join(_words_of(token) for token in tokens)


def slug(text: str) -> str:
    """Make words fit for an address: lower case, `å` as `a`, hyphens between."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", bare).strip("-")[:_LONGEST].rstrip("-")


class _Names:
    """Gives out ids, each once."""

    def __init__(self, stem: str) -> None:
        self._stem = stem
        self._next: dict[str, int] = {}
        self._given: set[str] = set()

    def give(self, words: str) -> str:
        base = f"{self._stem}-{words}" if words else self._stem
        name = base
        while name in self._given:
            self._next[base] = self._next.get(base, 1) + 1
            name = f"{base}-{self._next[base]}"
        self._given.add(name)
        return name


def _anchor(heading: Sequence[Token], shift: int, names: _Names) -> Heading:
    opening, inline, closing = heading
    level = min(int(opening.tag[1:]) + shift, _LOWEST)
    text = " ".join(visible_text(inline.children or []).split())
    anchor = names.give(slug(text))
    opening.tag = closing.tag = f"h{level}"
    opening.attrs["id"] = anchor
    return Heading(level=level, text=text, anchor=anchor, line=(opening.map or [0])[0] + 1)


def _words_of(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return visible_text(token.children) if token.children else token.content
