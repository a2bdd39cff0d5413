"""A text's words as written, less its marks: to search in, and to show a little of.

Near enough to the page to be recognised and found, at a fiftieth of what reading it as Markdown
costs. Every word that a reader sees is here, marks inside it gone; now and then there is one more
(the address of a link that is defined on a line of its own).
"""

import html
import re

# None of these looks past a line or past where it could begin again: else a text made for it would
# take hours, in which nobody else is served.
_LEAD = re.compile(r"(?:#{1,6}|>|[-*+]|\d+[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_NO_WORDS = re.compile(r"(?:`{3,}|~{3,}).*|[ \t|:=-]+")
_MAY_LEAD = frozenset("#>-*+`~|:=0123456789")
_INSIDE = re.compile(r"[*`~\\_\[|&]")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])")
_MARKS = re.compile(
    r"(?<![\d\s])\*+|\*+(?![\d\s])|`+|~~+|\\(?=[^\w\s])|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)"
)


def without_marks(body: str) -> str:
    """Give the words on one line; a mark inside a word leaves nothing, one between cells a gap."""
    return " ".join(" ".join(_words(line.strip()) for line in body.split("\n")).split())


def _words(line: str) -> str:
    if line[:1] in _MAY_LEAD:
        line = (
            ""
            if _NO_WORDS.fullmatch(line)
            else line[lead.end() :]
            if (lead := _LEAD.match(line))
            else line
        )
    if not _INSIDE.search(line):
        return line
    text = _MARKS.sub("", _LINK.sub(r"\1", line).replace("|", " "))
    return html.unescape(text) if "&" in text else text
