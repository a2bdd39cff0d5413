"""Local accounts, and the sessions of everybody who has signed in.

Passwords are kept as argon2id; a session's token is kept only as its hash, and ends at sign-out,
at a change of password and when the account is disabled.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, RowMapping, delete, func, insert, select, update

from styrdokument.domain.people import Person, PersonId
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.store.journal import accounts, failures, sessions
from styrdokument.store.sql import writing

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 8
LEAST_PASSWORD = 10
LONGEST_PASSWORD = 1024
FAILURES_PER_LOGIN = 8
FAILURES_PER_ADDRESS = 60
FAILURE_WINDOW = timedelta(minutes=15)
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True, kw_only=True)
class Account:
    """A local account. `login` is what is typed; the person's id is what the record knows."""

    person: Person
    login: str
    is_admin: bool = False
    is_disabled: bool = False
    is_demonstration: bool = False


@dataclass(frozen=True, kw_only=True)
class Session:
    """Somebody signed in. `csrf` goes with every form of the session."""

    person: PersonId
    begun_at: datetime
    seen_at: datetime
    csrf: str


class Accounts:
    """The local directory: who there is, and whether a password is theirs."""

    def __init__(self, engine: Engine, hasher: PasswordHasher = _HASHER) -> None:
        """Over the journal's engine."""
        self._engine, self._hasher = engine, hasher
        self._nobodys = hasher.hash(secrets.token_hex())

    def add(
        self,
        login: str,
        *,
        name: str,
        password: str,
        at: datetime,
        title: str = "",
        unit: str = "",
        is_admin: bool = False,
        is_demonstration: bool = False,
    ) -> Account:
        """Make an account with a person id of its own. Raises Refused."""
        login = _folded(login)
        self._check_new(login, name, password)
        row = {
            "person": self._fresh_id(),
            "login": login,
            "name": name.strip(),
            "title": title.strip(),
            "unit": unit,
            "password": self._hasher.hash(password),
            "is_admin": is_admin,
            "is_disabled": False,
            "is_demonstration": is_demonstration,
            "created_at": at,
        }
        with writing(self._engine) as connection:
            connection.execute(insert(accounts), row)
        return _account(row)

    def authenticate(self, username: str, password: str) -> PersonId | None:
        """Whose name and password these are; takes as long for nobody's as for somebody's."""
        account = self._row(accounts.c.login == _folded(username))
        stored = account["password"] if account else self._nobodys
        try:
            self._hasher.verify(stored, password[:LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return None
        if account is None or account["is_disabled"] or not password:
            return None
        return PersonId(account["person"])

    def account(self, person: PersonId) -> Account | None:
        """The account of a person."""
        row = self._row(accounts.c.person == person)
        return _account(row) if row else None

    def named(self, login: str) -> Account | None:
        """The account that a login names."""
        row = self._row(accounts.c.login == _folded(login))
        return _account(row) if row else None

    def person(self, person: PersonId) -> Person | None:
        """Somebody as the directory knows them now, disabled or not."""
        found = self.account(person)
        return found.person if found else None

    def people(self) -> list[Person]:
        """Everybody who may be named on a document, by name."""
        query = select(accounts).where(accounts.c.is_disabled.is_(False)).order_by(accounts.c.name)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [_account(row).person for row in rows]

    def has_demonstration_accounts(self) -> bool:
        """Whether accounts with a publicly known password exist and are open."""
        is_open = accounts.c.is_disabled.is_(False)
        query = select(func.count()).where(accounts.c.is_demonstration.is_(True), is_open)
        with self._engine.connect() as connection:
            return bool(connection.execute(query).scalar())

    def disable(self, login: str) -> None:
        """Close an account for good, and end its sessions. Raises Refused for an unknown one."""
        found = self.named(login)
        if found is None:
            raise Refused(Problem(code=Code.NOT_FOUND, field="login", values={"value": login}))
        person = found.person.id
        with writing(self._engine) as connection:
            connection.execute(
                update(accounts).where(accounts.c.person == person).values(is_disabled=True)
            )
            connection.execute(delete(sessions).where(sessions.c.person == person))

    def change_password(self, person: PersonId, password: str) -> None:
        """Set a new password and end all the person's sessions. Raises Refused."""
        _check_password(password)
        hashed = self._hasher.hash(password)
        with writing(self._engine) as connection:
            connection.execute(
                update(accounts).where(accounts.c.person == person).values(password=hashed)
            )
            connection.execute(delete(sessions).where(sessions.c.person == person))

    def _row(self, condition: Any) -> RowMapping | None:
        with self._engine.connect() as connection:
            return connection.execute(select(accounts).where(condition)).mappings().first()

    def _fresh_id(self) -> PersonId:
        while True:
            drawn = "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))
            if self.account(PersonId(f"p-{drawn}")) is None:
                return PersonId(f"p-{drawn}")

    def _check_new(self, login: str, name: str, password: str) -> None:
        problems = []
        if not login or len(login) > 64 or not login.replace("-", "").replace(".", "").isalnum():  # noqa: PLR2004
            problems.append(Problem(code=Code.BAD_VALUE, field="login"))
        if not name.strip():
            problems.append(Problem(code=Code.NEEDS_FIELD, field="name"))
        if self.named(login) is not None:
            problems.append(Problem(code=Code.BAD_VALUE, field="login", rule="taken"))
        if problems:
            raise Refused(*problems)
        _check_password(password)


class Sessions:
    """Who is signed in, and how often somebody failed to."""

    def __init__(self, engine: Engine, *, idle: timedelta, longest: timedelta) -> None:
        """Over the journal's engine; a session ends after `idle` without use, or `longest`."""
        self._engine, self._idle, self._longest = engine, idle, longest

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
        if row is None or at - row["begun_at"] > self._longest or at - row["seen_at"] > self._idle:
            return None
        if at - row["seen_at"] > timedelta(minutes=1):
            self._touch(row["token"], at)
        return Session(
            person=PersonId(row["person"]),
            begun_at=row["begun_at"],
            seen_at=row["seen_at"],
            csrf=row["csrf"],
        )

    def end(self, token: str) -> None:
        """Sign out."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.token == _hashed(token)))

    def is_throttled(self, login: str, address: str, *, at: datetime) -> bool:
        """Whether too many sign-ins have failed for the login, or from the address."""
        since = failures.c.at > at - FAILURE_WINDOW
        by_login = select(func.count()).where(failures.c.login == _folded(login), since)
        by_address = select(func.count()).where(failures.c.address == address, since)
        with self._engine.connect() as connection:
            return (
                connection.execute(by_login).scalar_one() >= FAILURES_PER_LOGIN
                or connection.execute(by_address).scalar_one() >= FAILURES_PER_ADDRESS
            )

    def note_failure(self, login: str, address: str, *, at: datetime) -> None:
        """Count a failed sign-in, or a failed second look."""
        row = {"login": _folded(login)[:200], "address": address, "at": at}
        with writing(self._engine) as connection:
            connection.execute(delete(failures).where(failures.c.at < at - FAILURE_WINDOW))
            connection.execute(insert(failures), row)

    def forget_failures(self, login: str) -> None:
        """Start counting anew after a successful sign-in."""
        with writing(self._engine) as connection:
            connection.execute(delete(failures).where(failures.c.login == _folded(login)))

    def _touch(self, hashed: str, at: datetime) -> None:
        with writing(self._engine) as connection:
            connection.execute(
                update(sessions).where(sessions.c.token == hashed).values(seen_at=at)
            )


def _folded(login: str) -> str:
    return login.strip().casefold()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _account(row: RowMapping | Mapping[str, Any]) -> Account:
    person = Person(
        id=PersonId(row["person"]), name=row["name"], title=row["title"], unit=row["unit"]
    )
    return Account(
        person=person,
        login=row["login"],
        is_admin=row["is_admin"],
        is_disabled=row["is_disabled"],
        is_demonstration=row["is_demonstration"],
    )


def _check_password(password: str) -> None:
    if not LEAST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        values = {"least": LEAST_PASSWORD}
        raise Refused(Problem(code=Code.BAD_VALUE, field="password", rule="length", values=values))
