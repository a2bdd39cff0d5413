"""The journal's tables: what cannot be derived from the record and does not belong in it.

Accounts, sessions, access tokens, failed sign-ins, forms already sent, kept numbers and the outbox;
what directories and browsers know people by is in `identities`, what the clock does in `clockwork`.
All are backed up with the record. A journal of an earlier version gets the tables and columns that
it lacks when it is opened, so a new column may be empty or has a default of the database's own.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Integer,
    Table,
    delete,
    insert,
    select,
    update,
)

from styrdokument.store.clockwork import outbox
from styrdokument.store.columns import Key, Moment, Plain
from styrdokument.store.identities import METADATA
from styrdokument.store.sql import add_missing, check_fits, insert_or_replace, writing

accounts = Table(
    "accounts",
    METADATA,
    Column("person", Key, primary_key=True),
    Column("login", Key, nullable=False, unique=True),
    Column("name", Plain, nullable=False),
    Column("title", Plain, nullable=False, server_default=""),
    Column("unit", Plain, nullable=False, server_default=""),
    Column("password", Plain, nullable=False),
    Column("is_admin", Boolean, nullable=False),
    Column("is_disabled", Boolean, nullable=False),
    Column("is_demonstration", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("mail", Plain, nullable=False, server_default=""),
    Column("unit_before", Plain, nullable=False, server_default=""),
    Column("moved_at", Moment),
)

sessions = Table(
    "sessions",
    METADATA,
    Column("token", Key, primary_key=True),
    Column("person", Key, nullable=False, index=True),
    Column("begun_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("csrf", Plain, nullable=False),
)

tokens = Table(
    "tokens",
    METADATA,
    # numbered by hand, so that a moved journal keeps its numbers
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person", Key, nullable=False, index=True),
    Column("name", Plain, nullable=False),
    Column("scope", Plain, nullable=False),
    Column("secret", Key, nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("last_used_at", Moment),
    Column("revoked_at", Moment),
)

failures = Table(
    "failures",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("login", Key, nullable=False, index=True),
    Column("address", Key, nullable=False, index=True),
    Column("at", Moment, nullable=False),
)

sent_forms = Table(
    "sent_forms",
    METADATA,
    Column("form", Key, primary_key=True),
    Column("answer", Plain, nullable=False),
    Column("at", Moment, nullable=False),
)

reservations = Table(
    "reservations",
    METADATA,
    Column("document", Integer, primary_key=True, autoincrement=False),
    Column("person", Key, nullable=False, index=True),
    Column("at", Moment, nullable=False),
)

cursors = Table(
    "journal_cursors",
    METADATA,
    Column("name", Key, primary_key=True),
    Column("value", Integer, nullable=False),
)

PEOPLE_CURSOR = "people"
"""Rises whenever somebody is added or renamed: pages that are kept show names."""
OWNER = "record"
OWNER_DIGITS = 7
"""The cursor that says which record the journal goes with: its identity's first digits."""
_ANOTHERS = (
    "journal_database: holds the journal of another record; give this installation a database or "
    "a schema of its own"
)
FORMS_ARE_KEPT = timedelta(days=2)
CLAIM_LASTS = timedelta(seconds=30)


class AnothersJournal(Exception):
    """The database holds accounts and sessions of another installation."""


class Journal:
    """One journal, in one database."""

    def __init__(self, engine: Engine) -> None:
        """Over an engine; `prepare` makes the tables."""
        self.engine = engine

    def prepare(self) -> None:
        """Make the tables that are missing, and what those of an older journal lack."""
        with writing(self.engine) as connection:
            check_fits(connection)
            METADATA.create_all(connection)
            add_missing(connection, METADATA)

    @property
    def is_kept(self) -> bool:
        """Whether the journal goes with any record."""
        with self.engine.connect() as connection:
            return _read_cursor(connection, OWNER) is not None

    def keep_with(self, record: str) -> bool:
        """Let the journal go with the record of that identity; whether it just began to.

        Raises AnothersJournal.
        """
        ours = int(record[:OWNER_DIGITS], 16)
        with writing(self.engine) as connection:
            owner = _read_cursor(connection, OWNER)
            if owner is None:
                insert_or_replace(connection, cursors, {"name": OWNER, "value": ours})
        if owner not in {None, ours}:
            raise AnothersJournal(_ANOTHERS)
        return owner is None

    def claim_form(self, form: str, *, at: datetime) -> bool:
        """Whether the form is new, and now ours to act on; a claim cut off long ago is let go."""
        with writing(self.engine) as connection:
            stale = (sent_forms.c.answer == "") & (sent_forms.c.at < at - CLAIM_LASTS)
            old = sent_forms.c.at < at - FORMS_ARE_KEPT
            connection.execute(delete(sent_forms).where(stale | old))
            known = select(sent_forms.c.form).where(sent_forms.c.form == form)
            if connection.execute(known).first() is not None:
                return False
            connection.execute(insert(sent_forms), {"form": form, "answer": "", "at": at})
        return True

    def answer_to(self, form: str) -> str:
        """Where a claimed form led; empty while it is being acted on."""
        query = select(sent_forms.c.answer).where(sent_forms.c.form == form)
        with self.engine.connect() as connection:
            return connection.execute(query).scalar() or ""

    def settle_form(self, form: str, answer: str) -> None:
        """Keep where the form led; empty: it was refused, and may be sent again."""
        chosen = sent_forms.c.form == form
        with writing(self.engine) as connection:
            if answer:
                connection.execute(update(sent_forms).where(chosen).values(answer=answer))
            else:
                connection.execute(delete(sent_forms).where(chosen))

    def told_up_to(self, name: str) -> int:
        """The last `seq` whose news stand in the outbox."""
        with self.engine.connect() as connection:
            return _read_cursor(connection, name) or 0

    def put_in_outbox(self, name: str, up_to: int, news: Iterable[Mapping[str, Any]]) -> None:
        """Add what is to be sent, once each, and move the cursor, in one transaction."""
        with writing(self.engine) as connection:
            for row in news:
                _insert_if_missing(connection, row)
            insert_or_replace(connection, cursors, {"name": name, "value": up_to})

    def outbox(self) -> Sequence[Mapping[str, Any]]:
        """What is to be sent or was, oldest first."""
        with self.engine.connect() as connection:
            query = select(outbox).order_by(outbox.c.at, outbox.c.happening, outbox.c.recipient)
            return [dict(row._mapping) for row in connection.execute(query)]  # noqa: SLF001


def note_people(connection: Connection) -> None:
    """Note, in the transaction that does it, that somebody was added or renamed."""
    chosen = cursors.c.name == PEOPLE_CURSOR
    risen = connection.execute(update(cursors).where(chosen).values(value=cursors.c.value + 1))
    if not risen.rowcount:
        insert_or_replace(connection, cursors, {"name": PEOPLE_CURSOR, "value": 1})


def _read_cursor(connection: Connection, name: str) -> int | None:
    query = select(cursors.c.value).where(cursors.c.name == name)
    return connection.execute(query).scalar()


def _insert_if_missing(connection: Connection, row: Mapping[str, Any]) -> None:
    """One outbox row under its unique key: (what happened, recipient, kind)."""
    keys = ("happening", "recipient", "kind")
    query = select(outbox.c.at).where(*(outbox.c[key] == row[key] for key in keys))
    if connection.execute(query).first() is None:
        connection.execute(outbox.insert().values(dict(row)))
