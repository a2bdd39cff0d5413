"""Who of a directory is who of the record: by the key alone, and for ever."""

from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, inspect, text

from styrdokument.domain.problems import Refused
from styrdokument.domain.sighting import Sighting
from styrdokument.store.accounts import Accounts
from styrdokument.store.journal import Journal
from styrdokument.store.sql import writing
from styrdokument.store.ties import Ties
from tests.cast import NOON

PASSWORD = "ett-långt-lösenord"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ALMA = Sighting(key="key-1", login="alma", name="Alma")


@pytest.fixture
def accounts(journal_engine: Engine) -> Accounts:
    return Accounts(journal_engine, QUICK)


@pytest.fixture
def ties(journal_engine: Engine, accounts: Accounts) -> Ties:
    return Ties(journal_engine, accounts)


def test_a_journal_of_before_there_were_ties_gets_them_and_keeps_the_rest(
    journal_engine: Engine, accounts: Accounts, ties: Ties
) -> None:
    made = accounts.add("eva", name="Eva", password=PASSWORD, at=NOON)
    with writing(journal_engine) as connection:
        connection.execute(text("DROP TABLE ties"))
    assert "ties" not in inspect(journal_engine).get_table_names()

    Journal(journal_engine).prepare()

    assert accounts.named("eva") == made
    assert ties.of(made.person.id) is None
    assert accounts.person(ties.note(ALMA, at=NOON)).name == "Alma"


def test_the_key_says_who_it_is_whatever_they_are_called(accounts: Accounts, ties: Ties) -> None:
    first = ties.note(ALMA, at=NOON)
    renamed = replace(ALMA, login="alma.ek", name="Alma Ek")

    assert ties.note(renamed, at=NOON + timedelta(days=1)) == first

    assert accounts.account(first).login == "alma.ek"
    assert accounts.person(first).name == "Alma Ek"
    assert ties.of(first).seen_at == NOON + timedelta(days=1)


def test_a_login_that_passes_to_another_is_theirs(accounts: Accounts, ties: Ties) -> None:
    first = ties.note(ALMA, at=NOON)
    second = ties.note(replace(ALMA, key="key-2"), at=NOON)

    assert first != second
    assert accounts.named("alma").person.id == second
    assert accounts.account(first).login == first


def test_a_local_account_keeps_its_login(accounts: Accounts, ties: Ties) -> None:
    local = accounts.add("alma", name="Alma", password=PASSWORD, at=NOON).person.id

    other = ties.note(ALMA, at=NOON)

    assert accounts.named("alma").person.id == local
    assert accounts.account(other).login == other
    assert accounts.authenticate("alma", PASSWORD) == local


def test_no_password_is_that_of_somebody_whom_the_directory_answers_for(
    accounts: Accounts, ties: Ties
) -> None:
    ties.note(ALMA, at=NOON)

    assert [accounts.authenticate("alma", typed) for typed in ("", " ", PASSWORD)] == [None] * 3


def test_whoever_left_comes_back_as_the_same_unless_an_administrator_closed_the_door(
    accounts: Accounts, ties: Ties
) -> None:
    person = ties.note(ALMA, at=NOON)
    ties.leave([person], at=NOON)
    assert accounts.here([person]) == frozenset()
    assert ties.of(person).left_at == NOON

    assert ties.note(ALMA, at=NOON) == person
    assert accounts.here([person]) == {person}

    accounts.disable("alma", at=NOON)
    ties.leave([person], at=NOON)
    ties.note(ALMA, at=NOON)
    assert accounts.here([person]) == frozenset()


def test_an_account_is_taken_over_once_and_its_person_keeps_their_id(
    accounts: Accounts, ties: Ties
) -> None:
    person = accounts.add("alma", name="Alma", password=PASSWORD, at=NOON).person.id
    ties.take_over(person, ALMA, at=NOON)

    assert ties.note(ALMA, at=NOON) == person
    assert accounts.authenticate("alma", PASSWORD) is None
    other = accounts.add("birgit", name="Birgit", password=PASSWORD, at=NOON).person.id
    for again in ((other, ALMA), (person, replace(ALMA, key="key-2"))):
        with pytest.raises(Refused):
            ties.take_over(*again, at=NOON)
