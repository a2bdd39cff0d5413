"""Who is signed in, and how often somebody failed to be.

A session's token is kept only as its hash; it ends at sign-out, at a change of password, when the
account is disabled, and after its time.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Select, String, and_, bindparam, delete, func, insert, select, update

from styrdokument.domain.people import PersonId
from styrdokument.store.accounts import folded
from styrdokument.store.identities import ties
from styrdokument.store.journal import PEOPLE_CURSOR, accounts, cursors, failures, sessions
from styrdokument.store.sql import writing
from styrdokument.store.straight import Straight

FAILURES_FROM_ONE_PLACE = 8
"""For a login from an address: whoever guesses somewhere keeps nobody out elsewhere."""
FAILURES_PER_LOGIN = 100
FAILURES_PER_ADDRESS = 60
FAILURE_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Session:
    """Somebody signed in. `csrf` goes with every form of the session."""

    person: PersonId
    begun_at: datetime
    seen_at: datetime
    csrf: str


@dataclass(frozen=True, kw_only=True)
class Glance:
    """Who is behind a token, None for nobody; and a number that rises when names change.

    `looked_up_at` is when a directory was last asked about them, where one knows them.
    """

    person: PersonId | None
    people: int
    looked_up_at: datetime | None = None


class Sessions:
    """Who is signed in, and how often somebody failed to."""

    def __init__(self, engine: Engine, *, idle: timedelta, longest: timedelta) -> None:
        """Over the journal's engine; a session ends after `idle` without use, or `longest`."""
        self._engine, self._idle, self._longest = engine, idle, longest
        self._straight = Straight(engine)
        self._glance = self._straight.prepare(_glance())

    def begin(self, person: PersonId, *, at: datetime) -> str:
        """Sign somebody in; the token is the cookie's value and is not kept."""
        token = secrets.token_urlsafe(32)
        row = {
            "token": _hashed(token),
            "person": person,
            "begun_at": at,
            "seen_at": at,
            "csrf": secrets.token_urlsafe(24),
        }
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.begun_at < at - self._longest))
            connection.execute(insert(sessions), row)
        return token

    def read(self, token: str, *, at: datetime) -> Session | None:
        """The session behind a token, if it still lasts and its account is open."""
        query = (
            select(sessions)
            .join(accounts, accounts.c.person == sessions.c.person)
            .where(sessions.c.token == _hashed(token), accounts.c.is_disabled.is_(False))
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        if row is None or not self._lasts(row["token"], row["begun_at"], row["seen_at"], at=at):
            return None
        return Session(
            person=PersonId(row["person"]),
            begun_at=row["begun_at"],
            seen_at=row["seen_at"],
            csrf=row["csrf"],
        )

    def glance(self, token: str, *, at: datetime) -> Glance:
        """As `read`, for a view that asks for no more than who it is; one statement."""
        hashed = _hashed(token) if token else ""
        row = self._straight.first(self._glance, {"token": hashed})
        people, person, begun_at, seen_at, looked_up_at = row or (0, None, at, at, None)
        if person is not None and not self._lasts(hashed, begun_at, seen_at, at=at):
            person = None
        return Glance(person=person, people=people or 0, looked_up_at=looked_up_at)

    def close(self) -> None:
        """Let go of what `glance` keeps open."""
        self._straight.close()

    def end(self, token: str) -> None:
        """Sign out."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.token == _hashed(token)))

    def is_throttled(self, login: str, address: str, *, at: datetime) -> bool:
        """Whether too many sign-ins have failed for the login, from the address, or both."""
        since = failures.c.at.between(at - FAILURE_WINDOW, at + FAILURE_WINDOW)
        by_login, by_address = (
            failures.c.login == counted_as(login),
            failures.c.address == address,
        )
        limits = (
            (by_login & by_address, FAILURES_FROM_ONE_PLACE),
            (by_login, FAILURES_PER_LOGIN),
            (by_address, FAILURES_PER_ADDRESS),
        )
        with self._engine.connect() as connection:
            return any(
                connection.execute(select(func.count()).where(chosen, since)).scalar_one() >= most
                for chosen, most in limits
            )

    def note_failure(self, login: str, address: str, *, at: datetime) -> None:
        """Count a failed sign-in, or a failed second look."""
        row = {"login": counted_as(login), "address": address, "at": at}
        with writing(self._engine) as connection:
            connection.execute(delete(failures).where(failures.c.at < at - FAILURE_WINDOW))
            connection.execute(insert(failures), row)

    def forget_failures(self, login: str) -> None:
        """Start counting anew after a successful sign-in."""
        with writing(self._engine) as connection:
            chosen = failures.c.login == counted_as(login)
            connection.execute(delete(failures).where(chosen))

    def _lasts(self, hashed: str, begun_at: datetime, seen_at: datetime, *, at: datetime) -> bool:
        """Whether the session still lasts; that it was used is noted once a minute."""
        if abs(at - begun_at) > self._longest or abs(at - seen_at) > self._idle:
            return False  # or it is from a time that a clock which ran ahead has shown
        if at - seen_at > timedelta(minutes=1):
            self._touch(hashed, at)
        return True

    def _touch(self, hashed: str, at: datetime) -> None:
        with writing(self._engine) as connection:
            connection.execute(
                update(sessions).where(sessions.c.token == hashed).values(seen_at=at)
            )


def counted_as(login: str) -> str:
    """What failures of a login are counted under: one name for all that may mean one person.

    A directory may take `álma`, `al ma` and `alma@region.example` for the same; were each counted
    by itself, each would be a new set of guesses.
    """
    plain = unicodedata.normalize("NFKD", folded(login)).rpartition("\\")[2].partition("@")[0]
    return "".join(one for one in plain if one.isalnum() or one in "-_.")[:200]


def _glance() -> Select[Any]:
    asked = select(bindparam("token", type_=String).label("token")).subquery()
    people = select(cursors.c.value).where(cursors.c.name == PEOPLE_CURSOR).scalar_subquery()
    is_open = and_(accounts.c.person == sessions.c.person, accounts.c.is_disabled.is_(False))
    open_sessions = asked.outerjoin(sessions, sessions.c.token == asked.c.token)
    found = open_sessions.outerjoin(accounts, is_open)
    return select(
        people,
        accounts.c.person,
        sessions.c.begun_at,
        sessions.c.seen_at,
        ties.c.seen_at.label("looked_up_at"),
    ).select_from(found.outerjoin(ties, ties.c.person == accounts.c.person))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
