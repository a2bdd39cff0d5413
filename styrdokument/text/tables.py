"""Tables as grids: two versions of one get the same columns before they are compared.

Every row of a Markdown table has as many cells as its header. Where a column came or went
the other table gets a gap in each row, so that cells are compared place by place.
"""

import re
from collections.abc import Sequence

from styrdokument.text.blocks import Block, Numbers
from styrdokument.text.changes import Marked

_CELL = re.compile(r"<t[dh][ >]")


class Gap(Block):
    """An empty cell where a row has none; `change` took the column away or put it in."""

    is_gap = True
    key = -1

    def __init__(self, change: Marked) -> None:
        super().__init__("td", "<td>", slice(0, 0), "", Numbers())
        self.change = change


def have_other_columns(old: Block, new: Block) -> bool:
    """Tell whether two tables are grids of different widths."""
    heads = [table.children[0] if table.children else table for table in (old, new)]
    widths = [_CELL.subn("", head.inner)[1] for head in heads]
    return widths[0] != widths[1] and _is_grid(old) and _is_grid(new)


def header_of(table: Block) -> Sequence[Block]:
    """Give the cells of a grid's header."""
    return table.children[0].children[0].children


def widened(table: Block, places: Sequence[int | Marked]) -> Block:
    """Give a grid with its cells at `places`, and gaps where there is a change instead."""
    parts = [
        part.with_children([_widened_row(row, places) for row in part.children])
        for part in table.children
    ]
    return table.with_children(parts)


def _is_grid(table: Block) -> bool:
    """Tell whether a table has a header row, and as many cells in each of its rows."""
    is_headed = bool(table.children) and len(table.children[0].children) == 1
    rows = [row for part in table.children for row in part.children]
    return is_headed and len({len(row.children) for row in rows}) == 1


def _widened_row(row: Block, places: Sequence[int | Marked]) -> Block:
    gaps = {change: Gap(change) for change in places if isinstance(change, Marked)}
    cells = [row.children[p] if isinstance(p, int) else gaps[p] for p in places]
    return row.with_children(cells)
