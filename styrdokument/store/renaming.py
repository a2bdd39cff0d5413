"""What a local account says of somebody, changed: their name, title, unit and address.

What stands on the record stays as it was. Whom a directory answers for, it changes. Which unit
somebody came from is kept with the move, so that what they left behind can be told.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select, update

from styrdokument.domain.addresses import mail_address
from styrdokument.domain.people import PersonId
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.store.accounts import check_mail
from styrdokument.store.journal import accounts, note_people
from styrdokument.store.sql import writing


@dataclass(frozen=True, kw_only=True)
class Move:
    """Somebody left a unit for another at a moment."""

    person: PersonId
    unit: str
    at: datetime


def change_account(engine: Engine, person: PersonId, *, at: datetime, **facts: str) -> None:
    """Change a person's `name`, `title`, `unit` or `mail`. Raises Refused."""
    check_mail(facts.get("mail", ""))
    if not facts.get("name", "a").strip():
        raise Refused(Problem(code=Code.NEEDS_FIELD, field="name"))
    if "mail" in facts:
        facts["mail"] = mail_address(facts["mail"])
    with writing(engine) as connection:
        mine = accounts.c.person == person
        before = connection.execute(select(accounts.c.unit).where(mine)).scalar() or ""
        move = move_between(before, facts.get("unit", before), at=at)
        connection.execute(update(accounts).where(mine).values(**facts, **move))
        note_people(connection)


def move_between(before: str, unit: str, *, at: datetime) -> dict[str, Any]:
    """What an account keeps of a move from one unit to another; nothing where it is none.

    A directory that says no unit says of no move.
    """
    return {"unit_before": before, "moved_at": at} if before and unit not in {before, ""} else {}


def moves_since(engine: Engine, moment: datetime) -> list[Move]:
    """The moves since a moment of those whose account is open, each person's newest."""
    c = accounts.c
    query = select(accounts).where(c.moved_at >= moment, c.is_disabled.is_(False))
    with engine.connect() as connection:
        return [
            Move(person=PersonId(row["person"]), unit=row["unit_before"], at=row["moved_at"])
            for row in connection.execute(query.order_by(c.person)).mappings()
        ]
