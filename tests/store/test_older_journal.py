"""A journal of an earlier version is opened and used: nothing in it is lost, nothing is asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, Table, insert, inspect

from styrdokument.store import journal
from styrdokument.store.accounts import Accounts
from styrdokument.store.journal import Journal
from styrdokument.store.renaming import change_account
from styrdokument.store.sql import writing
from tests.cast import NOON
from tests.databases import Databases

NEWER = {
    "accounts": {"mail"},
    "outbox": {"next_at", "tries", "fault", "ended"},
}
NEW_TABLES = {"reminders", "sweeps", "runs", "wishes"}
ROW = {"happening": "decision:7", "recipient": "p-a1ma0000", "kind": "adopt", "at": NOON}
ALMA = {
    "person": "p-a1ma0000",
    "login": "alma",
    "name": "Alma",
    "title": "",
    "unit": "",
    "password": "",
    "is_admin": False,
    "is_disabled": False,
    "is_demonstration": False,
    "created_at": NOON,
}


@pytest.fixture
def older(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """A journal as it was made before there was any clockwork, with a person and their news."""
    engine, before = databases.engine(tmp_path, "journal"), MetaData()
    for table in journal.METADATA.sorted_tables:
        if table.name not in NEW_TABLES:
            lacking = NEWER.get(table.name, set())
            Table(table.name, before, *(c._copy() for c in table.columns if c.name not in lacking))
    before.create_all(engine)
    with writing(engine) as connection:
        connection.execute(insert(before.tables["outbox"]), ROW)
        connection.execute(insert(before.tables["accounts"]), ALMA)
    yield engine
    databases.close(engine)


def test_what_it_lacks_is_added_and_what_it_holds_stays(older: Engine) -> None:
    Journal(older).prepare()
    Journal(older).prepare()
    found = inspect(older)
    for table in journal.METADATA.sorted_tables:
        columns = {column["name"] for column in found.get_columns(table.name)}
        assert columns == {column.name for column in table.columns}
        indexes = {index["name"] for index in found.get_indexes(table.name)}
        assert {index.name for index in table.indexes} <= indexes
    (row,) = Journal(older).outbox()
    assert row == ROW | {"sent_at": None, "next_at": None, "tries": 0, "fault": "", "ended": ""}


def test_somebody_who_was_there_before_can_be_given_an_address(older: Engine) -> None:
    Journal(older).prepare()
    accounts = Accounts(older)
    assert accounts.named("alma").person.mail == ""
    change_account(older, ALMA["person"], at=NOON, mail="alma@exempel.invalid")
    assert accounts.named("alma").person.mail == "alma@exempel.invalid"
