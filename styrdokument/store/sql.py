"""One way to open a database, SQLite or PostgreSQL, so that what is committed stays committed.

Every transaction that writes begins as a writer, and waits for the one before, so that two never
build on the same reading. SQLite runs in WAL mode with full synchronisation. On PostgreSQL writers
wait for a lock of their own for each database and schema, index and journal apart, and then read
what is committed; so a writer must never ask for a snapshot.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, event, inspect, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.schema import CreateColumn

BUSY_MS = 30_000
IMPATIENT_MS = 50
CONNECT_SECONDS = 5
OUT_OF_REACH = frozenset({"", "08", "53", "57", "58"})
"""Classes of PostgreSQL's codes: no connection, no resources, an operator's hand, the system."""
REFUSES = frozenset({"25006", "55P03"})
"""What it answers a writer where it only reads, and one that has waited too long."""


class Away(Exception):
    """A database server does not answer, or lets nobody do this now; the text says which."""


class BadAddress(Exception):
    """An address leads to no database that can be used; the text never holds a password."""


def open_database(place: Path | str, name: str = "") -> Engine:
    """An engine for a SQLite file, or for a `postgresql+psycopg://` address.

    `name` is what the database is for; writers of one name wait for each other. Raises BadAddress;
    its connections raise Away.
    """
    if isinstance(place, str):
        engine = _open_server(place, name)
        event.listen(engine, "begin", _servers_begin(name))
        return engine
    engine = create_engine(
        f"sqlite:///{place}", connect_args={"timeout": BUSY_MS / 1000}, hide_parameters=True
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def open_cache(place: Path | str, name: str = "") -> Engine:
    """An engine for what can be made again: it neither waits for a writer nor for the disk."""
    if isinstance(place, str):
        options = f"-c lock_timeout={IMPATIENT_MS} -c synchronous_commit=off"
        return _open_server(place, name, options=options)
    engine = open_database(place)
    event.listen(engine, "connect", _on_connect_to_cache)
    return engine


@contextmanager
def opened(place: Path | str, name: str = "") -> Iterator[Engine]:
    """The same, for as long as it takes."""
    engine = open_database(place, name)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; it holds the writer's place from its first statement."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that reads all its tables as they stood at one moment."""
    with engine.connect() as connection:
        if is_server(engine):
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def is_server(engine: Engine) -> bool:
    """Whether others than this data directory's processes can reach the database."""
    return engine.dialect.name == "postgresql"


def check_fits(connection: Connection) -> None:
    """See to it that a server's database can hold any text. Raises BadAddress."""
    if is_server(connection.engine):
        coding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if coding != "UTF8":
            raise BadAddress(f"the database keeps texts as {coding}; it has to be made with UTF8")


def check_whole(connection: Connection) -> None:
    """See to it that the database itself is whole. Raises ValueError; only SQLite can tell."""
    if not is_server(connection.engine):
        told = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        if told != ["ok"]:
            raise ValueError(told[0])


def add_missing(connection: Connection, metadata: MetaData) -> None:
    """Give the tables that are there the columns and indexes that they lack; their rows stay."""
    found = inspect(connection)
    for table in metadata.sorted_tables:
        known = {column["name"] for column in found.get_columns(table.name)}
        for column in (one for one in table.columns if one.name not in known):
            words = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {words}")
        there = {index["name"] for index in found.get_indexes(table.name)}
        for index in (one for one in table.indexes if one.name not in there):
            index.create(connection)


def insert_or_replace(connection: Connection, table: Table, *rows: dict[str, Any]) -> None:
    """Insert rows, all of the same columns, in the place of those with the same primary key."""
    if rows:
        statement = _insert_or_replace(table, tuple(rows[0]), connection.dialect.name)
        connection.execute(statement, rows)


def insert_or_ignore(connection: Connection, table: Table, *rows: Mapping[str, Any]) -> None:
    """Insert the rows, all of the same columns, whose primary key is not there yet."""
    if rows:
        dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
        statement = dialect.insert(table).on_conflict_do_nothing(
            index_elements=[column.name for column in table.primary_key]
        )
        connection.execute(statement, [dict(row) for row in rows])


@lru_cache(maxsize=64)
def _insert_or_replace(table: Table, names: tuple[str, ...], dialect: str) -> Any:  # noqa: ANN401 - either dialect's
    keys = [column.name for column in table.primary_key]
    statement = import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
    rest = {name: statement.excluded[name] for name in names if name not in keys}
    if not rest:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


def _open_server(address: str, name: str, **more: str) -> Engine:
    setting = f"{name}_database" if name else "the database"
    try:
        url = make_url(address)
        usual = {"connect_timeout": CONNECT_SECONDS, "application_name": f"styrdokument {name}"}
        usual |= more
        engine = create_engine(
            url,
            pool_pre_ping=True,
            hide_parameters=True,
            isolation_level="READ COMMITTED",
            connect_args={key: value for key, value in usual.items() if key not in url.query},
        )
    except (ArgumentError, ValueError) as error:
        raise BadAddress(f"{setting}: is not an address of a database") from error
    except ImportError as error:
        wanted = "pip install 'styrdokument[postgres]'"
        raise BadAddress(f"{setting}: PostgreSQL needs psycopg: {wanted}") from error
    event.listen(engine, "handle_error", _servers_error(setting))
    return engine


def _servers_begin(name: str) -> Any:  # noqa: ANN401 (what SQLAlchemy calls)
    turn = f"pg_advisory_xact_lock(hashtext('styrdokument {name}'), hashtext(current_schema()))"

    def wait_for_turn(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_MS}; SELECT {turn}")

    return wait_for_turn


def _servers_error(setting: str) -> Any:  # noqa: ANN401 (what SQLAlchemy calls)
    def tell(context: ExceptionContext) -> None:
        """What the server itself stands in the way of is Away; a ping is SQLAlchemy's to judge."""
        error = context.original_exception
        dbapi = context.dialect.loaded_dbapi
        state = getattr(error, "sqlstate", None) or ""
        is_away = isinstance(error, dbapi.OperationalError) and state[:2] in OUT_OF_REACH
        if not context.is_pre_ping and (is_away or state in REFUSES):
            raise Away(f"{setting}: {' '.join(str(error).split())}") from error

    return tell


def _on_connect(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # the begin event below says how a transaction begins
    _set(
        connection,
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "trusted_schema=OFF",
        "case_sensitive_like=ON",
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
