"""The words of a paragraph, heading or cell, with the emphasis and links around them.

A word keeps the space before it, so that words in order are the text; outside code white
space is one space. Everything stays escaped as the page has it: what is written again
needs no escaping, and nothing here may be shown without having been on a page.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

TAG = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>")
"""A start or end tag: on our pages no attribute holds a bare `>`."""

_ATOMS = frozenset({"br", "hr", "img", "input"})
_IDS = re.compile(r' (?:id|aria-labelledby)="[^"]*"')
_ALT = re.compile(r' alt="([^"]*)"')
_SPACES = re.compile(r"[ \t\n\r\f]+")
_SPACE = r"[ \u00a0\u202f]"
_SIGNS = r"(?:&[lg]t;|[≤≥±~≈+\u2212-])?"
_PHONE = (
    rf"(?:\+\d{{1,3}}{_SPACE}?(?:\(0\){_SPACE}?)?|0)\d{{1,3}}"
    rf"(?:(?:{_SPACE}|-)\d{{2,4}}){{1,4}}(?!\d)"
)
_NUMBER = rf"{_SIGNS}(?:\d{{1,3}}(?:{_SPACE}\d{{3}})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,:/\u2013-]\d+)*)"
_UNIT = (
    r"(?:°C|[%‰°]|[µμmk]?g|[mcdµμ]?l|[µμnmcdk]?m|[µμnmk]?mol|mmHg|k?Pa|IE|IU|E|h|min|m?s"
    r"|[tm]?kr|SEK|€|EUR|§§?|procent|sekunder|minuter|timmar|dagar|dygn|veckor|månader|år)"
)
_LETTERS = r"[\w\u0300-\u036f]+(?:[-'\u2019][\w\u0300-\u036f]+)*"
_WORD = (
    rf"(?=[^\W\d]){_LETTERS}"
    rf"|{_PHONE}|{_NUMBER}(?:{_SPACE}?{_UNIT}(?:/{_UNIT}|/\w+)?(?!\w))?|{_LETTERS}"
)
_IN_TEXT = re.compile(rf"( ?)({_WORD}|&\w+;|[^ ])")
_IN_CODE = re.compile(rf"()([ \t\n\r\f]+|{_WORD}|&\w+;|.)")


@dataclass(frozen=True, slots=True)
class Mark:
    """An element around words, such as emphasis or a link; ids make no difference."""

    tag: str
    meaning: str
    attrs: str = field(compare=False)


class Word(NamedTuple):
    """The smallest piece that changes as a whole: a word, `37,5 °C`, a sign, a picture."""

    space: str
    text: str
    marks: tuple[Mark, ...]
    atom: Mark | None = None
    """An element without words, whose `text` stands for it in a list of changes."""

    @property
    def is_spoken(self) -> bool:
        """Tell whether there is a letter or digit at either end: signs say little."""
        return self.text[:1].isalnum() or self.text[-1:].isalnum()


def words_of(inner: str, *, is_code: bool = False) -> tuple[Word, ...]:
    """Read what stands inside a leaf."""
    run = _Run(is_code=is_code)
    run.read(inner)
    return tuple(run.words)


def text_of(words: Iterable[Word]) -> str:
    """Give the words as plain text."""
    joined = "".join([word.space + word.text for word in words])
    return unescape(_SPACES.sub(" ", joined).strip(" "))


def without_ids(markup: str) -> str:
    """Give markup without what may stand only once on a page."""
    return _IDS.sub("", markup)


class _Run:
    """Words as they are read, one after the other."""

    def __init__(self, *, is_code: bool) -> None:
        self.words: list[Word] = []
        self._is_code = is_code
        self._space = "" if is_code else " "

    def read(self, inner: str) -> None:
        marks: tuple[Mark, ...] = ()
        place = 0
        for match in TAG.finditer(inner):
            self._add(inner[place : match.start()], marks)
            place = match.end()
            closing, tag, attrs = match.groups()
            if closing:
                marks = marks[:-1]
            elif tag in _ATOMS:
                self._add_atom(_mark(tag, attrs), marks)
            else:
                marks = (*marks, _mark(tag, attrs))
        self._add(inner[place:], marks)

    def _add(self, text: str, marks: tuple[Mark, ...]) -> None:
        if self._is_code:
            self.words += [Word("", found, marks) for _, found in _IN_CODE.findall(text)]
        elif text:
            folded = _SPACES.sub(" ", text)
            found = [Word(space, word, marks) for space, word in _IN_TEXT.findall(folded)]
            if found:
                found[0] = found[0]._replace(space=self._space or found[0].space)
                self.words += found
                self._space = ""
            if folded.endswith(" "):
                self._space = " "

    def _add_atom(self, mark: Mark, marks: tuple[Mark, ...]) -> None:
        alternative = _ALT.search(mark.attrs)
        says = {"img": alternative[1] if alternative else "", "br": " ", "hr": "—"}
        box = "☑" if " checked" in mark.attrs else "☐"
        self.words.append(Word(self._space, says.get(mark.tag, box), marks, mark))
        self._space = ""


def _mark(tag: str, attrs: str) -> Mark:
    """Read an element; a way back from a note leads to the same note whatever its number."""
    is_way_back = ' role="doc-backlink"' in attrs
    return Mark(tag, "" if is_way_back else without_ids(attrs), attrs)
