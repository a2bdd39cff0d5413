"""Access tokens: the secret is shown once, opens until its last day, and stands nowhere."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from styrdokument.domain.people import PersonId, Scope
from styrdokument.domain.problems import NotFound
from styrdokument.store import journal
from styrdokument.store.accounts import Accounts
from styrdokument.store.tokens import Token, Tokens
from tests.cast import ALMA, GUN, NOON, TODAY

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
WANTED: dict[str, Any] = {
    "name": "min dator",
    "scope": Scope.WRITE,
    "at": NOON,
    "expires_on": TODAY + timedelta(days=30),
}


@pytest.fixture
def tokens(journal_engine: Engine) -> Tokens:
    return Tokens(journal_engine)


def test_a_secret_opens_what_it_was_made_for(tokens: Tokens) -> None:
    made, secret = tokens.create(ALMA.id, **WANTED)
    found = tokens.find(secret, at=NOON)

    assert found == made
    assert (made.person, made.name, made.scope) == (ALMA.id, "min dator", Scope.WRITE)
    assert (made.created_at, made.expires_on) == (NOON, date(2026, 12, 21))


def test_a_secret_is_recognised_wherever_it_is_seen(tokens: Tokens) -> None:
    secrets = {tokens.create(ALMA.id, **WANTED)[1] for _ in range(8)}

    assert len(secrets) == 8
    assert [one for one in secrets if not re.fullmatch("sd_[a-z2-7]{40}", one)] == []


def test_a_secret_stands_nowhere_in_the_journal(tokens: Tokens, journal_engine: Engine) -> None:
    _, secret = tokens.create(ALMA.id, **WANTED)
    with journal_engine.connect() as connection:
        rows = [
            str(tuple(row))
            for table in journal.METADATA.sorted_tables
            for row in connection.execute(select(table))
        ]

    assert len(rows) == 1
    assert [row for row in rows if secret in row or secret[3:] in row] == []


def test_it_opens_through_its_last_day(tokens: Tokens) -> None:
    _, secret = tokens.create(ALMA.id, **WANTED)

    assert tokens.find(secret, at=NOON + timedelta(days=30)) is not None
    assert tokens.find(secret, at=NOON + timedelta(days=31)) is None


def test_what_nobody_was_given_opens_nothing(tokens: Tokens) -> None:
    _, secret = tokens.create(ALMA.id, **WANTED)

    for other in ("", "sd_", secret[:-1], secret.upper(), f"{secret} ", "x" * 100_000, "\ud800"):
        assert tokens.find(other, at=NOON) is None, other


def test_a_revoked_one_opens_nothing_and_stays_revoked(tokens: Tokens) -> None:
    made, secret = tokens.create(ALMA.id, **WANTED)
    tokens.revoke(ALMA.id, made.number, at=NOON)
    tokens.revoke(ALMA.id, made.number, at=NOON + timedelta(days=1))

    assert tokens.find(secret, at=NOON) is None
    assert tokens.of(ALMA.id)[0].revoked_at == NOON


def test_nobody_revokes_anothers(tokens: Tokens) -> None:
    made, secret = tokens.create(ALMA.id, **WANTED)
    for person, number in ((GUN.id, made.number), (ALMA.id, made.number + 1)):
        with pytest.raises(NotFound):
            tokens.revoke(person, number, at=NOON)

    assert tokens.find(secret, at=NOON) is not None
    assert tokens.owner(made.number) == ALMA.id


def test_use_is_noted_once_an_hour(tokens: Tokens) -> None:
    _, secret = tokens.create(ALMA.id, **WANTED)
    noted = []
    for minutes in (0, 30, 59, 60, 119, 121):
        tokens.find(secret, at=NOON + timedelta(minutes=minutes))
        noted.append(tokens.of(ALMA.id)[0].last_used_at)

    assert noted == [NOON + timedelta(minutes=m) for m in (0, 0, 0, 60, 60, 121)]


def test_everybody_has_their_own_the_newest_first(tokens: Tokens) -> None:
    made = [tokens.create(p.id, **WANTED)[0] for p in (ALMA, GUN, ALMA)]

    assert tokens.of(ALMA.id) == [made[2], made[0]]
    assert tokens.of(GUN.id) == [made[1]]
    assert tokens.of(PersonId("p-00000000")) == []


def test_a_closed_account_has_no_tokens_that_open(tokens: Tokens, journal_engine: Engine) -> None:
    accounts = Accounts(journal_engine, QUICK)
    words = {"password": "ett-långt-lösenord", "at": NOON}
    eva, gun = (accounts.add(n, name=n, **words).person.id for n in ("eva", "gun"))
    early, _ = tokens.create(eva, **WANTED)
    tokens.revoke(eva, early.number, at=NOON)
    secrets = [tokens.create(person, **WANTED)[1] for person in (eva, gun)]
    later = NOON + timedelta(hours=2)
    accounts.disable("eva", at=later)

    assert [tokens.find(secret, at=NOON) is None for secret in secrets] == [True, False]
    assert [one.revoked_at for one in tokens.of(eva)] == [later, NOON]


@given(st.dates(), st.dates(), st.sampled_from([None, NOON]))
def test_it_is_live_until_its_last_day_or_its_end(
    last: date, on: date, revoked_at: datetime | None
) -> None:
    token = Token(
        number=1,
        person=ALMA.id,
        name="git",
        scope=Scope.READ,
        created_at=NOON,
        expires_on=last,
        revoked_at=revoked_at,
    )

    assert token.is_live(on=on) == (revoked_at is None and on <= last)
