"""What stands in the way of a text: the same findings for web, git, import and `check`.

Findings are values with a line; whether one stops saving or only submission is asked of
`blocks_saving`. A text too large or too costly is told so before it is parsed.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from markdown_it.token import Token

from styrdokument.domain.problems import Code, Problem
from styrdokument.text import links
from styrdokument.text.anchors import anchor_headings
from styrdokument.text.characters import clean, first_unclean_line, suspects
from styrdokument.text.hidden import unfilled, unshown
from styrdokument.text.markdown import links_in, render
from styrdokument.text.parsing import reader

__all__ = ["blocks_saving", "clean", "findings"]

LARGEST = 1_000_000
"""Bytes of UTF-8 in a body."""
MOST_LINES = 40_000
MOST_MARKS = 100_000
"""Characters with a meaning in Markdown: the parser's work grows with them."""
MOST_GROWTH, ALLOWANCE = 4, 200_000
"""How many times as long as its body a page may be, and characters that are free."""
DEEPEST = 12
"""Lists, quotations and notes within each other."""
MOST_OF_A_RULE = 50
"""Findings told of one rule: who has fifty to mend knows what to look for."""

_SAVING = frozenset(
    {"too_large", "too_complex", "too_deep", "control_character", "bidi_control", "not_normal"}
)
_NESTS = re.compile(r"(?:bullet_list|ordered_list|blockquote|dl|footnote_reference)_.*")
_MARKS = re.compile(r"[*_~|\[&<`\\]")
_NUMBERING = re.compile(r"[\d.]+\s+")

_Finding = tuple[int, str, Mapping[str, object]]
"""Line in the body (0: none of its own), rule, values for the words."""


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
    is the body's first line in its file.
    """
    found = list(_costs(body))
    if not found:
        env: dict[str, Any] = {}
        blocks = reader().parse(body, env)
        found = [*_characters(body), *_shape(blocks, env, body)]
        found += _bad_links(blocks, appendices)
        found += ((h.line, "hidden_text", {"text": h.text}) for h in unshown(blocks, env, body))
        found += ((h.line, "placeholder", {"text": h.text}) for h in unfilled(blocks, prompts))
        found += _missing_headings(blocks, headings)
    return _told(found, first_line)


def blocks_saving(problem: Problem) -> bool:
    """Tell whether a text with this problem may not even be saved; else not submitted."""
    return problem.code is Code.BAD_TEXT and problem.rule in _SAVING


def _costs(body: str) -> Iterator[_Finding]:
    size = len(body.encode("utf-8", "surrogatepass"))
    if size > LARGEST:
        yield 0, "too_large", {"size": size, "largest": LARGEST}
    elif body.count("\n") > MOST_LINES or len(_MARKS.findall(body)) > MOST_MARKS:
        yield 0, "too_complex", {}


def _characters(body: str) -> Iterator[_Finding]:
    if line := first_unclean_line(body):
        yield line, "not_normal", {}
    for suspect in suspects(body):
        yield suspect.line, suspect.rule, {"character": suspect.character}


def _shape(blocks: Iterable[Token], env: Mapping[str, Any], body: str) -> Iterator[_Finding]:
    """Find what is too costly, or nested so deep that the parser would leave it out."""
    depth = 0
    for block in blocks:
        depth += block.nesting if _NESTS.fullmatch(block.type) else 0
        if depth > DEEPEST:
            yield (block.map or [0])[0] + 1, "too_deep", {"deepest": DEEPEST}
            break
    if line := env.get("unread_line"):
        yield line, "too_complex", {}
    elif len(render(body)) > MOST_GROWTH * len(body) + ALLOWANCE:
        yield 0, "too_complex", {}


def _bad_links(blocks: Iterable[Token], appendices: Collection[str]) -> Iterator[_Finding]:
    for link in links_in(blocks):
        kind = links.kind_of(link.target)
        name = links.appendix_name(link.target)
        if kind is None:
            yield link.line, "bad_link", {"target": link.target}
        elif kind is links.Kind.APPENDIX and name not in appendices:
            yield link.line, "missing_appendix", {"name": name}
        if link.is_picture and not link.text.strip():
            yield link.line, "missing_alternative", {"target": link.target}


def _missing_headings(blocks: Sequence[Token], wanted: Iterable[str]) -> Iterator[_Finding]:
    """Find headings the type asks for; capitals and numbering make no difference."""
    there = {_bare(heading.text) for heading in anchor_headings(blocks, prefix="")}
    for heading in wanted:
        if _bare(heading) not in there:
            yield 0, "missing_heading", {"heading": heading}


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
