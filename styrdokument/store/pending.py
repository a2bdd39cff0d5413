"""What was begun with somebody's browser and waits for its answer: used once, or given up.

A challenge, a secret that is not yet confirmed, a sign-in that is under way elsewhere. Its name is
what the browser gives back; only its hash is kept.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, insert, select

from styrdokument.store.identities import pending
from styrdokument.store.sql import writing

LASTS = timedelta(minutes=10)


class Pending:
    """What waits, of everybody."""

    def __init__(self, engine: Engine) -> None:
        """Over the journal's engine."""
        self._engine = engine

    def begin(self, purpose: str, facts: Mapping[str, Any], *, whose: str, at: datetime) -> str:
        """Keep facts until their answer comes; the name that it has to come with.

        `whose` is a person, or a browser that nobody is signed in to.
        """
        name = secrets.token_urlsafe(32)
        self.keep(purpose, name, facts, whose=whose, at=at)
        return name

    def keep(
        self, purpose: str, name: str, facts: Mapping[str, Any], *, whose: str, at: datetime
    ) -> None:
        """The same under a name that is known, and is as hard to guess."""
        row = {
            "name": _hashed(name),
            "purpose": purpose,
            "whose": whose,
            "facts": json.dumps(facts),
            "at": at,
        }
        with writing(self._engine) as connection:
            old = (pending.c.at < at - LASTS) | (pending.c.name == row["name"])
            connection.execute(delete(pending).where(old))
            connection.execute(insert(pending), row)

    def waits(self, purpose: str, name: str, *, whose: str, at: datetime) -> bool:
        """Whether something waits under a name, begun in the last half of its time."""
        is_it = (pending.c.name == _hashed(name)) & (pending.c.purpose == purpose)
        query = select(pending.c.at).where(is_it, pending.c.whose == whose)
        with self._engine.connect() as connection:
            began = connection.execute(query).scalar()
        return began is not None and abs(at - began) <= LASTS / 2

    def take(self, purpose: str, name: str, *, whose: str, at: datetime) -> dict[str, Any] | None:
        """The facts behind a name, which is none from now on; None where nothing waits so."""
        is_it = (pending.c.name == _hashed(name)) & (pending.c.purpose == purpose)
        chosen = is_it & (pending.c.whose == whose)
        with writing(self._engine) as connection:
            row = connection.execute(select(pending).where(chosen)).mappings().first()
            connection.execute(delete(pending).where(chosen))
        if row is None or abs(at - row["at"]) > LASTS:
            return None
        facts: dict[str, Any] = json.loads(row["facts"])
        return facts


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
