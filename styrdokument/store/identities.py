"""The journal's tables of how people are known: by a directory, its groups, codes and passkeys.

They are tables of the journal, and stand here for its length; what holds for it holds for them.
"""

from sqlalchemy import Column, Date, Integer, MetaData, Table

from styrdokument.store.columns import Key, Moment, Plain

METADATA = MetaData()

ties = Table(
    "ties",
    METADATA,
    Column("person", Key, primary_key=True),
    Column("key", Key, nullable=False, unique=True),
    Column("mail", Plain, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("left_at", Moment),
)

holdings = Table(
    "holdings",
    METADATA,
    Column("function", Key, primary_key=True),
    Column("person", Key, primary_key=True),
    Column("group", Key, primary_key=True),
    Column("first_seen", Date, primary_key=True),
    Column("last_seen", Date, nullable=False),
    Column("over_on", Date),
)

authenticators = Table(
    "authenticators",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person", Key, nullable=False, index=True),
    Column("means", Plain, nullable=False),
    Column("name", Plain, nullable=False),
    Column("secret", Plain, nullable=False),
    Column("credential", Key, unique=True),
    Column("counter", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_used_at", Moment),
)

pending = Table(
    "pending",
    METADATA,
    Column("name", Key, primary_key=True),
    Column("purpose", Plain, nullable=False),
    Column("whose", Plain, nullable=False),
    Column("facts", Plain, nullable=False),
    Column("at", Moment, nullable=False),
)
