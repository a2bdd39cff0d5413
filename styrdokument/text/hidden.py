"""What stands in a text but on no page, or isn't meant for readers: found, never stripped.

Each construct that the parser reads without showing needs a finding here, or somebody
approves words nobody saw.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from styrdokument.text.markdown import lines_of

_UNFILLED = r"[^\[\]\n]*\bXX+\b[^\[\]\n]*"
_NEVER = "(?!)"


class Passage(NamedTuple):
    """A piece of text and its line in the body, from 1."""

    line: int
    text: str


def unshown(blocks: Sequence[Token], env: Mapping[str, Any], body: str) -> Iterator[Passage]:
    """Go through what no page shows of `blocks`, as `parsing.reader` read them into `env`."""
    yield from _unused_links(blocks, env)
    yield from _unused_notes(blocks, env)
    yield from _lost_cells(blocks, re.split(r"\r\n?|\n", body))
    for block in blocks:
        if block.type == "fence" and len(block.info.split()) > 1:
            yield Passage(_line(block), block.info.strip())
        for token, line in lines_of(block):
            if token.type == "text" and "<!--" in token.content:
                yield Passage(line, "<!--")


def bracketed(blocks: Iterable[Token]) -> Iterator[Passage]:
    """Go through the passages where something may stand that a template asked for."""
    for block in blocks:
        for token, line in lines_of(block):
            if token.type == "text" and "[" in token.content:
                yield Passage(line, token.content)


def unfilled(passages: Iterable[Passage], prompts: Collection[str]) -> Iterator[Passage]:
    """Go through what a template asked for and nobody filled in, such as `[2026-XX-XX]`."""
    words = "|".join(map(re.escape, prompts)) or _NEVER
    prompt = re.compile(rf"\[(?:{_UNFILLED}|(?:{words})\b[^\[\]\n]*)\]", re.IGNORECASE)
    for passage in passages:
        if match := prompt.search(passage.text):
            yield Passage(passage.line, match[0])


def _unused_links(blocks: Iterable[Token], env: Mapping[str, Any]) -> Iterator[Passage]:
    """Find link definitions that nothing refers to, or that an earlier one overrides."""
    used = {token.meta.get("label") for block in blocks for token in _inline(block)}
    for label, definition in env.get("references", {}).items():
        if label not in used:
            yield Passage(definition["map"][0] + 1, f"[{label}]:")
    for definition in env.get("duplicate_refs", ()):
        yield Passage(definition["map"][0] + 1, f"[{definition['label']}]:")


def _unused_notes(blocks: Iterable[Token], env: Mapping[str, Any]) -> Iterator[Passage]:
    """Find notes that nothing refers to, or that a later one of the same name overrides."""
    notes = [block for block in blocks if block.type == "footnote_reference_open"]
    last = {block.meta["label"]: block for block in notes}
    numbers = env.get("footnotes", {}).get("refs", {})
    for note in notes:
        label = note.meta["label"]
        if last[label] is not note or numbers[f":{label}"] < 0:
            yield Passage(_line(note), f"[^{label}]:")


def _lost_cells(blocks: Iterable[Token], lines: Sequence[str]) -> Iterator[Passage]:
    """Find rows with more cells than their table has columns."""
    columns, is_body = 0, False
    for block in blocks:
        match block.type:
            case "table_open":
                columns = 0
            case "th_open":
                columns += 1
            case "tbody_open" | "tbody_close":
                is_body = block.nesting > 0
            case "tr_open" if is_body:
                row = escapedSplit(lines[_line(block) - 1].strip(" \t>").removeprefix("|"))
                if any(cell.strip() for cell in row[columns:]):
                    yield Passage(_line(block), " ".join(row[columns:]).strip())


def _inline(token: Token) -> Iterator[Token]:
    for child in token.children or ():
        yield child
        yield from _inline(child)


def _line(block: Token) -> int:
    return (block.map or [0])[0] + 1
