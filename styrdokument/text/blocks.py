"""A rendered page as blocks of words: the form in which two versions are compared.

A block is a leaf (a run of words: paragraph, heading, cell, code) or a branch (what holds
blocks). Equal blocks get equal keys from one `Numbers`, so that comparing is comparing
integers. Outside code white space is one space; a word keeps the one before it.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from lxml import html
from lxml.html import HtmlElement

_LISTS = frozenset({"ul", "ol", "li", "dl", "dd"})
_TABLES = frozenset({"table", "thead", "tbody", "tr"})
_BRANCHES = _LISTS | _TABLES | {"div", "section", "blockquote"}
_LEAVES = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "td", "th", "dt"})
_ATOMS = frozenset({"br", "hr", "img", "input"})
_IDS = frozenset({"id", "aria-labelledby"})

_SPACES = re.compile(r"[ \t\n\r\f]+")
_NUMBER = (
    r"[<>≤≥±~≈+\u2212-]?"
    r"(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,:/\u2013-]\d+)*)"
)
_UNIT = r"(?:°C|[%‰°]|[µμmk]?g|[mcdµμ]?l|[µμnmcdk]?m|[µμnmk]?mol|mmHg|k?Pa|IE|IU|E|h|min|m?s)"
_WORD = (
    rf"{_NUMBER}(?:[ \u00a0\u202f]?{_UNIT}(?:/{_UNIT}|/\w+)?(?!\w))?"
    r"|[\w\u0300-\u036f]+(?:[-'\u2019][\w\u0300-\u036f]+)*"
)
_IN_TEXT = re.compile(rf"( ?)({_WORD}|[^ ])")
_IN_CODE = re.compile(rf"()([ \t\n\r\f]+|{_WORD}|.)")


@dataclass(frozen=True, slots=True)
class Mark:
    """An element around words, such as emphasis or a link; ids make no difference."""

    tag: str
    meaning: tuple[tuple[str, str], ...]
    attrs: tuple[tuple[str, str], ...] = field(compare=False)


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


@dataclass
class Block:
    """A piece of a page: a leaf holds `words`, a branch `children`; `tag` may be empty."""

    tag: str
    attrs: dict[str, str]
    key: int
    words: tuple[Word, ...] = ()
    numbers: tuple[int, ...] = ()
    children: tuple["Block", ...] = ()

    @property
    def is_leaf(self) -> bool:
        """Tell whether the block holds words itself."""
        return self.tag not in _BRANCHES

    @cached_property
    def bag(self) -> Counter[str]:
        """How often each word occurs in the block; signs, spaces and emphasis apart."""
        counted = Counter(word.text for word in self.words if word.is_spoken)
        for child in self.children:
            counted.update(child.bag)
        return counted

    @cached_property
    def size(self) -> int:
        """How many words the block holds."""
        return self.bag.total()

    def leaves(self) -> Iterator["Block"]:
        """Go through the leaves in order, itself if it is one."""
        if self.is_leaf:
            yield self
        for child in self.children:
            yield from child.leaves()


class Numbers:
    """Gives equal things equal numbers, for both pages of a comparison."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def of(self, thing: Hashable) -> int:
        """Give the number of `thing`."""
        return self._numbers.setdefault(thing, len(self._numbers))


def read_page(page: str, numbers: Numbers, *, with_ids: bool) -> Block:
    """Read rendered HTML; without ids for the page that another one replaces."""
    parser = html.HTMLParser(huge_tree=True, encoding="utf-8")
    source = f"<div>{page}</div>".encode()
    return _Reader(numbers, with_ids=with_ids).branch(html.fromstring(source, parser=parser))


def text_of(words: Iterable[Word]) -> str:
    """Give the words as plain text."""
    return _SPACES.sub(" ", "".join(word.space + word.text for word in words)).strip(" ")


class _Reader:
    def __init__(self, numbers: Numbers, *, with_ids: bool) -> None:
        self._numbers = numbers
        self._with_ids = with_ids

    def branch(self, element: HtmlElement) -> Block:
        children = tuple(self._children(element))
        key = (self._shape(element), *(child.key for child in children))
        return Block(
            tag=element.tag,
            attrs=self._attrs(element),
            key=self._numbers.of(key),
            children=children,
        )

    def _children(self, element: HtmlElement) -> Iterator[Block]:
        """Give the blocks in an element; words between them are leaves without a tag."""
        run = _Run()
        run.add(element.text, ())
        is_empty = True
        for child in element.iterchildren("*"):
            if child.tag in _BRANCHES | _LEAVES | {"hr"}:
                yield from self._leaf("", {}, run)
                run = _Run()
                yield self._block(child)
                is_empty = False
            else:
                self._inline(child, (), run)
            run.add(child.tail, ())
        if run.words or (is_empty and element.tag not in _TABLES):
            yield from self._leaf("", {}, run, is_wanted=True)

    def _block(self, element: HtmlElement) -> Block:
        if element.tag in _BRANCHES:
            return self.branch(element)
        run = _Run(is_code=element.tag == "pre")
        if element.tag == "hr":
            self._inline(element, (), run)
            return next(self._leaf("", {}, run))
        self._inside(element, (), run)
        return next(self._leaf(element.tag, self._attrs(element), run, is_wanted=True))

    def _leaf(
        self, tag: str, attrs: dict[str, str], run: "_Run", *, is_wanted: bool = False
    ) -> Iterator[Block]:
        if run.words or is_wanted:
            words = tuple(run.words)
            numbers = tuple(map(self._numbers.of, words))
            key = self._numbers.of((tag or "p", numbers))
            yield Block(tag=tag, attrs=attrs, key=key, words=words, numbers=numbers)

    def _inside(self, element: HtmlElement, marks: tuple[Mark, ...], run: "_Run") -> None:
        run.add(element.text, marks)
        for child in element.iterchildren("*"):
            self._inline(child, marks, run)
            run.add(child.tail, marks)

    def _inline(self, element: HtmlElement, marks: tuple[Mark, ...], run: "_Run") -> None:
        attrs = self._attrs(element)
        mark = Mark(tag=element.tag, meaning=_meaning(attrs), attrs=tuple(attrs.items()))
        if element.tag in _ATOMS:
            run.add_atom(mark, attrs, marks)
        else:
            self._inside(element, (*marks, mark), run)

    def _attrs(self, element: HtmlElement) -> dict[str, str]:
        attrs = {str(name): str(value) for name, value in element.attrib.items()}
        return {n: v for n, v in attrs.items() if self._with_ids or n not in _IDS}

    @staticmethod
    def _shape(element: HtmlElement) -> tuple[str, str]:
        """Give what makes a branch another one: its tag, and where its numbering starts."""
        return element.tag, element.get("start", "")


def _meaning(attrs: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Give the attributes that make a difference: notes are renumbered without being changed."""
    skipped = _IDS | ({"href"} if attrs.get("role") == "doc-backlink" else set())
    return tuple(sorted((n, v) for n, v in attrs.items() if n not in skipped))


class _Run:
    """Words as they are read, one after the other."""

    def __init__(self, *, is_code: bool = False) -> None:
        self.words: list[Word] = []
        self._is_code = is_code
        self._space = "" if is_code else " "

    def add(self, text: str | None, marks: tuple[Mark, ...]) -> None:
        if not text:
            return
        folded = text if self._is_code else _SPACES.sub(" ", text)
        for match in (_IN_CODE if self._is_code else _IN_TEXT).finditer(folded):
            self.words.append(Word(self._space or match[1], match[2], marks))
            self._space = ""
        if not self._is_code and folded.endswith(" "):
            self._space = " "

    def add_atom(self, mark: Mark, attrs: dict[str, str], marks: tuple[Mark, ...]) -> None:
        says = {"img": attrs.get("alt", ""), "br": " ", "hr": "—"}
        box = "☑" if "checked" in attrs else "☐"
        self.words.append(Word(self._space, says.get(mark.tag, box), marks, mark))
        self._space = ""
