"""Accounts: who there is, and whether a password is theirs.

Whoever is tied to a directory (`ties`) has an account too, with no password to compare. Passwords
are kept as argon2id. Disabling an account, or changing its password, ends its sessions; a disabled
one has no access tokens either.
"""

import secrets
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Engine, RowMapping, bindparam, delete, insert, select, update

from styrdokument.domain.addresses import mail_address
from styrdokument.domain.people import Person, PersonId
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.proof import LONGEST_PASSWORD, password_problems
from styrdokument.store.journal import accounts, note_people, sessions
from styrdokument.store.sql import writing
from styrdokument.store.tokens import revoke_tokens

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 8
_BY_PERSON = select(accounts).where(accounts.c.person == bindparam("value"))
_BY_LOGIN = select(accounts).where(accounts.c.login == bindparam("value"))
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True, kw_only=True)
class Account:
    """A local account. `login` is what is typed; the person's id is what the record knows."""

    person: Person
    login: str
    is_admin: bool = False
    is_disabled: bool = False
    is_demonstration: bool = False


class Accounts:
    """The local directory: who there is, and whether a password is theirs."""

    def __init__(self, engine: Engine, hasher: PasswordHasher = _HASHER) -> None:
        """Over the journal's engine."""
        self._engine, self._hasher = engine, hasher

    @cached_property
    def _nobodys(self) -> str:
        """A password that nobody has, to compare with where there is no account."""
        return self._hasher.hash(secrets.token_hex())

    def add(
        self,
        login: str,
        *,
        name: str,
        password: str,
        at: datetime,
        title: str = "",
        unit: str = "",
        mail: str = "",
        is_admin: bool = False,
        is_demonstration: bool = False,
    ) -> Account:
        """Make an account with a person id of its own. Raises Refused."""
        login = folded(login)
        self._check_new(login, name, password)
        check_mail(mail)
        row = {
            "person": "",
            "login": login,
            "name": name.strip(),
            "title": title.strip(),
            "unit": unit,
            "mail": mail_address(mail),
            "password": self._hasher.hash(password),
            "is_admin": is_admin,
            "is_disabled": False,
            "is_demonstration": is_demonstration,
            "created_at": at,
        }
        with writing(self._engine) as connection:
            row["person"] = self.fresh_id(connection)
            connection.execute(insert(accounts), row)
            note_people(connection)
        return _account(row)

    def authenticate(self, username: str, password: str) -> PersonId | None:
        """Whose name and password these are; takes as long for nobody's as for somebody's."""
        account = self._row(_BY_LOGIN, folded(username))
        stored = (account["password"] if account else "") or self._nobodys
        try:
            self._hasher.verify(stored, password[:LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return None
        if account is None or account["is_disabled"] or not password:
            return None
        return PersonId(account["person"])

    def account(self, person: PersonId) -> Account | None:
        """The account of a person."""
        row = self._row(_BY_PERSON, person)
        return _account(row) if row else None

    def named(self, login: str) -> Account | None:
        """The account that a login names."""
        row = self._row(_BY_LOGIN, folded(login))
        return _account(row) if row else None

    def person(self, person: PersonId) -> Person | None:
        """Somebody as the directory knows them now, disabled or not."""
        found = self.account(person)
        return found.person if found else None

    def known(self, people: Collection[PersonId]) -> dict[PersonId, Person]:
        """Those of `people` who have an account, open or closed."""
        query = select(accounts).where(accounts.c.person.in_(sorted(people)))
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return {PersonId(row["person"]): _account(row).person for row in rows}

    def here(self, people: Collection[PersonId]) -> frozenset[PersonId]:
        """Those of `people` whose account is open."""
        is_open = accounts.c.is_disabled.is_(False)
        query = select(accounts.c.person).where(is_open, accounts.c.person.in_(sorted(people)))
        with self._engine.connect() as connection:
            return frozenset(connection.execute(query).scalars())

    def people(self) -> list[Person]:
        """Everybody who may be named on a document, by name."""
        query = select(accounts).where(accounts.c.is_disabled.is_(False)).order_by(accounts.c.name)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [_account(row).person for row in rows]

    def administrators(self) -> list[PersonId]:
        """Those who administer, and whose account is open."""
        is_open = accounts.c.is_disabled.is_(False)
        query = select(accounts.c.person).where(accounts.c.is_admin.is_(True), is_open)
        with self._engine.connect() as connection:
            return list(connection.execute(query.order_by(accounts.c.person)).scalars())

    def has_demonstration_accounts(self) -> bool:
        """Whether accounts with a publicly known password exist and are open."""
        is_open = accounts.c.is_disabled.is_(False)
        query = select(accounts.c.person).where(accounts.c.is_demonstration.is_(True), is_open)
        with self._engine.connect() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def disable(self, login: str, *, at: datetime) -> None:
        """Close an account for good, with its sessions and access tokens.

        Raises Refused for an unknown one.
        """
        found = self.named(login)
        if found is None:
            raise Refused(Problem(code=Code.NOT_FOUND, field="login", values={"value": login}))
        with writing(self._engine) as connection:
            close_account(connection, found.person.id, at=at)

    def change_password(self, person: PersonId, password: str) -> None:
        """Set a new password, that `password_problems` has nothing against; all sessions end."""
        mine = accounts.c.person == person
        changed = update(accounts).where(mine).values(password=self._hasher.hash(password))
        with writing(self._engine) as connection:
            connection.execute(changed)
            connection.execute(delete(sessions).where(sessions.c.person == person))

    def fresh_id(self, connection: Connection) -> PersonId:
        """A person id that nobody has, in the transaction that gives it to somebody."""
        while True:
            drawn = PersonId("p-" + "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH)))
            taken = select(accounts.c.person).where(accounts.c.person == drawn)
            if connection.execute(taken).first() is None:
                return drawn

    def _row(self, query: Any, value: str) -> RowMapping | None:  # noqa: ANN401 - a statement
        with self._engine.connect() as connection:
            return connection.execute(query, {"value": value}).mappings().first()

    def _check_new(self, login: str, name: str, password: str) -> None:
        problems = []
        if not login or len(login) > 64 or not login.replace("-", "").replace(".", "").isalnum():  # noqa: PLR2004
            problems.append(Problem(code=Code.BAD_VALUE, field="login"))
        if not name.strip():
            problems.append(Problem(code=Code.NEEDS_FIELD, field="name"))
        if self.named(login) is not None:
            problems.append(Problem(code=Code.BAD_VALUE, field="login", rule="taken"))
        problems += password_problems(password)
        if problems:
            raise Refused(*problems)


def close_account(connection: Connection, person: PersonId, *, at: datetime) -> None:
    """Close an account with its sessions and access tokens, in a transaction."""
    mine = accounts.c.person == person
    connection.execute(update(accounts).where(mine).values(is_disabled=True))
    connection.execute(delete(sessions).where(sessions.c.person == person))
    revoke_tokens(connection, person, at=at)


def folded(login: str) -> str:
    """A login as it is compared: without case, in one spelling, without the spaces around it."""
    return unicodedata.normalize("NFC", login.strip().casefold())


def _account(row: RowMapping | Mapping[str, Any]) -> Account:
    person = Person(
        id=PersonId(row["person"]),
        name=row["name"],
        title=row["title"],
        unit=row["unit"],
        mail=row["mail"],
    )
    return Account(
        person=person,
        login=row["login"],
        is_admin=row["is_admin"],
        is_disabled=row["is_disabled"],
        is_demonstration=row["is_demonstration"],
    )


def check_mail(mail: str) -> None:
    """See to it that mail can be sent there, where anything is said. Raises Refused."""
    if mail and not mail_address(mail):
        raise Refused(Problem(code=Code.BAD_VALUE, field="mail", values={"value": mail}))
