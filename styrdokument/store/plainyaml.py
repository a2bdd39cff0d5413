"""The plainest strict YAML, read line by line: keys with one scalar, or one list in brackets.

It is what nearly every file of the record is, and costs a twentieth of PyYAML's events. Only what
can mean nothing else is taken; everything else, and so everything that could be wrong, is left to
`yamlscan`. A property test holds the two together.
"""

import re
from collections.abc import Mapping

from styrdokument.domain.naming import unfit_characters

LARGEST = 3_000
"""Bytes: fewer than can hold more values than are allowed."""
_KEY = r"([a-z][a-z0-9_]*)"
_WORD = r"[^\W\d_](?:[\w./()+'-]|[ :](?=\w))*"
"""Starts with a letter and ends with no blank, so it is no number, date or sign to any reader."""
_OTHER = r'[0-9]+(?:\.[0-9]+)*|"[^"\\]*"'
_SCALAR = rf"(?:{_WORD}|{_OTHER})"
_ALONE = rf"[^\W\d_](?:[^\s:#]|[ :#](?=[^\s:#]))*|{_OTHER}"
"""On a line of its own more means nothing: commas, brackets and quotes inside, but no ` #`."""
_LINE = re.compile(rf"{_KEY}: (?:({_ALONE})|\[((?:{_SCALAR}(?:, {_SCALAR})*)?)\])")
_PART = re.compile(_SCALAR)
_NULL = frozenset({"null", "Null", "NULL"})

Plain = Mapping[str, str | list[str]]


def read(data: bytes) -> Plain | None:
    """What the file says; None where it has to be read by the rules."""
    if len(data) > LARGEST or not data.endswith(b"\n"):
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    found: dict[str, str | list[str]] = {}
    for line in text[:-1].split("\n"):
        taken = _LINE.fullmatch(line)
        if taken is None or taken[1] in found or taken[1] in _NULL:
            return None
        if not line.isascii() and any(unfit_characters(line)):
            return None
        value = _values(taken[2], taken[3])
        if value is None:
            return None
        found[taken[1]] = value
    return found


def _values(scalar: str | None, several: str | None) -> str | list[str] | None:
    parts = [scalar] if scalar is not None else _PART.findall(several or "")
    if any(part in _NULL or not part.isprintable() for part in parts):
        return None
    values = [part[1:-1] if part.startswith('"') else part for part in parts]
    return values if scalar is None else values[0]
