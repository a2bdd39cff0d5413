"""Personal access tokens: what lets a program in as somebody, with a scope and until a day.

A secret is shown once and kept only as its hash. Rows stay when a token has ended, so that a
number is never another token's; what its owner may do is looked up at each use, never kept here.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, func, insert, select, update

from styrdokument.domain.people import PersonId, Scope
from styrdokument.domain.problems import NotFound
from styrdokument.store.journal import tokens
from styrdokument.store.sql import writing

PREFIX = "sd_"
"""How every secret begins, so that scanners know one that has got out."""
RANDOM_BYTES = 25
"""As many as forty characters of base32 hold."""
NOTED_EACH = timedelta(hours=1)
"""How often it is noted that a token was used."""


@dataclass(frozen=True, kw_only=True)
class Token:
    """One token, without its secret. It works through the day `expires_on`, unless revoked."""

    number: int
    person: PersonId
    name: str
    scope: Scope
    created_at: datetime
    expires_on: date
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_live(self, *, on: date) -> bool:
        """Whether it works on the day."""
        return self.revoked_at is None and on <= self.expires_on


class Tokens:
    """The tokens of everybody."""

    def __init__(self, engine: Engine) -> None:
        """Over the journal's engine."""
        self._engine = engine

    def create(
        self, person: PersonId, *, name: str, scope: Scope, at: datetime, expires_on: date
    ) -> tuple[Token, str]:
        """Make a token; with it its secret, which nobody can be told again."""
        secret = PREFIX + base64.b32encode(secrets.token_bytes(RANDOM_BYTES)).decode().lower()
        row: dict[str, Any] = {
            "person": person,
            "name": name,
            "scope": str(scope),
            "secret": _hashed(secret),
            "created_at": at,
            "expires_on": expires_on,
        }
        with writing(self._engine) as connection:
            highest = connection.execute(select(func.max(tokens.c.number))).scalar()
            row["number"] = (highest or 0) + 1
            connection.execute(insert(tokens), row)
        return self._numbered(row["number"]), secret

    def find(self, secret: str, *, at: datetime) -> Token | None:
        """The token behind a secret; None where it is unknown, revoked or past its last day.

        `at` is in the zone that says which day it is. Nothing is told by how long it takes: what
        is looked for is a hash, and every secret is looked for once.
        """
        token = self._first(select(tokens).where(tokens.c.secret == _hashed(secret)))
        if token is None or not token.is_live(on=at.date()):
            return None
        if token.last_used_at is None or at - token.last_used_at >= NOTED_EACH:
            self._touch(token.number, at)
        return token

    def of(self, person: PersonId) -> list[Token]:
        """All that somebody has made, ended ones too, the newest first."""
        query = select(tokens).where(tokens.c.person == person).order_by(tokens.c.number.desc())
        with self._engine.connect() as connection:
            return [_token(row) for row in connection.execute(query).mappings()]

    def owner(self, number: int) -> PersonId:
        """Whose token the number is. Raises NotFound."""
        return self._numbered(number).person

    def revoke(self, person: PersonId, number: int, *, at: datetime) -> None:
        """End a token now, for good. Raises NotFound for a number that is not the person's."""
        if self._numbered(number).person != person:
            raise NotFound(number)
        chosen = (tokens.c.number == number) & tokens.c.revoked_at.is_(None)
        with writing(self._engine) as connection:
            connection.execute(update(tokens).where(chosen).values(revoked_at=at))

    def revoke_all(self, person: PersonId, *, at: datetime) -> None:
        """End all of somebody's tokens now, for good."""
        with writing(self._engine) as connection:
            revoke_tokens(connection, person, at=at)

    def _touch(self, number: int, at: datetime) -> None:
        with writing(self._engine) as connection:
            chosen = update(tokens).where(tokens.c.number == number)
            connection.execute(chosen.values(last_used_at=at))

    def _numbered(self, number: int) -> Token:
        found = self._first(select(tokens).where(tokens.c.number == number))
        if found is None:
            raise NotFound(number)
        return found

    def _first(self, query: Select[Any]) -> Token | None:
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        return _token(row) if row else None


def revoke_tokens(connection: Connection, person: PersonId, *, at: datetime) -> None:
    """End all of somebody's tokens, in a transaction."""
    live = (tokens.c.person == person) & tokens.c.revoked_at.is_(None)
    connection.execute(update(tokens).where(live).values(revoked_at=at))


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _token(row: RowMapping) -> Token:
    return Token(
        number=row["number"],
        person=PersonId(row["person"]),
        name=row["name"],
        scope=Scope(row["scope"]),
        created_at=row["created_at"],
        expires_on=row["expires_on"],
        last_used_at=row["last_used_at"],
        revoked_at=row["revoked_at"],
    )
