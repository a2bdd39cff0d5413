"""Tables as grids: two versions of one get the same columns before they are compared.

Every row of a Markdown table has as many cells as its header. Where a column came or went
the other table gets a gap in each row, so that cells are compared place by place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from styrdokument.text.blocks import Block
from styrdokument.text.marking import Marked


@dataclass
class Gap(Block):
    """An empty cell where a row has none; `change` took the column away or put it in."""

    change: Marked | None = None


def is_grid(table: Block) -> bool:
    """Tell whether a table has a header row, and as many cells in each of its rows."""
    rows = list(_rows(table))
    is_headed = bool(table.children) and len(table.children[0].children) == 1
    sizes = {len(row.children) for row in rows}
    is_flat = all(cell.is_leaf for row in rows for cell in row.children)
    return is_headed and len(sizes) == 1 and is_flat


def header_of(table: Block) -> tuple[Block, ...]:
    """Give the cells of a grid's header."""
    return table.children[0].children[0].children


def widened(table: Block, places: Sequence[int | Marked]) -> Block:
    """Give a grid with its cells at `places`, and gaps where there is a change instead."""
    parts = [
        replace(part, children=tuple(_widened_row(row, places) for row in part.children))
        for part in table.children
    ]
    return replace(table, children=tuple(parts))


def _rows(table: Block) -> Iterator[Block]:
    for part in table.children:
        yield from part.children


def _widened_row(row: Block, places: Sequence[int | Marked]) -> Block:
    cells = [
        row.children[place]
        if isinstance(place, int)
        else Gap(tag="td", attrs={}, key=-1, change=place)
        for place in places
    ]
    return replace(row, children=tuple(cells))
