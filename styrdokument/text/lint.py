"""What stands in the way of a text: the same findings for web, git, import and `check`.

Findings are values with a line; whether one stops saving or only submission is asked of
`blocks_saving`. A text too large or too costly is told so before it is parsed.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markdown_it.token import Token

from styrdokument.domain.problems import Code, Problem
from styrdokument.text import links
from styrdokument.text.anchors import anchor_headings
from styrdokument.text.characters import clean, first_unclean_line, suspects
from styrdokument.text.hidden import Passage, bracketed, unfilled, unshown
from styrdokument.text.markdown import Link, links_in
from styrdokument.text.parsing import reader

__all__ = ["blocks_saving", "clean", "findings"]

LARGEST = 1_000_000
"""Bytes of UTF-8 in a body."""
MOST_LINES = 40_000
MOST_MARKS = 50_000
"""Signs with a meaning in Markdown: the parser's work grows with them."""
MOST_OF: Mapping[str, tuple[Collection[str], int]] = {
    "too_many_cells": ({"th_open", "td_open"}, 20_000),
    "too_many_items": ({"list_item_open", "dd_open"}, 20_000),
    "too_many_links": ({"link_open", "image", "footnote_ref"}, 10_000),
}
"""What a page may have how many of: the time to read, show and compare it grows with them."""
MOST_GROWTH, ALLOWANCE = 4, 200_000
"""How many times as long as its body a page may be, and characters that are free."""
DEEPEST = 12
"""Lists, quotations and notes within each other."""
MOST_OF_A_RULE = 50
"""Findings told of one rule: who has fifty to mend knows what to look for."""

_SAVING = frozenset(
    {
        *("too_large", "too_complex", "too_deep", *MOST_OF),
        *("control_character", "bidi_control", "not_normal"),
    }
)
_COSTLY = frozenset({"too_large", *MOST_OF})
_NESTS = re.compile(r"(?:bullet_list|ordered_list|blockquote|dl|footnote_reference)_.*")
_MARKS = re.compile(r"[*_~|\[&<`\\]")
_BEGINNINGS = re.compile(r"^(?:[ \t]*(?:>|[-+](?=\s)|\d{1,9}[.)](?=\s)))+", re.MULTILINE)
_ESCAPED = {'"': 5, "&": 4, "<": 3, ">": 3}
"""How many characters more a sign takes on a page."""
_KEPT = 32
"""Readings kept: the drafts that are being worked on."""
_NUMBERING = re.compile(r"[\d.]+\s+")

_Finding = tuple[int, str, Mapping[str, object]]
"""Line in the body (0: none of its own), rule, values for the words."""


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What one reading of a body tells, whatever stands beside it: small, and kept."""

    found: tuple[_Finding, ...]
    links: tuple[Link, ...] = ()
    passages: tuple[Passage, ...] = ()
    headings: frozenset[str] = frozenset()


def findings(
    body: str,
    *,
    appendices: Collection[str] = (),
    headings: Sequence[str] = (),
    prompts: Collection[str] = (),
    first_line: int = 1,
) -> tuple[Problem, ...]:
    """Give all that stands in the way of `body`, in order of line.

    `appendices` are the names of the files beside the text, `headings` those its type
    asks for, `prompts` the words that begin a template's `[…]` to fill in; `first_line`
    is the body's first line in its file. The costly part, the reading, is kept: of a body
    that was asked about lately this is cheap.
    """
    reading = _read(body)
    found = list(reading.found)
    if not any(rule in _COSTLY for _, rule, _ in found):
        found += _bad_links(reading.links, appendices)
        found += [
            (h.line, "placeholder", {"text": h.text}) for h in unfilled(reading.passages, prompts)
        ]
        found += [
            (0, "missing_heading", {"heading": h})
            for h in headings
            if _bare(h) not in reading.headings
        ]
    return _told(found, first_line)


def blocks_saving(problem: Problem) -> bool:
    """Tell whether a text with this problem may not even be saved; else not submitted."""
    return problem.code is Code.BAD_TEXT and problem.rule in _SAVING


@lru_cache(maxsize=_KEPT)
def _read(body: str) -> _Reading:
    if too_much := tuple(_costs(body)):
        return _Reading(found=too_much)
    env: dict[str, Any] = {}
    blocks = reader().parse(body, env)
    if too_much := tuple(_counts(blocks, body)):
        return _Reading(found=too_much)
    hidden = ((h.line, "hidden_text", {"text": h.text}) for h in unshown(blocks, env, body))
    return _Reading(
        found=(*_characters(body), *_shape(blocks, env), *hidden),
        links=tuple(links_in(blocks)),
        passages=tuple(bracketed(blocks)),
        headings=frozenset(_bare(h.text) for h in anchor_headings(blocks, prefix="")),
    )


def _costs(body: str) -> Iterator[_Finding]:
    """Find what is not even to be read."""
    size = len(body.encode("utf-8", "surrogatepass"))
    marks = len(_MARKS.findall(body)) + sum(map(_signs_before, _BEGINNINGS.findall(body)))
    if size > LARGEST:
        yield 0, "too_large", {"size": size, "largest": LARGEST}
    elif body.count("\n") > MOST_LINES or marks > MOST_MARKS:
        yield 0, "too_complex", {}


def _signs_before(beginning: str) -> int:
    """Count the signs of lists and quotations that a line begins with."""
    return sum(not sign.isspace() for sign in beginning)


def _counts(blocks: Iterable[Token], body: str) -> Iterator[_Finding]:
    """Find what there is too much of for a page; `Counter` and sums: this goes through it all."""
    kinds: Counter[str] = Counter()
    length = sum(body.count(sign) * more for sign, more in _ESCAPED.items())
    for block in blocks:
        for token in (block, *(block.children or ())):
            kinds[token.type] += 1
            length += (
                len(token.content)
                + 2 * len(token.tag)
                + sum(map(len, map(str, token.attrs.values())))
            )
    for rule, (names, most) in MOST_OF.items():
        count = sum(kinds[name] for name in names)
        if count > most:
            yield 0, rule, {"count": count, "most": most}
    if length > MOST_GROWTH * len(body) + ALLOWANCE:
        yield 0, "too_complex", {}


def _characters(body: str) -> Iterator[_Finding]:
    if line := first_unclean_line(body):
        yield line, "not_normal", {}
    for suspect in suspects(body):
        yield suspect.line, suspect.rule, {"character": suspect.character}


def _shape(blocks: Iterable[Token], env: Mapping[str, Any]) -> Iterator[_Finding]:
    """Find what is too costly, or nested so deep that the parser would leave it out."""
    depth = 0
    for block in blocks:
        depth += block.nesting if _NESTS.fullmatch(block.type) else 0
        if depth > DEEPEST:
            yield (block.map or [0])[0] + 1, "too_deep", {"deepest": DEEPEST}
            break
    if line := env.get("unread_line"):
        yield line, "too_complex", {}


def _bad_links(found: Iterable[Link], appendices: Collection[str]) -> Iterator[_Finding]:
    for link in found:
        kind = links.kind_of(link.target)
        name = links.appendix_name(link.target)
        if kind is None:
            yield link.line, "bad_link", {"target": link.target}
        elif kind is links.Kind.APPENDIX and name not in appendices:
            yield link.line, "missing_appendix", {"name": name}
        if link.is_picture and not link.text.strip():
            yield link.line, "missing_alternative", {"target": link.target}


def _bare(heading: str) -> str:
    words = " ".join(heading.split())
    return (_NUMBERING.sub("", words, count=1) if _NUMBERING.match(words) else words).casefold()


def _told(found: Iterable[_Finding], first_line: int) -> tuple[Problem, ...]:
    told: Counter[str] = Counter()
    problems = []
    for line, rule, values in sorted(found, key=lambda finding: finding[:2]):
        told[rule] += 1
        if told[rule] <= MOST_OF_A_RULE:
            place = line + first_line - 1 if line else 0
            problem = Problem(
                code=Code.BAD_TEXT, field="text", rule=rule, line=place, values=values
            )
            problems.append(problem)
    return tuple(problems)
