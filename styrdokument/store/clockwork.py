"""The journal's tables about what the clock does: what is sent, to whom, and when it last went on.

They stand beside `journal`, which takes them in: one journal, one set of tables. A reminder is a
row under a key of its own, written in the transaction that puts its mail in the outbox.
"""

from sqlalchemy import JSON, Column, Date, Index, Integer, Table, text

from styrdokument.store.columns import Key, Moment, Plain
from styrdokument.store.identities import METADATA

outbox = Table(
    "outbox",
    METADATA,
    Column("happening", Key, primary_key=True),
    Column("recipient", Key, primary_key=True),
    Column("kind", Key, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("next_at", Moment),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("fault", Plain, nullable=False, server_default=""),
    Column("ended", Plain, nullable=False, server_default=""),
)
"""`next_at`: not to be tried before. `ended`: why it never goes; empty while it is to, or went."""
IS_TO_GO = text("sent_at IS NULL AND ended = ''")
"""As the index below has it: a database finds the index by the very words."""
Index(
    "outbox_to_go",
    *(outbox.c.at, outbox.c.happening, outbox.c.recipient),
    sqlite_where=IS_TO_GO,
    postgresql_where=IS_TO_GO,
)

reminders = Table(
    "reminders",
    METADATA,
    Column("document", Integer, primary_key=True, autoincrement=False),
    Column("ends_on", Date, primary_key=True),
    Column("stage", Key, primary_key=True),
    Column("recipient", Key, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("stage_on", Date, nullable=False),
    Column("reason", JSON, nullable=False),
    Column("happening", Key, nullable=False),
    Column("at", Moment, nullable=False),
)
Index("reminders_by_mail", reminders.c.recipient, reminders.c.happening)

sweeps = Table(
    "sweeps",
    METADATA,
    Column("on_day", Date, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("reminders", Integer, nullable=False),
)
"""The days for which reminders have been looked for, and how many there were."""

runs = Table(
    "runs",
    METADATA,
    Column("job", Key, primary_key=True),
    Column("begun_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("told", JSON, nullable=False),
    Column("fault", Plain, nullable=False, server_default=""),
)
"""The last run of each job of the scheduler; `done_at`: when it last ended well."""

wishes = Table(
    "wishes",
    METADATA,
    Column("person", Key, primary_key=True),
    Column("language", Key, nullable=False, server_default=""),
    Column("calendar", Key, unique=True),
    Column("away_since", Date),
    Column("away_until", Date),
)
"""A person's language, the hash of the secret in the address of their calendar, and when they are
away; without `away_until` nobody knows how long."""
