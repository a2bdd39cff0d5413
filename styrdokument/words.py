"""Every word that a user reads, by language and the identifier in code; Swedish is the original.

The words stand in `web/labels/<language>.toml`. A word that a language lacks is Swedish there; a
word that Swedish lacks is a defect, and a house test finds it.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from styrdokument.domain.naming import CONTROL, HIDDEN
from styrdokument.domain.problems import Problem
from styrdokument.resources import folder

ORIGINAL = "sv"
LANGUAGES = ("sv", "en")


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """For a language in `LANGUAGES`; any other is Swedish."""
        self.language = language if language in LANGUAGES else ORIGINAL
        self._labels = _labels(self.language)
        self._original = _labels(ORIGINAL)

    @property
    def is_original(self) -> bool:
        """Whether these are the Swedish words."""
        return self.language == ORIGINAL

    def say(self, key: str, **values: object) -> str:
        """The words for `standing.in_force`, with `{places}` filled in. Raises KeyError."""
        found = _word(self.language, key)
        if found is None:
            raise KeyError(key)
        return found.format_map(self._readable(values)) if values else found

    def day(self, value: date) -> str:
        """A day as it is written in this language: 2026-11-21, 21 November 2026."""
        if self.is_original:
            return value.isoformat()
        return f"{value.day} {self.say(f'month.{value.month}')} {value.year}"

    def problem(self, problem: Problem) -> str:
        """A problem in words: those of its rule, else of its field, else of its code."""
        sentence = self._sentence(problem)
        if not problem.line:
            return sentence
        return f"{self.say('problem_line', line=problem.line)}: {sentence}"

    def located(self, problem: Problem, file: str = "") -> str:
        """A problem on one line for a terminal, `file:line: rule: words`.

        `file` is where it is, else the problem's own; with neither, the line begins with the rule.
        """
        place = file or problem.file
        rule = f"{problem.code}.{problem.rule}" if problem.rule else str(problem.code)
        told = f"{rule}: {self._sentence(problem)}"
        return plain(f"{place}:{problem.line or 1}: {told}" if place else told)

    def remark(self, rule: str, values: Mapping[str, object]) -> str:
        """A remark of an import in words; one of an older report may have none, and is named."""
        found = _find(self._labels, f"remark.{rule}") or _find(self._original, f"remark.{rule}")
        return found.format_map(_Blank({k: str(v) for k, v in values.items()})) if found else rule

    def field(self, name: str) -> str:
        """A field's label; its own name where it has none."""
        return (
            _find(self._labels, f"field.{name}") or _find(self._original, f"field.{name}") or name
        )

    def language_of(self, code: str) -> str:
        """That something is in a language, in words; the code where there are none."""
        return self.say(f"layout.in_language.{code}") if code in LANGUAGES else code

    def label(self, labels: Mapping[str, str]) -> str:
        """A register's label in this language, else in Swedish."""
        return labels.get(self.language) or labels.get(ORIGINAL, "")

    def _sentence(self, problem: Problem) -> str:
        values = self._readable(problem.values)
        values |= {"line": str(problem.line), "field": self.field(problem.field)}
        keys = [f"problem.{problem.code}.default", f"problem.{problem.code}"]
        keys = [f"problem.{problem.code}.{k}" for k in (problem.rule, problem.field) if k] + keys
        words = next(
            (w for k in keys if (w := _find(self._labels, k) or _find(self._original, k))), ""
        )
        return words.format_map(_Blank(values))

    def _readable(self, values: Mapping[str, object]) -> dict[str, object]:
        return {n: self.day(v) if type(v) is date else v for n, v in values.items()}


def plain(line: str) -> str:
    """A line for a terminal: what it would not show, or would obey, stands as its code point."""
    for unfit in (CONTROL, HIDDEN):
        line = unfit.sub(lambda found: f"U+{ord(found[0]):04X}", line)
    return line


def language_in(environment: Mapping[str, str]) -> str:
    """The language that a shell asks for, by the first of its settings that says any."""
    said = (environment.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LANG"))
    return next((one for one in said if one), "")[:2]


class _Blank(dict[str, object]):
    """Values for words; a place that nothing fills stays empty."""

    def __missing__(self, _key: str) -> str:
        return ""


@cache
def _labels(language: str) -> Mapping[str, Any]:
    path = folder("web") / "labels" / f"{language}.toml"
    return tomllib.loads(path.read_text("utf-8"))


@cache
def _word(language: str, key: str) -> str | None:
    """The words of a key that the program knows; there are so many, and no more."""
    return _find(_labels(language), key) or _find(_labels(ORIGINAL), key)


def _find(labels: Mapping[str, Any], key: str) -> str | None:
    found: Any = labels
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else None
