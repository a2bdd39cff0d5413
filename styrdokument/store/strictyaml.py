"""Strict YAML: the little of it that the record's files may use, read, written and changed.

Every scalar is the text that stands in the source, so that `no`, `012` and a date stay what the
author wrote. The bytes may come from anyone: size, characters and PyYAML's events are judged
before a value is made, and PyYAML's C loader, which open brackets crash, is never used.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias, cast

import yaml

from styrdokument.domain.problems import Refused
from styrdokument.store import plainyaml
from styrdokument.store.yamlscan import end_of, is_null, problem, scan, start_of

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"
Writable: TypeAlias = "str | int | Sequence[Writable] | Mapping[str, Writable] | None"

LIMIT = 16_384
"""Bytes, unless the caller says otherwise."""
DEPTH = 4
"""Mappings and lists within each other, the file's own mapping counted."""

_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()+'-]|:(?=\w))*(?<! )")
"""Starts with a letter, so it is no number, date or sign; the rest means nothing to any YAML."""
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def read(
    data: bytes,
    *,
    limit: int = LIMIT,
    depth: int = DEPTH,
    first_line: int = 1,
    borne_with: frozenset[str] = frozenset(),
) -> dict[str, Value]:
    """What the file says; empty and `null` are None, all other scalars as written.

    `first_line` is where `data` starts in its file, for the lines of problems. Raises `Refused`
    with all that was found wrong, but for the rules that are `borne_with`.
    """
    plain = plainyaml.read(data) if limit >= LIMIT and depth > 1 else None
    if plain is not None:
        return cast("dict[str, Value]", plain)
    return _build(scan(data, limit, depth, first_line, borne_with))


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
    scan(data, limit, depth, first_line)
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
    nodes = scan(data, limit, depth, first_line)
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
    scan(changed, limit, depth, first_line)
    return changed


def _build(nodes: Iterable[yaml.Event]) -> dict[str, Value]:
    """The values of a clean scan; it is no deeper than was allowed, so recursion is safe."""
    events = iter(nodes)
    top = next(events, None)
    return {} if top is None else cast("dict[str, Value]", _value(top, events))


def _value(event: yaml.Event, events: Iterator[yaml.Event]) -> Value:
    if isinstance(event, yaml.ScalarEvent):
        return None if is_null(event) else event.value
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
        spans[cast("yaml.ScalarEvent", key).value] = _span(start_of(key).line, seen[-1], lines)
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
    return end_of(event).index > start_of(event).index


def _span(start: int, last: yaml.Event, lines: Sequence[str]) -> _Span:
    is_block = isinstance(last, yaml.ScalarEvent) and last.style in {"|", ">"}
    end = (start_of(last) if is_block else end_of(last)).line + 1
    reach = end
    for number, line in enumerate(lines[end:], end + 1):
        if line.startswith(" ") and line.strip():
            reach = number
        elif line.strip():
            break
    after = "" if is_block else lines[end - 1][end_of(last).column :].rstrip("\n")
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
        raise Refused(problem("depth", 1, depth=depth))
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
