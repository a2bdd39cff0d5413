"""The characters a controlled text may hold, so that what is read is what is stored.

Nothing is taken away from what somebody wrote but the byte order mark and the ways of
ending a line: what deceives the eye is named by line and code point, never stripped.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_JOINERS = "\u200c\u200d"
_SUSPECTS = re.compile(
    r"(?P<control_character>[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
    r"\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff])"
    r"|(?P<bidi_control>[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])"
    r"|(?P<invisible_character>[\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064"
    r"\u206a-\u206f\u3164\ufeff\uffa0\U000e0000-\U000e007f])"
    r"|(?P<mixed_alphabets>[A-Za-z\u00c0-\u024f][\u0400-\u052f]"
    r"|[\u0400-\u052f][A-Za-z\u00c0-\u024f])"
)
_LAST_LATIN = "\u024f"


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A character that may not stand where it does; `line` counts from 1 in the text."""

    rule: str
    character: str
    line: int


def clean(text: str) -> str:
    """Give typed `text` as it is stored: NFC, lines ended by LF, one final newline.

    A leading byte order mark goes; trailing spaces stay, for two of them break a line.
    Nothing typed is nothing stored.
    """
    joined = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    kept = unicodedata.normalize("NFC", joined).rstrip("\n")
    return f"{kept}\n" if kept else ""


def first_unclean_line(text: str) -> int:
    """Give the first line, from 1, that `clean` would change, or 0 where there is none."""
    cleaned = clean(text)
    if text == cleaned:
        return 0
    pairs = zip(text.split("\n"), cleaned.split("\n"), strict=False)
    differing = (line for line, (was, now) in enumerate(pairs, 1) if was != now)
    return next(differing, min(text.count("\n"), cleaned.count("\n")) + 1)


def suspects(text: str) -> Iterator[Suspect]:
    """Go through what can't be seen or deceives the eye, at most one of a kind a line."""
    line, start, told = 1, 0, set()
    for match in _SUSPECTS.finditer(text):
        line, start = line + text.count("\n", start, match.start()), match.start()
        rule = str(match.lastgroup)
        if (line, rule) in told or _joins(text, start):
            continue
        told.add((line, rule))
        yield Suspect(rule=rule, character=_name(match[0]), line=line)


def _joins(text: str, place: int) -> bool:
    """Tell whether a joiner does its work: between letters that are not Latin, or emoji."""
    before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    return text[place] in _JOINERS and _is_joinable(before) and _is_joinable(after)


def _is_joinable(character: str) -> bool:
    return character > _LAST_LATIN and unicodedata.category(character)[0] in "LMS"


def _name(characters: str) -> str:
    return " ".join(f"U+{ord(c):04X}" for c in characters)
