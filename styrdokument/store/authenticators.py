"""What people have beside a password to show who they are: codes of an app, and passkeys.

What a code is made from is a secret as good as a password; it is kept sealed, and nowhere shown
again. A code or a passkey's count is used once: whoever comes second with it is refused.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, RowMapping, delete, func, insert, select, update

from styrdokument.domain.people import PersonId
from styrdokument.domain.problems import NotFound
from styrdokument.store.identities import authenticators
from styrdokument.store.sealing import Seal, Unreadable
from styrdokument.store.sql import writing

LOG = logging.getLogger("styrdokument")


class Means(StrEnum):
    """What shows who somebody is."""

    CODES = "codes"
    """An app that makes a new code each half minute."""
    PASSKEY = "passkey"
    """A key in a device or a browser, opened by its owner's finger, face or PIN."""


@dataclass(frozen=True, kw_only=True)
class Authenticator:
    """One of somebody's. `counter` is the last step of a code, or the last count of a passkey.

    `secret` is what codes are made from in base32, or a passkey's public key in base64.
    """

    number: int
    person: PersonId
    means: Means
    name: str
    secret: str
    credential: str
    counter: int
    created_at: datetime
    last_used_at: datetime | None


class Authenticators:
    """Everybody's."""

    def __init__(self, engine: Engine, seal: Seal) -> None:
        """Over the journal's engine; `seal` closes what codes are made from."""
        self._engine, self._seal = engine, seal

    def of(self, person: PersonId, means: Means | None = None) -> list[Authenticator]:
        """Somebody's, of one means or of both, the oldest first.

        Without the key that it was sealed by, an app is none: its owner adds it again.
        """
        mine = authenticators.c.person == person
        query = select(authenticators).where(mine).order_by(authenticators.c.number)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        found = (self._opened(row) for row in rows)
        return [one for one in found if one and means in {None, one.means}]

    def add(
        self,
        person: PersonId,
        means: Means,
        *,
        name: str,
        secret: str,
        at: datetime,
        credential: str = "",
        counter: int = 0,
    ) -> None:
        """Give somebody one more."""
        row: dict[str, Any] = {
            "person": person,
            "means": str(means),
            "name": name,
            "secret": self._seal.close(secret, about=person) if means is Means.CODES else secret,
            "credential": credential or None,
            "counter": counter,
            "created_at": at,
            "last_used_at": None,
        }
        with writing(self._engine) as connection:
            highest = connection.execute(select(func.max(authenticators.c.number))).scalar()
            connection.execute(insert(authenticators), {**row, "number": (highest or 0) + 1})

    def use(self, number: int, *, counter: int, at: datetime) -> bool:
        """Note a use; whether it was the first that came so far. Counts of 0 say nothing."""
        mine = authenticators.c.number == number
        is_next = (authenticators.c.counter < counter) | (authenticators.c.counter + counter == 0)
        with writing(self._engine) as connection:
            noted = connection.execute(
                update(authenticators).where(mine, is_next).values(counter=counter, last_used_at=at)
            )
        return bool(noted.rowcount)

    def remove(self, person: PersonId, number: int) -> None:
        """Take one of somebody's own away. Raises NotFound."""
        chosen = (authenticators.c.number == number) & (authenticators.c.person == person)
        with writing(self._engine) as connection:
            if not connection.execute(delete(authenticators).where(chosen)).rowcount:
                raise NotFound(number)

    def _opened(self, row: RowMapping) -> Authenticator | None:
        try:
            secret = self._seal.open(row["secret"], about=row["person"])
        except Unreadable:
            LOG.error("codes of %s cannot be read: keys/journal is another", row["person"])  # noqa: TRY400 - no traceback is of use
            return None
        return _authenticator(row, secret)


def _authenticator(row: RowMapping, secret: str) -> Authenticator:
    return Authenticator(
        number=row["number"],
        person=PersonId(row["person"]),
        means=Means(row["means"]),
        name=row["name"],
        secret=secret,
        credential=row["credential"] or "",
        counter=row["counter"],
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
    )
