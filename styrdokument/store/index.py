"""The index: derived from the record in SQL, caught up after each write, disposable.

Two cursors say how far it has come: the newest commit of `main`, and the newest event of every
case. Catching up is one transaction; rebuilding makes the same rows from the record alone.
"""

from collections.abc import Callable, Iterator
from datetime import date

from sqlalchemy import Connection, Engine, delete, insert, inspect, select
from sqlalchemy.exc import DatabaseError

from styrdokument.domain.case import CaseNumber
from styrdokument.domain.decisionfile import Decision, DecisionKind, from_bytes
from styrdokument.domain.document import DocumentId
from styrdokument.domain.history import history_of
from styrdokument.domain.problems import NotFound
from styrdokument.store import pages, projection, tables
from styrdokument.store.cases import Cases
from styrdokument.store.git import Damaged, ObjectId
from styrdokument.store.matters import Matters
from styrdokument.store.projection import Projection, Row
from styrdokument.store.record import Record
from styrdokument.store.rows import (
    decisions_of,
    delete_case,
    put_versions,
    read_cursor,
    seqs_of,
    versions_of,
)
from styrdokument.store.sql import (
    check_fits,
    check_whole,
    insert_or_replace,
    is_server,
    snapshot,
    writing,
)
from styrdokument.store.tables import MAIN_CURSOR, RECORD_CURSOR, SCHEMA_CURSOR

Tell = Callable[[int, int], None]
_TABLES = tuple(t for t in reversed(tables.METADATA.sorted_tables) if t not in tables.CACHED)
"""All that is derived row by row; what refers to another comes before it."""
_ANOTHERS = (
    "index_database: holds the index of another record; give this installation a database or a "
    "schema of its own, or empty that one where nothing uses it any more"
)


class AnothersIndex(Exception):
    """The database holds the index of another record, which is served from somewhere else."""


class Index:
    """The index of one record, in one database."""

    def __init__(
        self, engine: Engine, record: Record, cases: Cases, matters: Matters, rows: Projection
    ) -> None:
        """Over an engine; `prepare` makes the tables."""
        self.engine = engine
        self._record, self._cases, self._matters, self._rows = record, cases, matters, rows

    def another(self, engine: Engine) -> "Index":
        """The same index in another database, for comparison."""
        return Index(engine, self._record, self._cases, self._matters, self._rows)

    def prepare(self) -> None:
        """Make the tables, or make them anew where they are of another schema."""
        with writing(self.engine) as connection:
            check_fits(connection)
            is_new = not inspect(connection).has_table(tables.cursors.name)
            if not is_new and read_cursor(connection, SCHEMA_CURSOR) != str(tables.SCHEMA):
                tables.METADATA.drop_all(connection)
            tables.METADATA.create_all(connection)

    def catch_up(self, tell: Tell = lambda _done, _of: None) -> None:
        """Bring the index to where the record is; rebuild it where that cannot be done.

        `tell` hears how many documents are done, and of how many. Raises AnothersIndex.
        """
        try:
            with writing(self.engine) as connection:
                self._follow(connection, tell)
        except NotFound:
            self.rebuild()

    def rebuild(self) -> int:
        """Make every row anew from the record alone; how many versions there were.

        Raises AnothersIndex where somebody else may be reading it.
        """
        with writing(self.engine) as connection:
            if self._is_anothers(connection) and is_server(self.engine):
                raise AnothersIndex(_ANOTHERS)
            for table in _TABLES:
                connection.execute(delete(table))
            for table in tables.CACHED:
                connection.execute(delete(table))
            self._follow(connection)
            count = connection.execute(select(tables.versions.c.version)).all()
        return len(count)

    def dump(self) -> Iterator[tuple[str, Row]]:
        """Every row but the finished pages, in a fixed order, for comparison. Raises Damaged."""
        try:
            with snapshot(self.engine) as connection:
                check_whole(connection)
                for table in _TABLES:
                    keys = list(table.primary_key)
                    for row in connection.execute(select(table).order_by(*keys)):
                        yield table.name, dict(row._mapping)  # noqa: SLF001 - a public name
        except (DatabaseError, ValueError) as error:
            raise Damaged(f"index: {error}") from error

    def decisions_after(self, seq: int) -> list[Decision]:
        """The decisions after number `seq`, in the order of the chain."""
        table = tables.decisions
        query = select(table.c.file).where(table.c.seq > seq).order_by(table.c.seq)
        with self.engine.connect() as connection:
            return [from_bytes(f.encode()) for f in connection.execute(query).scalars()]

    def _is_anothers(self, connection: Connection) -> bool:
        """Whether the rows are of another record than ours."""
        made_of, ours = read_cursor(connection, RECORD_CURSOR), self._record.identity
        return bool(made_of and ours and made_of != ours)

    def _follow(self, connection: Connection, tell: Tell = lambda _done, _of: None) -> None:
        """Go on from the cursors. Raises NotFound where they are not on our record."""
        if self._is_anothers(connection):
            raise NotFound
        self._follow_main(connection, tell)
        self._follow_cases(connection)

    def _follow_main(self, connection: Connection, tell: Tell) -> None:
        cursor = read_cursor(connection, MAIN_CURSOR)
        head = self._record.head
        touched: set[DocumentId] = set()
        has_new_registers = False
        for commit, filed in self._record.decided_since(ObjectId(cursor) if cursor else None):
            rows = [projection.decision_row(one, commit) for one in filed]
            insert_or_replace(connection, tables.decisions, *rows)
            touched |= {one.decision.document for one in filed if one.decision.document}
            kinds = {one.decision.kind for one in filed}
            has_new_registers |= bool(kinds & {DecisionKind.REGISTER, DecisionKind.INIT})
        for done, document in enumerate(sorted(touched)):
            tell(done, len(touched))
            self._put_document(connection, document)
        if has_new_registers and cursor:
            self._follow_registers(connection)
        elif touched:
            self._follow_cases_on(connection, touched)
        values = {
            MAIN_CURSOR: head or "",
            SCHEMA_CURSOR: str(tables.SCHEMA),
            RECORD_CURSOR: self._record.identity,
        }
        insert_or_replace(
            connection, tables.cursors, *({"name": n, "value": v} for n, v in values.items())
        )
        if has_new_registers:
            pages.forget_all(connection)
        else:
            pages.forget(connection, touched)

    def _put_document(self, connection: Connection, document: DocumentId) -> None:
        """All rows about one document, made whole from all its decisions."""
        made = decisions_of(connection, document)
        registers = self._record.registers()
        sheet = self._matters.sheet(document, self._record.files_of(document))
        history = history_of(made)
        row = projection.document_row(document, made, history, sheet)
        for table in (tables.former, tables.document_entries, tables.gaps, tables.watches):
            connection.execute(delete(table).where(table.c.document == document))
        insert_or_replace(connection, tables.documents, row)
        known = seqs_of(connection, document)
        new, changed = self._rows.version_rows(document, made, registers, known=known)
        put_versions(connection, new, changed)
        insert_or_replace(connection, tables.gaps, *projection.gap_rows(document, history))
        insert_or_replace(
            connection, tables.watches, *projection.watch_rows(document, made, history)
        )
        entries = projection.entry_rows(document, sheet.roles)
        insert_or_replace(connection, tables.document_entries, *entries)
        names = dict.fromkeys(sheet.fields.former_ids)
        insert_or_replace(
            connection, tables.former, *({"former_id": n, "document": document} for n in names)
        )

    def _follow_registers(self, connection: Connection) -> None:
        """New registers may move reminder days, and whose turn it is."""
        registers = self._record.registers()
        found = connection.execute(select(tables.decisions.c.document).distinct()).scalars()
        for document in sorted(d for d in found if d):
            made = decisions_of(connection, DocumentId(document))
            history = history_of(made)
            for number, kind in versions_of(connection, document):
                days = projection.day_columns(history, number, kind, registers)
                table = tables.versions
                connection.execute(
                    table.update()
                    .where(table.c.document == document, table.c.version == number)
                    .values(due_from=days["due_from"])
                )
        for number in self._open_cases(connection):
            self._put_case(connection, number)

    def _follow_cases_on(self, connection: Connection, documents: set[DocumentId]) -> None:
        """A decision about a document may change what its open cases wait for."""
        table = tables.case_documents
        query = select(table.c.number, table.c.document)
        if len(documents) <= pages.MOST_AT_ONCE:
            query = query.where(table.c.document.in_(documents))
        found = connection.execute(query).all()
        for number in sorted({n for n, d in found if d in documents}):
            self._put_case(connection, CaseNumber(number))

    def _follow_cases(self, connection: Connection) -> None:
        rows = connection.execute(select(tables.cases.c.number, tables.cases.c.log)).all()
        known = {CaseNumber(number): log for number, log in rows}
        ends = self._cases.ends()
        for number in sorted(known.keys() - ends.keys()):
            delete_case(connection, number)
        for number, end in sorted(ends.items()):
            if known.get(number) != end:
                self._put_case(connection, number)

    def _put_case(self, connection: Connection, number: CaseNumber) -> None:
        held = self._cases.read(number)
        matter = self._matters.of(held, on=date.min)
        row, documents, entries = projection.case_rows(held, matter)
        delete_case(connection, number)
        connection.execute(insert(tables.cases), row)
        insert_or_replace(connection, tables.case_documents, *documents)
        insert_or_replace(connection, tables.case_entries, *entries)

    def _open_cases(self, connection: Connection) -> list[CaseNumber]:
        query = select(tables.cases.c.number).order_by(tables.cases.c.number)
        return [CaseNumber(number) for number in connection.execute(query).scalars()]
