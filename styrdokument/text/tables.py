"""Tables as grids: which column of the new table was which in the old one.

Every row of a Markdown table has as many cells as its header. What isn't such a grid is
compared as any other blocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from styrdokument.text.blocks import Block
from styrdokument.text.marking import Marked


@dataclass(frozen=True)
class Column:
    """Places of a column in the old and the new table; one of them may be missing."""

    old: int | None
    new: int | None
    change: Marked | None = None
    """The change that took it away or put it in."""


def is_grid(table: Block) -> bool:
    """Tell whether a table has a header row, and as many cells in each of its rows."""
    rows = list(rows_of(table))
    if not table.children or table.children[0].tag != "thead" or len(header_of(table)) != 1:
        return False
    sizes = {len(row.children) for row in rows}
    return len(sizes) == 1 and all(cell.is_leaf for row in rows for cell in row.children)


def header_of(table: Block) -> tuple[Block, ...]:
    """Give the rows of a table's header."""
    return table.children[0].children


def rows_of(table: Block) -> Iterator[Block]:
    """Go through all rows of a table, its header's first."""
    for part in table.children:
        yield from part.children


def blank(cell: Block) -> Block:
    """Give an empty cell to stand where a row has none in a column."""
    return replace(cell, words=(), numbers=(), attrs={**cell.attrs})
