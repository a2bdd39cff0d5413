"""Who of the organisation's directory is who of the record: one immutable key, one person id.

A person keeps their id whatever they are called and whatever login they have; a login that passes
to another is another's. Their account is like a local one, without a password of ours.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, update

from styrdokument.domain.people import PersonId
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.sighting import Sighting
from styrdokument.store.accounts import Accounts, close_account, folded
from styrdokument.store.identities import ties
from styrdokument.store.journal import accounts, note_people, sessions
from styrdokument.store.renaming import move_between
from styrdokument.store.sql import writing

NO_PASSWORD = ""
"""What is kept for somebody whose password is another's to prove; it is no hash of anything."""


@dataclass(frozen=True, kw_only=True)
class Tie:
    """Somebody's place in the directory, as it was at `seen_at`; `is_open`: and their account."""

    person: PersonId
    key: str
    mail: str
    seen_at: datetime
    left_at: datetime | None
    is_open: bool


class Ties:
    """The people who are known by a directory."""

    def __init__(
        self, engine: Engine, known: Accounts, unit_of: Callable[[str], str] = str
    ) -> None:
        """Over the journal's engine; `known` makes their ids, `unit_of` knows a unit by its name.

        A directory has a unit's name, and the registers its slug.
        """
        self._engine, self._accounts, self._unit_of = engine, known, unit_of

    def of(self, person: PersonId) -> Tie | None:
        """Somebody's tie; None for whoever has a local account."""
        with self._engine.connect() as connection:
            row = connection.execute(_TIED.where(ties.c.person == person)).mappings().first()
        return _tie(row) if row else None

    def all(self) -> list[Tie]:
        """Everybody who is tied, here or not."""
        with self._engine.connect() as connection:
            rows = connection.execute(_TIED.order_by(ties.c.key)).mappings().all()
        return [_tie(row) for row in rows]

    def note(self, sighting: Sighting, *, at: datetime) -> PersonId:
        """Keep what was seen of somebody who is here, who is new or known; their person id."""
        sighting = self._placed(sighting)
        with writing(self._engine) as connection:
            return self._note(connection, sighting, at)

    def note_all(self, sightings: Sequence[Sighting], *, at: datetime) -> list[PersonId]:
        """The same of many, all or none; of whoever is as before nothing is written."""
        sightings = [self._placed(one) for one in sightings]
        with writing(self._engine) as connection:
            query = select(ties, accounts).join(accounts, accounts.c.person == ties.c.person)
            chosen = query.where(ties.c.key.in_([one.key for one in sightings]))
            known = {row[ties.c.key]: row for row in connection.execute(chosen).mappings()}
            return [
                PersonId(known[one.key][ties.c.person])
                if one.key in known and _is_as_before(one, known[one.key])
                else self._note(connection, one, at)
                for one in sightings
            ]

    def take_over(self, person: PersonId, sighting: Sighting, *, at: datetime) -> None:
        """Let the directory answer for a local account from now on. Raises Refused.

        For an installation that began with accounts of its own: people keep their ids. Their
        sessions end, for the password that began them is none any more.
        """
        sighting = self._placed(sighting)
        with writing(self._engine) as connection:
            known = (ties.c.key == sighting.key) | (ties.c.person == person)
            if connection.execute(select(ties.c.key).where(known)).first() is not None:
                raise Refused(Problem(code=Code.BAD_VALUE, field="login", rule="taken"))
            mine = accounts.c.person == person
            new = {"person": person, "key": sighting.key, "mail": "", "seen_at": at}
            connection.execute(insert(ties), new)
            connection.execute(update(accounts).where(mine).values(password=NO_PASSWORD))
            connection.execute(delete(sessions).where(sessions.c.person == person))
            self._note(connection, sighting, at)

    def leave(self, people: Iterable[PersonId], *, at: datetime) -> None:
        """Close the accounts of those who have left, with their sessions and access tokens.

        One that an administrator has closed stays closed, whatever the directory says later.
        """
        with writing(self._engine) as connection:
            for person in people:
                mine = accounts.c.person == person
                is_closed = select(accounts.c.is_disabled).where(mine)
                if not connection.execute(is_closed).scalar():
                    chosen = update(ties).where(ties.c.person == person)
                    connection.execute(chosen.values(left_at=at))
                    close_account(connection, person, at=at)
            note_people(connection)

    def _placed(self, sighting: Sighting) -> Sighting:
        return replace(sighting, unit=self._unit_of(sighting.unit))

    def _note(self, connection: Connection, sighting: Sighting, at: datetime) -> PersonId:
        query = select(ties).where(ties.c.key == sighting.key)
        row = connection.execute(query).mappings().first()
        person = PersonId(row["person"]) if row else self._accounts.fresh_id(connection)
        self._keep_account(connection, person, sighting, at, is_new=row is None)
        reached = update(accounts).where(accounts.c.person == person)
        connection.execute(reached.values(mail=sighting.mail))
        values: dict[str, Any] = {"mail": sighting.mail, "seen_at": at, "left_at": None}
        if row is None:
            new = {"person": person, "key": sighting.key}
            connection.execute(insert(ties), {**new, **values})
            return person
        connection.execute(update(ties).where(ties.c.person == person).values(values))
        if row["left_at"] is not None:
            mine = update(accounts).where(accounts.c.person == person)
            connection.execute(mine.values(is_disabled=False))
        return person

    def _keep_account(
        self,
        connection: Connection,
        person: PersonId,
        sighting: Sighting,
        at: datetime,
        *,
        is_new: bool,
    ) -> None:
        """The account as the directory has it now; names are told to kept pages if they change."""
        values = {
            "login": _free_login(connection, folded(sighting.login), person),
            "name": sighting.name,
            "title": sighting.title,
            "unit": sighting.unit,
        }
        if is_new:
            fixed = {"is_admin": False, "is_disabled": False, "is_demonstration": False}
            row = {"person": person, "password": NO_PASSWORD, "created_at": at, **fixed}
            connection.execute(insert(accounts), {**row, **values})
            note_people(connection)
            return
        mine = accounts.c.person == person
        before = connection.execute(select(accounts).where(mine)).mappings().one()
        if any(before[name] != value for name, value in values.items()):
            move = move_between(before["unit"], values["unit"], at=at)
            connection.execute(update(accounts).where(mine).values(values | move))
            note_people(connection)


_TIED = select(ties, accounts.c.is_disabled).join(accounts, accounts.c.person == ties.c.person)


def _free_login(connection: Connection, login: str, person: PersonId) -> str:
    """`login`, taken from whoever of the directory had it before; their id where it is local."""
    query = select(accounts.c.person).where(accounts.c.login == login, accounts.c.person != person)
    before = connection.execute(query).scalar()
    if before is None:
        return login
    is_tied = connection.execute(select(ties.c.key).where(ties.c.person == before)).first()
    if not is_tied:
        return person
    connection.execute(update(accounts).where(accounts.c.person == before).values(login=before))
    return login


def _is_as_before(one: Sighting, row: RowMapping) -> bool:
    """Whether nothing of somebody has changed; a login that another had first is none of theirs."""
    login = row[accounts.c.login]
    return (
        row[ties.c.left_at] is None
        and row[ties.c.mail] == one.mail
        and login in {folded(one.login), row[ties.c.person]}
        and (row[accounts.c.name], row[accounts.c.title], row[accounts.c.unit])
        == (one.name, one.title, one.unit)
    )


def _tie(row: RowMapping | Mapping[str, Any]) -> Tie:
    return Tie(
        person=PersonId(row["person"]),
        key=row["key"],
        mail=row["mail"],
        seen_at=row["seen_at"],
        left_at=row["left_at"],
        is_open=not row["is_disabled"],
    )
