"""The outbox: what is to be sent, what went, and what never will.

A row is claimed for some minutes before it is sent, and marked afterwards. Whoever is killed in
between leaves a row that is sent again: once too often, and never not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, bindparam, func, or_, select, update

from styrdokument.store.clockwork import IS_TO_GO, outbox
from styrdokument.store.sql import insert_or_ignore, writing

Row = RowMapping
CLAIM_LASTS = timedelta(minutes=5)
LONGEST_WAIT = timedelta(days=2)
"""Longer than anything is put off for: tomorrow's digest is, for a day."""


@dataclass(frozen=True, kw_only=True, order=True)
class Key:
    """What a mail is about, to whom, and of which kind: one mail, however often it is put in."""

    happening: str
    recipient: str
    kind: str


_CHANGE = update(outbox).where(
    *(outbox.c[name] == bindparam(f"its_{name}") for name in Key.__dataclass_fields__)
)
_MARK_SENT = _CHANGE.values(sent_at=bindparam("sent_at"), next_at=None, fault="")


class Outbox:
    """The mail of one journal, and its reminders."""

    def __init__(self, engine: Engine) -> None:
        """Over the journal's engine."""
        self._engine = engine

    def put(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Put mail in that is not there yet."""
        with writing(self._engine) as connection:
            insert_or_ignore(connection, outbox, *({"sent_at": None, **row} for row in rows))

    def claim(self, *, at: datetime, most: int) -> list[Key]:
        """The oldest mail that is to be tried now; it is ours alone for some minutes."""
        o = outbox.c
        query = select(o.happening, o.recipient, o.kind).where(IS_TO_GO, _may_be_tried(at))
        with writing(self._engine) as connection:
            found = connection.execute(query.order_by(o.at, o.happening, o.recipient).limit(most))
            keys = [Key(**row) for row in found.mappings()]
            _let_wait(connection, keys, at + CLAIM_LASTS)
        return keys

    def mark_sent(self, key: Key, *, at: datetime) -> None:
        """It went."""
        with writing(self._engine) as connection:
            connection.execute(_MARK_SENT, {**_bound(key), "sent_at": at})

    def mark_later(self, key: Key, *, at: datetime, fault: str) -> None:
        """It did not go, and is tried again then."""
        self._mark(key, next_at=at, fault=fault, tries=outbox.c.tries + 1)

    def release(self, keys: Iterable[Key]) -> None:
        """Let go of what was claimed and not tried."""
        with writing(self._engine) as connection:
            _let_wait(connection, keys, None)

    def mark_ended(self, key: Key, why: str, *, fault: str = "") -> None:
        """It never goes; `why` is one of the labels `mail.ended`."""
        self._mark(key, next_at=None, ended=why, fault=fault)

    def try_again(self, key: Key) -> bool:
        """Let what ended be tried at once; whether there was such a mail, unsent."""
        values = {"next_at": None, "ended": "", "tries": 0}
        chosen = update(outbox).where(*of_key(key), outbox.c.sent_at.is_(None))
        with writing(self._engine) as connection:
            return bool(connection.execute(chosen.values(values)).rowcount)

    def listed(self, *, page: int, size: int, unsent: bool) -> tuple[Sequence[Row], int]:
        """A page of mail, the newest first, and how many there are in all."""
        query = select(outbox, func.count().over().label("total"))
        query = query.where(outbox.c.sent_at.is_(None)) if unsent else query
        ordered = (outbox.c.at.desc(), outbox.c.happening, outbox.c.recipient, outbox.c.kind)
        rows = self._all(query.order_by(*ordered).limit(size).offset((page - 1) * size))
        return rows, rows[0]["total"] if rows else 0

    def find(self, key: Key) -> Row | None:
        """One mail."""
        return next(iter(self._all(select(outbox).where(*of_key(key)))), None)

    def waiting(self) -> tuple[int, datetime | None]:
        """How much is still to go, and since when the oldest has been."""
        query = select(func.count(), func.min(outbox.c.at)).where(IS_TO_GO)
        with self._engine.connect() as connection:
            count, oldest = connection.execute(query).one()
        return count, oldest

    def ended(self, *, since: datetime) -> int:
        """How much of what came since then was given up."""
        query = select(func.count()).where(outbox.c.ended == "refused", outbox.c.at >= since)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def _mark(self, key: Key, **values: Any) -> None:  # noqa: ANN401 - columns
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(*of_key(key)).values(values))

    def _all(self, query: Any) -> Sequence[Row]:  # noqa: ANN401 - any query
        with self._engine.connect() as connection:
            return connection.execute(query).mappings().all()


def of_key(key: Key) -> tuple[Any, ...]:
    """What chooses one mail."""
    return (
        outbox.c.happening == key.happening,
        outbox.c.recipient == key.recipient,
        outbox.c.kind == key.kind,
    )


def _bound(key: Key) -> dict[str, Any]:
    """The values that choose one mail in a statement that is put together once."""
    return {f"its_{name}": value for name, value in vars(key).items()}


def _let_wait(connection: Connection, keys: Iterable[Key], until: datetime | None) -> None:
    rows = [{**_bound(key), "next_at": until} for key in keys]
    if rows:
        connection.execute(_CHANGE, rows)


def _may_be_tried(at: datetime) -> Any:  # noqa: ANN401 - a condition
    """What waits longer than anything does was put off by a clock that ran ahead."""
    next_at = outbox.c.next_at
    return or_(next_at.is_(None), next_at <= at, next_at > at + LONGEST_WAIT)
