"""What the index asks of its own tables while it is brought further, and puts there."""

from typing import Any

from sqlalchemy import Connection, delete, insert, select

from styrdokument.domain.case import CaseNumber
from styrdokument.domain.decisionfile import Decision, from_bytes
from styrdokument.domain.document import DocumentId
from styrdokument.store import tables
from styrdokument.store.projection import Row


def read_cursor(connection: Connection, name: str) -> str | None:
    """How far the index has come; None where it has not begun."""
    table = tables.cursors
    value = connection.execute(select(table.c.value).where(table.c.name == name)).scalar()
    return value or None


def decisions_of(connection: Connection, document: DocumentId) -> list[Decision]:
    """All decisions about a document, in their order."""
    table = tables.decisions
    query = select(table.c.file).where(table.c.document == document).order_by(table.c.seq)
    return [from_bytes(file.encode()) for file in connection.execute(query).scalars()]


def seqs_of(connection: Connection, document: DocumentId) -> dict[int, int]:
    """The versions that have their rows, each with the seq of its decision."""
    table = tables.versions
    query = select(table.c.version, table.c.seq).where(table.c.document == document)
    return dict(tuple(row) for row in connection.execute(query))


def put_versions(connection: Connection, new: list[Row], changed: list[Row]) -> None:
    """Put in new versions, and what later decisions changed in others."""
    table = tables.versions
    for row in changed:
        chosen = (table.c.document == row["document"], table.c.version == row["version"])
        connection.execute(table.update().where(*chosen).values(row))
    if new:
        connection.execute(insert(table), new)


def versions_of(connection: Connection, document: int) -> list[Any]:
    """The number and the type of each version."""
    table = tables.versions
    query = select(table.c.version, table.c.type).where(table.c.document == document)
    return [tuple(row) for row in connection.execute(query)]


def delete_case(connection: Connection, number: CaseNumber) -> None:
    """Take away all rows about a case."""
    for table in (tables.case_entries, tables.case_documents, tables.cases):
        key = table.c["number"]
        connection.execute(delete(table).where(key == number))
