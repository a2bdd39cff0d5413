"""Links in a foreign Markdown text: where each target stands, found without changing a byte else.

Code is passed over, in fences and in backticks. Work grows with the text, whatever is in it.
"""

import re
from collections.abc import Callable, Iterator

_FENCE = re.compile(r"[ \t>]*(?:[-*+]|\d+[.)])?[ \t]*(`{3,}|~{3,})(.*)")
_RUN = re.compile(r"`+")
_BLANK = re.compile(r"\n[ \t]*\n")
_TARGET = r"(?:<(?P<closed>[^<>\n]*)>|(?P<open>[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*))"
_INLINE = re.compile(rf"(?<!\\)\]\([ \t]*\n?[ \t]*{_TARGET}(?=\s*\)|\s+[\"'(])")
_DEFINITION = re.compile(
    rf"^(?:[ \t]*>)*[ \t]{{0,3}}\[(?!\^)[^\]\n]+\]:[ \t]*\n?[ \t]*{_TARGET}", re.MULTILINE
)


def rewritten(body: str, answer: Callable[[str], str | None]) -> str:
    """The body, with each target that `answer` gives another for in its place."""
    parts, place = [], 0
    for start, end in sorted(_targets(body)):
        new = answer(body[start:end])
        if new is not None and start >= place:
            parts += [body[place:start], new]
            place = end
    return "".join([*parts, body[place:]])


def _targets(body: str) -> Iterator[tuple[int, int]]:
    """Where each target begins and ends."""
    if "](" not in body and "]:" not in body:
        return
    text = _without_code(body)
    for pattern in (_INLINE, _DEFINITION):
        for found in pattern.finditer(text):
            yield found.span("open" if found["open"] is not None else "closed")


def _without_code(body: str) -> str:
    """The same text, as long, with blanks where there is code."""
    lines, fence = [], ""
    for line in body.split("\n"):
        found = _FENCE.match(line)
        if fence:
            lines.append(" " * len(line))
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
        elif found and not ("`" in found[1] and "`" in found[2]):
            fence = found[1]
            lines.append(" " * len(line))
        else:
            lines.append(line)
    return _without_spans("\n".join(lines))


def _without_spans(text: str) -> str:
    """Backticks close where as many follow within the same paragraph."""
    runs = [found.span() for found in _RUN.finditer(text)]
    following: dict[int, int] = {}
    closing: list[int | None] = [None] * len(runs)
    for number in range(len(runs) - 1, -1, -1):
        length = runs[number][1] - runs[number][0]
        closing[number] = following.get(length)
        following[length] = number
    parts, place, number = [], 0, 0
    while number < len(runs):
        last = closing[number]
        start, inner = runs[number]
        if last is None or _BLANK.search(text, inner, runs[last][0]):
            number += 1
            continue
        end = runs[last][1]
        parts += [text[place:start], " " * (end - start)]
        place, number = end, last + 1
    return "".join([*parts, text[place:]])
