"""Statements run straight on a connection of the driver's that each thread keeps.

For the few that are asked at every view of a page. SQLAlchemy says the SQL, makes the connection
and reads the types, once; its own way from a query to a row costs ten times what the database does.
Only statements that read are run here: each is a transaction of its own.
"""

import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Engine, Select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError

from styrdokument.store.sql import Away

Reader = Callable[[Any], Any]


class Unavailable(Exception):
    """The database did not answer, twice; whoever asked has another way to what they need."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """SQL as the driver takes it; `names` where its values go by place, and readers by place.

    `constants` are the values that the query itself holds.
    """

    sql: str
    constants: dict[str, Any]
    names: tuple[str, ...] | None
    readers: tuple[tuple[int, Reader], ...]


class Straight:
    """The statements of one engine."""

    def __init__(self, engine: Engine) -> None:
        """Over an engine; connections are made when they are first needed."""
        self._engine = engine
        self._here = threading.local()
        self._all: weakref.WeakSet[_Kept] = weakref.WeakSet()
        self._left: deque[DBAPIConnection] = deque()

    def prepare(self, query: Select[Any]) -> Statement:
        """Compile a query; its values are named by `bindparam`, plain numbers and text."""
        dialect = self._engine.dialect
        compiled = query.compile(dialect=dialect)
        places = compiled.positiontup if compiled.positional else None
        return Statement(
            sql=str(compiled),
            constants={name: value for name, value in compiled.params.items() if value is not None},
            names=None if places is None else tuple(places),
            readers=tuple(
                (place, reader)
                for place, column in enumerate(query.selected_columns)
                if (reader := _reader(column.type, dialect))
            ),
        )

    def first(self, statement: Statement, values: dict[str, Any]) -> Sequence[Any] | None:
        """The first row, None where there is none. Raises Unavailable."""
        failures = (self._engine.dialect.loaded_dbapi.Error, SQLAlchemyError, Away)
        try:
            return self._first(statement, values)
        except failures:
            self._forget()  # the server may have been started anew
        try:
            return self._first(statement, values)
        except failures as error:
            raise Unavailable from error

    def close(self) -> None:
        """Close what all threads keep."""
        for kept in list(self._all):
            kept.close()
        self._clear()

    def _clear(self) -> None:
        """Close what threads left that have ended."""
        while self._left:
            with suppress(IndexError):  # another thread was before
                self._left.popleft().close()

    def _first(self, statement: Statement, values: dict[str, Any]) -> Sequence[Any] | None:
        kept = getattr(self._here, "kept", None)
        connection = (kept and kept.connection) or self._keep()
        given, names = statement.constants | values, statement.names
        cursor = connection.cursor()
        cursor.execute(statement.sql, given if names is None else [given[n] for n in names])
        row = cursor.fetchone()
        cursor.close()
        if row is None:
            return None
        found = list(row)
        for place, read in statement.readers:
            found[place] = read(found[place])
        return found

    def _keep(self) -> DBAPIConnection:
        self._clear()
        proxied = self._engine.raw_connection()
        connection = proxied.dbapi_connection
        proxied.detach()
        if connection is None:
            raise RuntimeError("a fresh connection is none")
        self._engine.dialect.set_isolation_level(connection, "AUTOCOMMIT")
        kept = self._here.kept = _Kept(connection, self._left)
        self._all.add(kept)
        return connection

    def _forget(self) -> None:
        kept = getattr(self._here, "kept", None)
        if kept is not None:
            kept.close()


class _Kept:
    """A connection that a thread keeps, and leaves to others to close when it ends.

    It cannot close it itself: closing calls back into Python, and in a thread that Python did not
    start that takes down, a second time, what is just being taken down; and with it the process.
    """

    def __init__(self, connection: DBAPIConnection, left: deque[DBAPIConnection]) -> None:
        self.connection: DBAPIConnection | None = connection
        self._left = left

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    def __del__(self) -> None:
        if self.connection is not None:
            self._left.append(self.connection)


def _reader(kind: Any, dialect: Dialect) -> Reader | None:  # noqa: ANN401 - any column's type
    read: Reader | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return read
