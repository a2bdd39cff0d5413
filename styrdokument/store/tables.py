"""The index's tables: what is derived from the record, and can be deleted at any time.

Rows hold facts and days, never a standing: that is computed from the row at each look. A change
here raises `SCHEMA`, and an index of another schema is rebuilt at the next start.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
)

from styrdokument.store.columns import Key, Moment, Plain

SCHEMA = 8
METADATA = MetaData()
MAIN_CURSOR = "main"
SCHEMA_CURSOR = "schema"
RECORD_CURSOR = "record"

cursors = Table(
    "cursors",
    METADATA,
    Column("name", Key, primary_key=True),
    Column("value", Plain, nullable=False),
)

decisions = Table(
    "decisions",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("document", Integer, index=True),
    Column("version", Integer),
    Column("kind", Plain, nullable=False),
    Column("case_number", Integer, index=True),
    Column("recorded_at", Moment, nullable=False),
    Column("decider", Key, nullable=False),
    Column("decided_by", JSON, nullable=False),
    Column("basis", JSON, nullable=False),
    Column("commit_id", Plain, nullable=False),
    Column("path", Plain, nullable=False),
    Column("file", Plain, nullable=False),
)

documents = Table(
    "documents",
    METADATA,
    Column("document", Integer, primary_key=True),
    Column("latest", Integer, nullable=False),
    Column("unit", Key, nullable=False, index=True),
    Column("case_officer", Key, nullable=False, index=True),
    Column("fact_owner", Key, nullable=False, index=True),
    Column("reviewers", JSON, nullable=False),
    Column("adopter", JSON, nullable=False),
    Column("repealed_from", Date),
    Column("repealed_by", Integer),
    Column("successor", Integer),
)

document_entries = Table(
    "document_entries",
    METADATA,
    Column("document", Integer, primary_key=True),
    Column("role", Key, primary_key=True),
    Column("entry", Key, primary_key=True),
)
Index("document_entries_by_entry", document_entries.c.entry, document_entries.c.document)

versions = Table(
    "versions",
    METADATA,
    Column("document", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("kind", Plain, nullable=False),
    Column("title", Plain, nullable=False),
    Column("sorting", Key, nullable=False),
    Column("processes", Plain, nullable=False),
    Column("type", Key, nullable=False),
    Column("language", Plain, nullable=False),
    Column("audience", Key, nullable=False),
    Column("content_hash", Plain, nullable=False),
    Column("change_note", Plain, nullable=False),
    Column("significance", Plain, nullable=False),
    Column("decided_on", Date, nullable=False, index=True),
    Column("recorded_at", Moment, nullable=False, index=True),
    Column("effective_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("review_on", Date),
    Column("due_from", Date),
    Column("after_review_on", Date),
    Column("applies_until", Date),
    Column("repealed_from", Date),
    Column("is_cancelled", Boolean, nullable=False),
    Column("corrects", Integer),
    Column("extensions", Integer, nullable=False),
    # What is long stands last: SQLite reads a row from its beginning, as far as it is asked for.
    Column("fields", JSON, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("content", JSON, nullable=False),
    Column("text", Plain, nullable=False),
    Column("body", Plain, nullable=False),
    Column("words", Plain, nullable=False),
    ForeignKeyConstraint(["document"], ["documents.document"], ondelete="CASCADE"),
)
_NARROWED_BY = (
    versions.c.effective_from,
    versions.c.repealed_from,
    versions.c.is_cancelled,
    versions.c.valid_until,
    versions.c.review_on,
    versions.c.due_from,
    versions.c.after_review_on,
    versions.c.version,
    versions.c.seq,
    versions.c.type,
    versions.c.audience,
    versions.c.sorting,
)
"""All that lists are narrowed, counted and ordered by, so that no text is passed on the way."""
Index("versions_by_days", versions.c.applies_until, versions.c.document, *_NARROWED_BY)
Index("versions_by_document", versions.c.document, versions.c.applies_until, *_NARROWED_BY)

gaps = Table(
    "gaps",
    METADATA,
    Column("document", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("first", Date, primary_key=True),
    Column("last", Date, nullable=False),
)

watches = Table(
    "watches",
    METADATA,
    Column("document", Integer, primary_key=True),
    Column("about", Key, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("type", Key, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("set_on", Date, nullable=False),
    Column("is_imported", Boolean, nullable=False),
)
"""The ends that reminders count from: a document's newest version's, while nobody repealed it."""
Index("watches_by_end", watches.c.about, watches.c.type, watches.c.ends_on)
Index("watches_by_day", watches.c.is_imported, watches.c.set_on)

former = Table(
    "former",
    METADATA,
    Column("former_id", Key, primary_key=True),
    Column("document", Integer, primary_key=True),
)

cases = Table(
    "cases",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("kind", Plain, nullable=False),
    Column("state", Key, nullable=False, index=True),
    Column("branch", Key, nullable=False, index=True),
    Column("title", Plain, nullable=False),
    Column("unit", Plain, nullable=False),
    Column("type", Key, nullable=False),
    Column("opened_by", Plain, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("turn_since", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("log", Plain, nullable=False),
)

case_documents = Table(
    "case_documents",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("document", Integer, primary_key=True, index=True),
)

case_entries = Table(
    "case_entries",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("entry", Key, primary_key=True, index=True),
    Column("is_turn", Boolean, primary_key=True),
)

pages = Table(
    "pages",
    METADATA,
    Column("document", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("language", Key, primary_key=True),
    Column("stamp", Plain, nullable=False),
    Column("audience", Plain, nullable=False),
    Column("tag", Plain, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

page_names = Table(
    "page_names",
    METADATA,
    Column("named", Integer, primary_key=True),
    Column("document", Integer, primary_key=True, index=True),
)

texts = Table(
    "texts",
    METADATA,
    Column("document", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("maker", Plain, nullable=False),
    Column("html", Plain, nullable=False),
    Column("outline", JSON, nullable=False),
)

CACHED = frozenset({pages, page_names, texts})
"""What is made when it is first asked for, so that two indexes of one record may differ in it."""
