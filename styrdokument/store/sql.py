"""One way to open a database, SQLite or PostgreSQL, so that what is committed stays committed.

SQLite runs in WAL mode with full synchronisation; every transaction that writes begins as a
writer, so that two never build on the same reading.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.types import TypeDecorator

BUSY_MS = 30_000
IMPATIENT_MS = 50


class Moment(TypeDecorator[datetime]):
    """A moment in time: stored in UTC, always read back with its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read back with zone; SQLite answers a naive one."""
        del dialect
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def open_database(place: Path | str) -> Engine:
    """An engine for a SQLite file, or for a `postgresql+psycopg://` address."""
    if isinstance(place, str):
        return create_engine(place, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(
        f"sqlite:///{place}", connect_args={"timeout": BUSY_MS / 1000}, hide_parameters=True
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def open_cache(place: Path | str) -> Engine:
    """An engine for what can be made again: it neither waits for a writer nor for the disk."""
    if isinstance(place, str):
        options = f"-c lock_timeout={IMPATIENT_MS} -c synchronous_commit=off"
        return create_engine(
            place, pool_pre_ping=True, hide_parameters=True, connect_args={"options": options}
        )
    engine = open_database(place)
    event.listen(engine, "connect", _on_connect_to_cache)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; it holds the writer's place from its first statement."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def check_whole(connection: Connection) -> None:
    """See to it that the database itself is whole. Raises ValueError; only SQLite can tell."""
    if connection.dialect.name == "sqlite":
        told = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        if told != ["ok"]:
            raise ValueError(told[0])


def insert_or_replace(connection: Connection, table: Table, *rows: dict[str, Any]) -> None:
    """Insert rows, or put them in the place of those with the same primary key."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    keys = [column.name for column in table.primary_key]
    for row in rows:
        rest = {name: value for name, value in row.items() if name not in keys}
        statement = dialect.insert(table).values(row)
        connection.execute(
            statement.on_conflict_do_update(index_elements=keys, set_=rest)
            if rest
            else statement.on_conflict_do_nothing(index_elements=keys)
        )


def _on_connect(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # the begin event below says how a transaction begins
    _set(
        connection,
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "trusted_schema=OFF",
    )


def _on_connect_to_cache(connection: DBAPIConnection, _record: object) -> None:
    """In WAL mode what is committed stays whole so, though the last of it may be lost."""
    _set(connection, "synchronous=NORMAL", f"busy_timeout={IMPATIENT_MS}")


def _set(connection: DBAPIConnection, *pragmas: str) -> None:
    for pragma in pragmas:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
