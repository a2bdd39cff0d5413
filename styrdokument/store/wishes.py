"""What is said of somebody by themselves: a language, a calendar of their own, when they are away.

The calendar is at an address that only they know: its secret is shown once and kept as its hash,
and a new one ends the old.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, insert, or_, select, update

from styrdokument.domain.departures import Absence
from styrdokument.domain.people import PersonId
from styrdokument.store.clockwork import wishes
from styrdokument.store.sql import writing

RANDOM_BYTES = 24


class Wishes:
    """The wishes of everybody, in the journal."""

    def __init__(self, engine: Engine) -> None:
        """Over the journal's engine."""
        self._engine = engine

    def language(self, person: PersonId) -> str:
        """The language that somebody reads in; empty where they have not said."""
        return self.languages([person]).get(person, "")

    def languages(self, people: Collection[str]) -> dict[str, str]:
        """The languages that some people read in, of those who have said."""
        query = select(wishes.c.person, wishes.c.language)
        with self._engine.connect() as connection:
            found = connection.execute(query.where(wishes.c.person.in_(sorted(people))))
            return {person: language for person, language in found if language}

    def wish_language(self, person: PersonId, language: str) -> None:
        """Mail to them is in this language from now on."""
        self._put(person, language=language)

    def has_calendar(self, person: PersonId) -> bool:
        """Whether there is an address."""
        query = select(wishes.c.calendar).where(wishes.c.person == person)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar() is not None

    def make_calendar(self, person: PersonId) -> str:
        """A new secret for the person's calendar, which nobody can be told again."""
        secret = secrets.token_urlsafe(RANDOM_BYTES)
        self._put(person, calendar=_hashed(secret))
        return secret

    def end_calendar(self, person: PersonId) -> None:
        """The address leads nowhere from now on."""
        self._put(person, calendar=None)

    def whose_calendar(self, secret: str) -> PersonId | None:
        """Whose calendar a secret opens."""
        query = select(wishes.c.person).where(wishes.c.calendar == _hashed(secret))
        with self._engine.connect() as connection:
            found = connection.execute(query).scalar()
        return PersonId(found) if found else None

    def note_absence(self, absence: Absence) -> None:
        """Somebody is away on those days, and on none that was noted before."""
        days = {"away_since": absence.since, "away_until": absence.until}
        self._put(absence.person, **days)

    def end_absence(self, person: PersonId) -> None:
        """They are here."""
        self._put(person, away_since=None, away_until=None)

    def absence(self, person: PersonId) -> Absence | None:
        """When somebody is, was or will be away; None where nothing is noted."""
        return next(iter(self._absences(wishes.c.person == person)), None)

    def away(self, on: date) -> dict[PersonId, Absence]:
        """Those who are away on a day."""
        c = wishes.c
        is_on = and_(c.away_since <= on, or_(c.away_until.is_(None), c.away_until >= on))
        return {one.person: one for one in self._absences(is_on)}

    def _absences(self, condition: ColumnElement[bool]) -> list[Absence]:
        query = select(wishes).where(wishes.c.away_since.is_not(None), condition)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(wishes.c.person)).mappings().all()
        return [
            Absence(
                person=PersonId(row["person"]), since=row["away_since"], until=row["away_until"]
            )
            for row in rows
        ]

    def _put(self, person: PersonId, **values: Any) -> None:  # noqa: ANN401 - columns
        mine = wishes.c.person == person
        with writing(self._engine) as connection:
            if not connection.execute(update(wishes).where(mine).values(values)).rowcount:
                connection.execute(insert(wishes), {"person": person, "language": "", **values})


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
