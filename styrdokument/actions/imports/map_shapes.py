"""The shapes of a map file: sections, words and lists at a place, and what is wrong with its line.

Knows nothing of what a map means; a place is the keys that lead to it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from styrdokument.domain.problems import Code, Problem

Place = tuple[str, ...]


class Shapes:
    """What stands in a map, and all that was found wrong with it so far."""

    def __init__(self, raw: Mapping[str, Any], text: str) -> None:
        self.raw, self.text = raw, text
        self.problems: list[Problem] = []

    def at(self, place: Place) -> object:
        """What stands there, of any shape; None where nothing does."""
        found: object = self.raw
        for key in place:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def section(self, *place: str) -> Mapping[str, Any]:
        """A mapping; empty where there is none."""
        section = self.at(place) or {}
        if isinstance(section, Mapping):
            return section
        self.refuse("shape", place)
        return {}

    def one(self, *place: str) -> str:
        """A word or a text; empty where there is none."""
        value = self.at(place)
        if isinstance(value, (list, Mapping)):
            self.refuse("shape", place)
            return ""
        return str(value or "")

    def many(self, *place: str) -> tuple[str, ...]:
        """A list of words, or a single one."""
        value = self.at(place)
        entries: Sequence[object] = value if isinstance(value, list) else [value] if value else []
        if any(not isinstance(entry, str) for entry in entries):
            self.refuse("shape", place)
            return ()
        return tuple(str(entry) for entry in entries)

    def refuse_unknown(
        self, above: Place, found: Mapping[str, object], known: frozenset[str]
    ) -> None:
        """Refuse the keys that nobody knows, so that a slip of the pen is no silent loss."""
        for key in found:
            if key not in known:
                self.refuse("unknown_key", (*above, key), known=", ".join(sorted(known)))

    def refuse(self, rule: str, place: Place, **values: object) -> None:
        """Note what is wrong at a place, once."""
        problem = Problem(
            code=Code.BAD_VALUE,
            field="map",
            rule=rule,
            line=_line_of(self.text, place),
            values={"key": ".".join(place), **values},
        )
        if problem not in self.problems:
            self.problems.append(problem)


def _line_of(text: str, place: Place) -> int:
    """The line, from 1, of a key within others; that of the nearest one above, if in brackets."""
    lines, line = text.split("\n"), 0
    for key in place:
        spelled = re.compile(rf"""\s*(["']?){re.escape(key)}\1\s*:""")
        found = (n for n, one in enumerate(lines, 1) if n > line and spelled.match(one))
        line = next(found, line)
    return line
