"""A journal moved to another database, for it cannot be derived: all of it, or nothing.

Numbers that a database gives out by itself are given anew, so that it goes on from the last.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, insert, select

from styrdokument.store.identities import METADATA
from styrdokument.store.sql import check_fits, snapshot, writing

AT_ONCE = 1000
Rows = list[dict[str, Any]]


class NotEmpty(Exception):
    """A journal stands where another was to be put; the text says how much of it there is."""


def copy_journal(source: Engine, target: Engine, *, again: bool = False) -> dict[str, int]:
    """Copy every row, as all stood at one moment; how many there were of each kind.

    Raises NotEmpty, save where `again` and the same rows are there already.
    """
    tables = METADATA.sorted_tables
    with snapshot(source) as old, writing(target) as new:
        check_fits(new)
        METADATA.create_all(new)
        found = {table.name: len(_rows(new, table)) for table in tables}
        if any(found.values()):
            if not (again and all(_rows(old, table) == _rows(new, table) for table in tables)):
                told = ", ".join(f"{count} {name}" for name, count in found.items() if count)
                raise NotEmpty(f"there is a journal already: {told}")
            return found
        return {table.name: _copy(old, new, table) for table in tables}


def _copy(old: Connection, new: Connection, table: Table) -> int:
    rows = _rows(old, table)
    for start in range(0, len(rows), AT_ONCE):
        new.execute(insert(table), rows[start : start + AT_ONCE])
    return len(rows)


def _rows(connection: Connection, table: Table) -> Rows:
    """The rows by primary key, without what the database numbers by itself."""
    query = select(*_kept(table)).order_by(*table.primary_key)
    return [dict(row) for row in connection.execute(query).mappings()]


def _kept(table: Table) -> Iterable[Column[Any]]:
    return [column for column in table.columns if column is not table.autoincrement_column]
