"""Strict YAML: the little of it that the record's files may use, read, written and changed.

Every scalar is the text that stands in the source, so that `no`, `012` and a date stay what the
author wrote. The bytes may come from anyone: size, characters and PyYAML's events are judged
before a value is made, and PyYAML's C loader, which open brackets crash, is never used.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple, TypeAlias, cast

import yaml

from styrdokument.domain.naming import CONTROL, HIDDEN, has_other_letters, unfit_characters
from styrdokument.domain.problems import Code, Problem, Refused

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"
Writable: TypeAlias = "str | int | Sequence[Writable] | Mapping[str, Writable] | None"

LIMIT = 16_384
"""Bytes, unless the caller says otherwise."""
DEPTH = 4
"""Mappings and lists within each other, the file's own mapping counted."""

_BOM = b"\xef\xbb\xbf"
_NULLS = {"", "~", "null", "Null", "NULL"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEEPS_BLANK_LINES = re.compile(r"[|>][0-9]?\+")
_MOST_OPEN = 64
"""More open brackets are refused unparsed: PyYAML's scanner takes quadratic time over them."""
_BYTES_PER_NODE = 10
"""Honest files are no denser; a file may hold as many nodes as its limit has room for."""
_ENOUGH = 100
"""Problems to mend before the rest is worth hearing; hostile files have them by the thousand."""
_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()+'-]|:(?=\w))*(?<! )")
"""Starts with a letter, so it is no number, date or sign; the rest means nothing to any YAML."""
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def read(
    data: bytes, *, limit: int = LIMIT, depth: int = DEPTH, first_line: int = 1
) -> dict[str, Value]:
    """What the file says; empty and `null` are None, all other scalars as written.

    `first_line` is where `data` starts in its file, for the lines of problems. Raises `Refused`
    with all that was found wrong.
    """
    return _build(_scan(data, limit, depth, first_line))


def write(
    fields: Mapping[str, Writable],
    *,
    limit: int = LIMIT,
    depth: int = DEPTH,
    first_line: int = 1,
) -> bytes:
    """A new file: keys in the order given, lists of scalars in brackets, quotes where in doubt.

    Any YAML reader takes a str for a str and an int for an int. Raises `Refused` for what `read`
    would not take.
    """
    data = _render(fields, depth)
    _scan(data, limit, depth, first_line)
    return data


def change(
    data: bytes,
    changes: Mapping[str, Writable],
    *,
    limit: int = LIMIT,
    depth: int = DEPTH,
    first_line: int = 1,
) -> bytes:
    """`data` with these keys set, and with those that are None removed; new ones come last.

    All other lines, and those of a key that says the same already, keep their bytes; a comment
    behind a changed value stays. Raises `Refused` for what `read` would not take, before or after.
    """
    nodes = _scan(data, limit, depth, first_line)
    old = _build(nodes)
    lines = data.decode().splitlines(keepends=True)
    spans = _spans(nodes, lines)
    new = [line.encode() for line in lines]
    for key, value in changes.items():
        fresh = b"" if value is None else _render({key: value}, depth)
        if key not in spans:
            new.append(fresh)
        elif value is None or _as_read(value) != old[key]:
            _put(new, spans[key], fresh)
    changed = b"".join(new)
    _scan(changed, limit, depth, first_line)
    return changed


def _scan(data: bytes, limit: int, depth: int, first_line: int) -> list[yaml.Event]:
    """The nodes of the file as events, in which nothing is wrong; raises `Refused`."""
    if len(data) > limit:
        raise Refused(_problem("too_large", first_line, limit=limit))
    text = data.removeprefix(_BOM).decode(errors="replace").replace("\r", "")
    scan = _Scan("\n".join(_mask(line) for line in text.split("\n")), depth, limit)
    scan.run()
    problems = [*_faults_of_bytes(data), *scan.problems]
    if problems:
        ordered = sorted(dict.fromkeys(problems), key=lambda problem: problem.line)
        raise Refused(*(replace(p, line=p.line + first_line - 1) for p in ordered[:_ENOUGH]))
    return scan.nodes


def _mask(line: str) -> str:
    """The line with unfit characters replaced, so that the rest of it can be judged."""
    return HIDDEN.sub("\ufffd", CONTROL.sub(" ", line))


def _faults_of_bytes(data: bytes) -> Iterator[Problem]:
    if data.startswith(_BOM):
        yield _problem("bom", 1)
    lines = data.removeprefix(_BOM).split(b"\n")
    for number, line in enumerate(lines, 1):
        if line.endswith(b"\r"):
            yield _problem("line_ending", number)
        try:
            yield from _faults_of_text(line.removesuffix(b"\r").decode(), number)
        except UnicodeDecodeError:
            yield _problem("not_utf8", number)
    if lines[-1]:
        yield _problem("no_final_newline", len(lines))


def _faults_of_text(text: str, line: int, about: str = "") -> Iterator[Problem]:
    for rule, character in unfit_characters(text):
        yield _problem(rule, line, about, character=character)


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
            self.problems.append(_problem("depth", line, depth=self.depth))
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
            self.problems.append(_problem("syntax", mark.line + 1 if mark else last))

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
            elif event.flow_style or _start(event).column:
                self._refuse("top_level", event)
        elif (keys := self.levels[-1].keys) is not None:
            if self.levels[-1].awaits_key:
                self._take_key(event, keys)
            self.levels[-1].awaits_key = not self.levels[-1].awaits_key

    def _take_key(self, event: yaml.NodeEvent, keys: set[str]) -> None:
        key = event.value if isinstance(event, yaml.ScalarEvent) and not _is_null(event) else ""
        before = self.text[_end(self.nodes[-1]).index : _start(event).index]
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
        source = self.text[_start(event).index : _end(event).index]
        if event.style is None and _DAY.fullmatch(event.value) and not _is_day(event.value):
            self._refuse("no_such_day", event, value=event.value)
        if _KEEPS_BLANK_LINES.match(source) and event.style:
            self._refuse("block_scalar", event)
        if event.style == '"' and "\\" in source:
            for line in event.value.split("\n"):
                self.problems += _faults_of_text(line, _line_of(event), self.about)

    def _refuse(self, rule: str, event: yaml.Event, **values: object) -> None:
        about = self.about if self.levels else ""
        self.problems.append(_problem(rule, _line_of(event), about, **values))


def _line_of_too_many_brackets(text: str) -> int:
    """The line where more brackets stand open than any honest file has; 0 when none does."""
    is_open = 0
    for found in re.finditer(r"[\[\]{}]", text):
        is_open = is_open + 1 if found.group() in "[{" else max(is_open - 1, 0)
        if is_open > _MOST_OPEN:
            return text.count("\n", 0, found.start()) + 1
    return 0


def _problem(rule: str, line: int, about: str = "", **values: object) -> Problem:
    return Problem(code=Code.BAD_FRONT_MATTER, field=about, rule=rule, line=line, values=values)


def _start(event: yaml.Event) -> yaml.Mark:
    """PyYAML marks every event that it parses; its types don't say so."""
    return cast("yaml.Mark", event.start_mark)


def _end(event: yaml.Event) -> yaml.Mark:
    return cast("yaml.Mark", event.end_mark)


def _line_of(event: yaml.Event) -> int:
    return _start(event).line + 1


def _is_null(event: yaml.ScalarEvent) -> bool:
    return event.style is None and event.value in _NULLS


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _build(nodes: Iterable[yaml.Event]) -> dict[str, Value]:
    """The values of a clean scan; it is no deeper than was allowed, so recursion is safe."""
    events = iter(nodes)
    top = next(events, None)
    return {} if top is None else cast("dict[str, Value]", _value(top, events))


def _value(event: yaml.Event, events: Iterator[yaml.Event]) -> Value:
    if isinstance(event, yaml.ScalarEvent):
        return None if _is_null(event) else event.value
    children = _children(events)
    if isinstance(event, yaml.SequenceStartEvent):
        return list(children)
    return {str(key): value for key, value in zip(children, children, strict=True)}


def _children(events: Iterator[yaml.Event]) -> Iterator[Value]:
    """The values up to the end of the mapping or list that `events` stands in."""
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            return
        yield _value(event, events)


class _Span(NamedTuple):
    """The lines of a key: to the end of its value, and of what is indented below; its comment."""

    start: int
    end: int
    reach: int
    comment: bytes


def _spans(nodes: Sequence[yaml.Event], lines: Sequence[str]) -> dict[str, _Span]:
    """Where each top-level key stands among the lines; the rest is nobody's and is left alone."""
    spans = {}
    inner = iter(nodes[1:-1])
    for key in inner:
        # The end of a block mapping or list has no width, and is marked where the next key starts.
        seen = [e for e in _whole(inner) if isinstance(e, yaml.ScalarEvent) or _has_width(e)]
        spans[cast("yaml.ScalarEvent", key).value] = _span(_start(key).line, seen[-1], lines)
    return spans


def _whole(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """The events of one value."""
    depth = 0
    for event in events:
        yield event
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth == 0:
            return


def _has_width(event: yaml.Event) -> bool:
    return _end(event).index > _start(event).index


def _span(start: int, last: yaml.Event, lines: Sequence[str]) -> _Span:
    is_block = isinstance(last, yaml.ScalarEvent) and last.style in {"|", ">"}
    end = (_start(last) if is_block else _end(last)).line + 1
    reach = end
    for number, line in enumerate(lines[end:], end + 1):
        if line.startswith(" ") and line.strip():
            reach = number
        elif line.strip():
            break
    after = "" if is_block else lines[end - 1][_end(last).column :].rstrip("\n")
    comment = f" {after.lstrip()}" if after.startswith("#") else after.rstrip()
    return _Span(start, reach if is_block else end, reach, comment.encode())


def _put(lines: list[bytes], span: _Span, fresh: bytes) -> None:
    """Set a key's lines; their number stays the same, so that other spans still hold."""
    first, newline, rest = fresh.partition(b"\n")
    stop = span.end if fresh else span.reach
    whole = first + span.comment + newline + rest if fresh else b""
    lines[span.start : stop] = [whole] + [b""] * (stop - span.start - 1)


def _render(fields: Mapping[str, Writable], depth: int) -> bytes:
    if _is_deeper(fields, depth):
        raise Refused(_problem("depth", 1, depth=depth))
    return "".join(f"{line}\n" for line in _block(fields)).encode(errors="surrogatepass")


def _is_deeper(value: Writable, depth: int) -> bool:
    if value is None or isinstance(value, str | int):
        return False
    items = value.values() if isinstance(value, Mapping) else value
    return depth == 0 or any(_is_deeper(item, depth - 1) for item in items)


def _block(value: Writable) -> Iterator[str]:
    """The lines of a mapping or list that does not fit in one."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            line = _inline(item)
            yield f"{_scalar(key)}:" if line is None else f"{_scalar(key)}: {line}"
            if line is None:
                yield from (f"  {inner}" for inner in _block(item))
    elif isinstance(value, Sequence):
        for item in value:
            first, *rest = _block(item) if (line := _inline(item)) is None else [line]
            yield f"- {first}"
            yield from (f"  {inner}" for inner in rest)


def _inline(value: Writable) -> str | None:
    """The value on one line, or None when it needs lines of its own."""
    if value is None or isinstance(value, str | int):
        return _scalar(value)
    if isinstance(value, Mapping):
        return None if value else "{}"
    scalars = [_scalar(item) for item in value if item is None or isinstance(item, str | int)]
    return f"[{', '.join(scalars)}]" if len(scalars) == len(value) else None


def _scalar(value: str | int | None) -> str:
    if value is None:
        return "null"
    if not isinstance(value, str):
        return str(value).lower()  # a bool is an int to Python, and lower case to YAML
    if _PLAIN.fullmatch(value) and value.casefold() not in _WORDS:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _as_read(value: Writable) -> Value:
    """What `read` answers for `value` once it is written."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return _scalar(value)
    if isinstance(value, Mapping):
        return {key: _as_read(item) for key, item in value.items()}
    return [_as_read(item) for item in value]
