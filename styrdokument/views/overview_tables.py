"""The desk's numbers as tables: every number leads to the list that it counts.

The list is narrowed as the page is, and by the number's own unit and type.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import request

from styrdokument.domain.overview import (
    Concern,
    Counted,
    Line,
    by_type,
    by_unit,
    by_unit_and_type,
)
from styrdokument.views.support import house, label_of, words


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A number, in words what it is of, and where it leads; nowhere where there is no such list."""

    number: int
    words: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a table, `depth` steps down in the tree."""

    label: str
    depth: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of numbers; `head` is of its first column."""

    title: str
    head: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class _Column:
    """What a column counts: a concern, of all types or of one."""

    key: str
    words: str
    concern: Concern
    narrowed: dict[str, str] = field(default_factory=dict)


def tables(counted: Counted, shown: Concern) -> Iterator[Table]:
    """By unit, by type, and by both of what is `shown`."""
    registers, say = house().registers, words().say
    concerns = [_Column(key=one, words=say(f"concern.{one}"), concern=one) for one in Concern]
    types = by_type({place: n for place, n in counted.items() if place[2] is shown and n})
    each = [
        _Column(
            key=one.slug,
            words=label_of("types", one.slug),
            concern=shown,
            narrowed={"type": one.slug},
        )
        for one in types
    ]
    both = say("overview.by_both", concern=say(f"concern.{shown}"))
    crossed = by_unit_and_type(counted, registers, shown)
    yield _table(say("overview.by_unit"), "unit", by_unit(counted, registers), concerns)
    yield _table(say("overview.by_type"), "type", by_type(counted), concerns)
    yield _table(both, "unit", crossed, each)


def leads_to(concern: Concern, **narrowed: str) -> str:
    """The address of the list that a number counts, narrowed as this page is and more."""
    kept = {name: request.args.get(name, "") for name in ("unit", "type")}
    if concern is Concern.STUCK:
        kept["days"] = request.args.get("days", "")
    query = urlencode({name: one for name, one in (kept | narrowed).items() if one})
    path = "/documents" if concern is Concern.ALL else f"/overview/{concern}"
    return f"{path}?{query}" if query else path


def _table(title: str, field: str, lines: Sequence[Line], columns: Sequence[_Column]) -> Table:
    return Table(
        title=title,
        head=words().say(f"list.column_{field}"),
        columns=tuple(column.words for column in columns),
        rows=tuple(_row(field, line, columns) for line in lines),
    )


def _row(field: str, line: Line, columns: Sequence[_Column]) -> Row:
    label = label_of(f"{field}s", line.slug) or words().say("overview.no_name")
    return Row(
        label=label,
        depth=line.depth,
        cells=tuple(_cell({field: line.slug}, label, line, column) for column in columns),
    )


def _cell(narrowed: dict[str, str], label: str, line: Line, column: _Column) -> Cell:
    number, narrowed = line.numbers.get(column.key, 0), narrowed | column.narrowed
    is_listed = all(slug in getattr(house().registers, f"{f}s") for f, slug in narrowed.items())
    return Cell(
        number=number,
        words=f"{label}, {column.words}: {number}",
        address=leads_to(column.concern, **narrowed) if number and is_listed else "",
    )
