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
    String,
    Table,
    Text,
)

from styrdokument.store.sql import Moment

SCHEMA = 3
METADATA = MetaData()
MAIN_CURSOR = "main"
SCHEMA_CURSOR = "schema"

cursors = Table(
    "cursors",
    METADATA,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

decisions = Table(
    "decisions",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("document", Integer, index=True),
    Column("version", Integer),
    Column("kind", String, nullable=False),
    Column("case_number", Integer, index=True),
    Column("recorded_at", Moment, nullable=False),
    Column("commit_id", String, nullable=False),
    Column("path", String, nullable=False),
    Column("file", Text, nullable=False),
)

documents = Table(
    "documents",
    METADATA,
    Column("document", Integer, primary_key=True),
    Column("latest", Integer, nullable=False),
    Column("unit", String, nullable=False, index=True),
    Column("case_officer", String, nullable=False, index=True),
    Column("fact_owner", String, nullable=False, index=True),
    Column("reviewers", JSON, nullable=False),
    Column("adopter", JSON, nullable=False),
    Column("repealed_from", Date),
    Column("repealed_by", Integer),
    Column("successor", Integer),
)

versions = Table(
    "versions",
    METADATA,
    Column("document", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("title", String, nullable=False),
    Column("sorting", String, nullable=False),
    Column("processes", String, nullable=False),
    Column("type", String, nullable=False, index=True),
    Column("language", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("content", JSON, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("outline", JSON, nullable=False),
    Column("words", Text, nullable=False),
    Column("change_note", Text, nullable=False),
    Column("significance", String, nullable=False),
    Column("decided_on", Date, nullable=False, index=True),
    Column("recorded_at", Moment, nullable=False, index=True),
    Column("effective_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("review_on", Date),
    Column("due_from", Date),
    Column("applies_until", Date),
    Column("repealed_from", Date),
    Column("is_cancelled", Boolean, nullable=False),
    Column("corrects", Integer),
    Column("extensions", Integer, nullable=False),
    ForeignKeyConstraint(["document"], ["documents.document"], ondelete="CASCADE"),
)
Index("versions_by_days", versions.c.effective_from, versions.c.applies_until)

gaps = Table(
    "gaps",
    METADATA,
    Column("document", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("first", Date, primary_key=True),
    Column("last", Date, nullable=False),
)

former = Table(
    "former",
    METADATA,
    Column("former_id", String, primary_key=True),
    Column("document", Integer, primary_key=True),
)

cases = Table(
    "cases",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("title", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("opened_by", String, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("log", String, nullable=False),
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
    Column("entry", String, primary_key=True, index=True),
    Column("is_turn", Boolean, primary_key=True),
)

pages = Table(
    "pages",
    METADATA,
    Column("document", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("language", String, primary_key=True),
    Column("stamp", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("tag", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

page_names = Table(
    "page_names",
    METADATA,
    Column("named", Integer, primary_key=True),
    Column("document", Integer, primary_key=True, index=True),
)
