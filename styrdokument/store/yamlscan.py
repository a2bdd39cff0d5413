"""Whether a YAML file is strict: judged by its bytes, then by PyYAML's events.

The bytes may come from anyone. PyYAML's C loader, which open brackets crash, is never used.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import cast

import yaml

from styrdokument.domain.naming import CONTROL, HIDDEN, has_other_letters, unfit_characters
from styrdokument.domain.problems import Code, Problem, Refused

_BOM = b"\xef\xbb\xbf"
_NULLS = {"", "~", "null", "Null", "NULL"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEEPS_BLANK_LINES = re.compile(r"[|>][0-9]?\+")
_MOST_OPEN = 64
"""More open brackets are refused unparsed: PyYAML's scanner takes quadratic time over them."""
_BYTES_PER_NODE = 10
"""Honest files are no denser; a file may hold as many nodes as its limit has room for."""
_KEPT = 128
"""Scans that are kept: the heads of a text's versions, and of a unit's texts, are mostly alike."""
_ENOUGH = 100
"""Problems to mend before the rest is worth hearing; hostile files have them by the thousand."""


@lru_cache(maxsize=_KEPT)
def scan(
    data: bytes,
    limit: int,
    depth: int,
    first_line: int,
    borne_with: frozenset[str] = frozenset(),
) -> tuple[yaml.Event, ...]:
    """The nodes of the file as events, in which nothing is wrong; raises `Refused`.

    `borne_with` are rules that may be broken: only such as leave the values as they stand.
    """
    if len(data) > limit:
        raise Refused(problem("too_large", first_line, limit=limit))
    text = data.removeprefix(_BOM).decode(errors="replace").replace("\r", "")
    found = _Scan("\n".join(_mask(line) for line in text.split("\n")), depth, limit)
    found.run()
    problems = [p for p in (*_faults_of_bytes(data), *found.problems) if p.rule not in borne_with]
    if problems:
        ordered = sorted(dict.fromkeys(problems), key=lambda problem: problem.line)
        raise Refused(*(replace(p, line=p.line + first_line - 1) for p in ordered[:_ENOUGH]))
    return tuple(found.nodes)


def _mask(line: str) -> str:
    """The line with unfit characters replaced, so that the rest of it can be judged."""
    return HIDDEN.sub("\ufffd", CONTROL.sub(" ", line))


def _faults_of_bytes(data: bytes) -> Iterator[Problem]:
    if data.startswith(_BOM):
        yield problem("bom", 1)
    lines = data.removeprefix(_BOM).split(b"\n")
    for number, line in enumerate(lines, 1):
        if line.endswith(b"\r"):
            yield problem("line_ending", number)
        try:
            yield from _faults_of_text(line.removesuffix(b"\r").decode(), number)
        except UnicodeDecodeError:
            yield problem("not_utf8", number)
    if lines[-1]:
        yield problem("no_final_newline", len(lines))


def _faults_of_text(text: str, line: int, about: str = "") -> Iterator[Problem]:
    for rule, character in unfit_characters(text):
        yield problem(rule, line, about, character=character)


@dataclass
class _Level:
    """Where the scan stands in a mapping, or in a list (which has no keys)."""

    keys: set[str] | None
    awaits_key: bool = True


@dataclass
class _Scan:
    """One pass over the source: its nodes, and all that is wrong with them."""

    text: str
    depth: int
    limit: int
    nodes: list[yaml.Event] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=list)
    about: str = ""

    def run(self) -> None:
        """Go on past all but what PyYAML can't read and what would cost too much to judge."""
        if line := _line_of_too_many_brackets(self.text):
            self.problems.append(problem("depth", line, depth=self.depth))
            return
        # chr() and int() inside PyYAML raise the last two, over escapes and version numbers.
        try:
            for event in yaml.parse(self.text, Loader=yaml.SafeLoader):
                self._take(event)
                if self._is_too_much(event):
                    return
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            mark = getattr(error, "problem_mark", None)
            last = _line_of(self.nodes[-1]) if self.nodes else 1
            self.problems.append(problem("syntax", mark.line + 1 if mark else last))

    def _is_too_much(self, event: yaml.Event) -> bool:
        most = self.limit // _BYTES_PER_NODE
        if len(self.levels) > self.depth:
            self._refuse("depth", event, depth=self.depth)
        elif len(self.nodes) > most:
            self._refuse("too_many_values", event, limit=most)
        else:
            return len(self.problems) >= _ENOUGH
        return True

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent | yaml.DocumentEndEvent) and event.explicit:
            self._refuse("one_document", event)
        if isinstance(event, yaml.NodeEvent):
            self._place(event)
            self._look_at(event)
        if isinstance(event, yaml.CollectionStartEvent):
            self.levels.append(_Level(set() if isinstance(event, yaml.MappingStartEvent) else None))
        if isinstance(event, yaml.CollectionEndEvent):
            self.levels.pop()
        if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
            self.nodes.append(event)

    def _place(self, event: yaml.NodeEvent) -> None:
        """Judge the node by where it stands: as the whole file, as a key, or as a value."""
        if not self.levels:
            if not isinstance(event, yaml.MappingStartEvent):
                self._refuse("not_a_mapping", event)
            elif event.flow_style or start_of(event).column:
                self._refuse("top_level", event)
        elif (keys := self.levels[-1].keys) is not None:
            if self.levels[-1].awaits_key:
                self._take_key(event, keys)
            self.levels[-1].awaits_key = not self.levels[-1].awaits_key

    def _take_key(self, event: yaml.NodeEvent, keys: set[str]) -> None:
        key = event.value if isinstance(event, yaml.ScalarEvent) and not is_null(event) else ""
        before = self.text[end_of(self.nodes[-1]).index : start_of(event).index]
        if len(self.levels) == 1:
            self.about = key
        if not key or "?" in re.sub("#.*", "", before):
            self._refuse("complex_key", event)
        if key == "<<":
            self._refuse("merge_key", event)
        if has_other_letters(key):
            self._refuse("key_letters", event, key=key)
        if key in keys:
            self._refuse("duplicate_key", event, key=key)
        keys.add(key)

    def _look_at(self, event: yaml.NodeEvent) -> None:
        """Judge the node by itself."""
        if isinstance(event, yaml.AliasEvent):
            self._refuse("alias", event)
        elif event.anchor is not None:
            self._refuse("anchor", event)
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            self._refuse("tag", event)
        if isinstance(event, yaml.ScalarEvent):
            self._look_at_scalar(event)

    def _look_at_scalar(self, event: yaml.ScalarEvent) -> None:
        source = self.text[start_of(event).index : end_of(event).index]
        if event.style is None and _DAY.fullmatch(event.value) and not _is_day(event.value):
            self._refuse("no_such_day", event, value=event.value)
        if _KEEPS_BLANK_LINES.match(source) and event.style:
            self._refuse("block_scalar", event)
        if event.style == '"' and "\\" in source:
            for line in event.value.split("\n"):
                self.problems += _faults_of_text(line, _line_of(event), self.about)

    def _refuse(self, rule: str, event: yaml.Event, **values: object) -> None:
        about = self.about if self.levels else ""
        self.problems.append(problem(rule, _line_of(event), about, **values))


def _line_of_too_many_brackets(text: str) -> int:
    """The line where more brackets stand open than any honest file has; 0 when none does."""
    is_open = 0
    for found in re.finditer(r"[\[\]{}]", text):
        is_open = is_open + 1 if found.group() in "[{" else max(is_open - 1, 0)
        if is_open > _MOST_OPEN:
            return text.count("\n", 0, found.start()) + 1
    return 0


def problem(rule: str, line: int, about: str = "", **values: object) -> Problem:
    """Something wrong on a line, with the words' values; `about` names a key."""
    return Problem(code=Code.BAD_FRONT_MATTER, field=about, rule=rule, line=line, values=values)


def start_of(event: yaml.Event) -> yaml.Mark:
    """PyYAML marks every event that it parses; its types don't say so."""
    return cast("yaml.Mark", event.start_mark)


def end_of(event: yaml.Event) -> yaml.Mark:
    """Where the event ends; a collection's end has no width."""
    return cast("yaml.Mark", event.end_mark)


def _line_of(event: yaml.Event) -> int:
    return start_of(event).line + 1


def is_null(event: yaml.ScalarEvent) -> bool:
    """Whether a plain scalar says that there is nothing."""
    return event.style is None and event.value in _NULLS


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
