"""Reminders that were claimed, each with the mail that holds it, and the days that were looked at.

A reminder is one document's stage to one person, and is there once, whoever writes it and however
often. Its mail is put in the outbox in the same transaction: one a day to each person.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, and_, bindparam, delete, func, or_, select, update

from styrdokument.domain.reminders import About, about_of
from styrdokument.store.clockwork import outbox, reminders, sweeps
from styrdokument.store.outbox import Key, Row, of_key
from styrdokument.store.sql import insert_or_ignore, insert_or_replace, writing

AT_ONCE = 400
DIGEST = "reminders"
"""The kind of the mail that holds a day's reminders to somebody, and how its happening begins."""

_COUNT = (
    select(func.count())
    .where(reminders.c.happening == bindparam("happening"))
    .where(reminders.c.recipient == bindparam("recipient"))
)


class Reminders:
    """The reminders of one journal."""

    def __init__(self, engine: Engine) -> None:
        """Over the journal's engine."""
        self._engine = engine

    def last_look(self, before: date) -> date | None:
        """The last day before another for which reminders were looked for."""
        query = select(func.max(sweeps.c.on_day)).where(sweeps.c.on_day < before)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def usual(self, before: date, *, days: int) -> list[int]:
        """How many reminders there were at each of the last looks."""
        query = select(sweeps.c.reminders).where(sweeps.c.on_day < before)
        with self._engine.connect() as connection:
            query = query.order_by(sweeps.c.on_day.desc()).limit(days)
            return list(connection.execute(query).scalars())

    def note_look(self, on: date, *, at: datetime, reminders: int) -> None:
        """The day has been looked through; what it had before counts on."""
        kept = select(sweeps.c.reminders).where(sweeps.c.on_day == on)
        with writing(self._engine) as connection:
            earlier = connection.execute(kept).scalar() or 0
            row = {"on_day": on, "at": at, "reminders": earlier + reminders}
            insert_or_replace(connection, sweeps, row)

    def stages_sent(self, documents: Sequence[int]) -> dict[tuple[int, date, About], set[date]]:
        """The days of the stages that went out, by document, end and what that is the end of."""
        r, found = reminders.c, dict[tuple[int, date, About], set[date]]()
        for start in range(0, len(documents), AT_ONCE):
            chosen = r.document.in_(documents[start : start + AT_ONCE])
            query = select(r.document, r.ends_on, r.stage, r.stage_on).where(chosen).distinct()
            for row in self._all(query):
                key = row["document"], row["ends_on"], about_of(row["stage"])
                found.setdefault(key, set()).add(row["stage_on"])
        return found

    def claim(
        self, groups: Iterable[Sequence[Mapping[str, Any]]], *, on: date, at: datetime
    ) -> int:
        """Write reminders, and in the same transaction the mail that holds each; how many were new.

        A group is all of one document, and is written whole or not at all.
        """
        waiting, count = iter(groups), 0
        while batch := list(islice(waiting, AT_ONCE)):
            with writing(self._engine) as connection:
                count += _put_reminders(connection, [one for g in batch for one in g], on, at)
        return count

    def about(self, document: int) -> Sequence[Row]:
        """All reminders about a document with what became of their mail, the newest first."""
        joined = and_(
            outbox.c.happening == reminders.c.happening,
            outbox.c.recipient == reminders.c.recipient,
        )
        query = select(reminders, outbox.c.sent_at, outbox.c.ended).outerjoin(outbox, joined)
        chosen = query.where(reminders.c.document == document)
        return self._all(chosen.order_by(reminders.c.at.desc(), reminders.c.recipient).limit(500))

    def within(self, keys: Sequence[Key]) -> dict[Key, list[Row]]:
        """The reminders that each of some mails holds, the most urgent first."""
        r, found = reminders.c, dict[Key, list[Row]]()
        wanted = {(key.happening, key.recipient): key for key in keys}
        happenings, people = {one for one, _ in wanted}, {one for _, one in wanted}
        chosen = r.happening.in_(sorted(happenings)), r.recipient.in_(sorted(people))
        query = select(reminders).where(*chosen).order_by(r.ends_on, r.document)
        for row in self._all(query) if keys else ():
            if key := wanted.get((row["happening"], row["recipient"])):
                found.setdefault(key, []).append(row)
        return found

    def count(self, key: Key) -> int:
        """How many reminders a mail holds."""
        with self._engine.connect() as connection:
            asked = {"happening": key.happening, "recipient": key.recipient}
            return connection.execute(_COUNT, asked).scalar_one()

    def redirect(
        self, key: Key, rows: Sequence[Mapping[str, Any]], *, on: date, at: datetime
    ) -> None:
        """Let reminders go to others, whose mail is put in with them; the mail they had ends."""
        with writing(self._engine) as connection:
            _put_reminders(connection, rows, on, at)
            r = reminders.c
            chosen = (r.happening == key.happening, r.recipient == key.recipient)
            connection.execute(delete(reminders).where(*chosen))
            values = {"ended": "redirected", "next_at": None}
            connection.execute(update(outbox).where(*of_key(key)).values(values))

    def _all(self, query: Any) -> Sequence[Row]:  # noqa: ANN401 - any query
        with self._engine.connect() as connection:
            return connection.execute(query).mappings().all()


def digest_of(day: date) -> str:
    """The happening that a day's reminders are."""
    return f"{DIGEST}:{day.isoformat()}"


def _put_reminders(
    connection: Connection, rows: Sequence[Mapping[str, Any]], on: date, at: datetime
) -> int:
    """Those of the rows that are new, and the mail for them; how many there were."""
    r, known = reminders.c, set[tuple[Any, ...]]()
    documents = sorted({row["document"] for row in rows})
    query = select(r.document, r.ends_on, r.stage, r.recipient)
    known.update(map(tuple, connection.execute(query.where(r.document.in_(documents)))))
    new = [row for row in rows if _key_of(row) not in known]
    mails = _digests(connection, sorted({row["recipient"] for row in new}), on, at)
    made = [{**row, "happening": mails[row["recipient"]], "at": at} for row in new]
    insert_or_ignore(connection, reminders, *made)
    return len(new)


def _key_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["document"], row["ends_on"], row["stage"], row["recipient"]


def _digests(
    connection: Connection, people: Sequence[str], on: date, at: datetime
) -> dict[str, str]:
    """The mail that each one's reminders of a day go in: one a day, so the next where it went."""
    o, taken, found = outbox.c, set[tuple[str, str]](), dict[str, str]()
    for start in range(0, len(people), AT_ONCE):
        chosen = o.recipient.in_(people[start : start + AT_ONCE]), o.kind == DIGEST
        went = or_(o.sent_at.is_not(None), o.ended != "")
        query = select(o.recipient, o.happening).where(*chosen, o.happening >= digest_of(on), went)
        taken.update(map(tuple, connection.execute(query)))
    for person in people:
        day = on
        while (person, digest_of(day)) in taken:
            day += timedelta(days=1)
        found[person] = digest_of(day)
    rows = [
        {
            "happening": happening,
            "recipient": person,
            "kind": DIGEST,
            "at": at,
            "next_at": None if happening == digest_of(on) else at + timedelta(days=1),
        }
        for person, happening in found.items()
    ]
    insert_or_ignore(connection, outbox, *rows)
    return found
