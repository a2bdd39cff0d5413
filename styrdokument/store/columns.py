"""What a column holds, so that SQLite and PostgreSQL store, compare and answer the same.

Every column of text is one of these: a test sees to it. A change of what one stores is a change
of both schemas.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

LONGEST_KEY = 200
"""Characters that an index of PostgreSQL always takes, three such in one row."""
SHOWN_OF_KEY = 100


class Moment(TypeDecorator[datetime]):
    """A moment in time: stored in UTC, always read back with its zone, which is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read back in UTC; SQLite answers a naive one, PostgreSQL one in the session's zone."""
        del dialect
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Plain(TypeDecorator[str]):
    """A text, compared and sorted byte by byte. A NUL, which PostgreSQL has no place for, is �."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """SQLite compares bytes; PostgreSQL is told to, whatever the database was made with."""
        is_server = dialect.name == "postgresql"
        return dialect.type_descriptor(Text(collation="C") if is_server else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Store without NUL."""
        del dialect
        return None if value is None else value.replace("\0", "\N{REPLACEMENT CHARACTER}")


class Key(Plain):
    """A text to find rows by. One too long for an index is its beginning and its hash."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Store, or look for, no more than an index takes."""
        clean = super().process_bind_param(value, dialect)
        if clean is None or len(clean) <= LONGEST_KEY:
            return clean
        return f"{clean[:SHOWN_OF_KEY]}…{hashlib.sha256(clean.encode()).hexdigest()}"
