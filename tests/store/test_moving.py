"""A journal is moved whole, to a server and back, or not at all."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, event, func, insert, select
from sqlalchemy.exc import IntegrityError

from styrdokument.domain.document import DocumentId
from styrdokument.domain.people import Scope
from styrdokument.domain.sighting import Sighting
from styrdokument.store import journal, moving
from styrdokument.store.accounts import Accounts
from styrdokument.store.authenticators import Authenticators, Means
from styrdokument.store.holdings import Holdings
from styrdokument.store.journal import AnothersJournal, Journal
from styrdokument.store.moving import NotEmpty, copy_journal
from styrdokument.store.pending import Pending
from styrdokument.store.reservations import Reservations
from styrdokument.store.sealing import Seal
from styrdokument.store.sessions import Sessions
from styrdokument.store.sql import opened, writing
from styrdokument.store.ties import Ties
from styrdokument.store.tokens import Tokens
from tests.cast import CAST, NOON
from tests.databases import POSTGRESQL, Databases
from tests.postgres import Server

PASSWORD = "ett-långt-lösenord"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OURS, THEIRS = "0123456789abcdef", "fedcba9876543210"
COUNTS = {"accounts": 10, "ties": 1, "holdings": 1, "authenticators": 1, "pending": 1,
          "sessions": 2, "tokens": 3, "failures": 2, "sent_forms": 2, "outbox": 3,
          "reservations": 1, "journal_cursors": 3, "reminders": 0, "runs": 0, "sweeps": 0,
          "wishes": 0}  # fmt: skip


def sessions_of(engine: Engine) -> Sessions:
    return Sessions(engine, idle=timedelta(hours=2), longest=timedelta(hours=12))


@pytest.fixture
def source(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """A journal that has been used for a while."""
    engine = databases.engine(tmp_path, "journal")
    kept = Journal(engine)
    kept.prepare()
    kept.keep_with(OURS)
    accounts, sessions = Accounts(engine, QUICK), sessions_of(engine)
    people = [
        accounts.add(p.name, name=p.name, password=PASSWORD, at=NOON, title=p.title).person.id
        for p in CAST
    ]
    Ties(engine, accounts).note(Sighting(key="0-1", login="åsa", name="Åsa\0"), at=NOON)
    Holdings(engine).note_person(people[0], {"chief": "group-1"}, on=NOON.date())
    made = {"name": "appen\0", "secret": "ABC", "counter": 7, "at": NOON}
    seal = Seal(tmp_path / "seal")
    Authenticators(engine, seal).add(people[0], Means.CODES, **made)
    Pending(engine).begin("challenge", {"challenge": "å"}, whose=people[0], at=NOON)
    for person in people[:2]:
        sessions.begin(person, at=NOON)
    for name in ("git", "två\0", "tre"):
        words = {"name": name, "scope": Scope.WRITE, "at": NOON, "expires_on": NOON.date()}
        Tokens(engine).create(people[0], **words)
    Tokens(engine).revoke(people[0], 2, at=NOON)
    Reservations(engine).reserve(people[0], DocumentId(1055), at=NOON)
    for login in ("eva", "Öst\0en"):
        sessions.note_failure(login, "192.0.2.7", at=NOON)
    for form in ("ett", "två\0"):
        assert kept.claim_form(form, at=NOON)
    row = {"recipient": people[0], "kind": "adopt", "at": NOON, "sent_at": None}
    kept.put_in_outbox("decisions", 7, [{"happening": f"decision:{n}", **row} for n in range(3)])
    yield engine
    databases.close(engine)


@pytest.fixture
def target(databases: Databases, server: Server, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of the other kind."""
    other = Databases(None if databases.kind == POSTGRESQL else server)
    engine = other.engine(tmp_path, "other")
    yield engine
    other.close(engine)


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, whatever number the database gave it."""
    found = {}
    with engine.connect() as connection:
        for table in journal.METADATA.sorted_tables:
            query = select(*(c for c in table.columns if c.name != "number"))
            found[table.name] = sorted(tuple(row) for row in connection.execute(query))
    return found


def test_all_of_it_comes_and_is_counted(source: Engine, target: Engine) -> None:
    before = rows(source)
    assert copy_journal(source, target) == COUNTS
    assert rows(target) == rows(source) == before


def test_it_comes_back_as_it_went(source: Engine, target: Engine, tmp_path: Path) -> None:
    copy_journal(source, target)
    with opened(tmp_path / "back.db") as back:
        assert copy_journal(target, back) == COUNTS
        assert rows(back) == rows(source)


def test_life_goes_on_in_the_copy(source: Engine, target: Engine) -> None:
    copy_journal(source, target)
    accounts, sessions = Accounts(target, QUICK), sessions_of(target)
    person = accounts.authenticate("alma", PASSWORD)
    assert person
    for _ in range(4):
        sessions.note_failure("eva", "192.0.2.7", at=NOON)
    token = sessions.begin(person, at=NOON)
    assert sessions.read(token, at=NOON)
    assert Journal(target).told_up_to("decisions") == 7
    assert not Journal(target).claim_form("ett", at=NOON)
    with pytest.raises(AnothersJournal):
        Journal(target).keep_with(THEIRS)
    assert Journal(target).keep_with(OURS) is False


def test_a_database_that_is_not_empty_is_left_as_it_is(source: Engine, target: Engine) -> None:
    Journal(target).prepare()
    Accounts(target, QUICK).add("gun", name="Gun", password=PASSWORD, at=NOON)
    before = rows(target)
    with pytest.raises(NotEmpty, match="1 accounts"):
        copy_journal(source, target)
    with pytest.raises(NotEmpty):
        copy_journal(source, target, again=True)
    assert rows(target) == before


def test_a_journal_is_never_copied_onto_itself(source: Engine) -> None:
    with pytest.raises(NotEmpty):
        copy_journal(source, source)


def test_the_same_again_changes_nothing_where_that_was_asked_for(
    source: Engine, target: Engine
) -> None:
    copy_journal(source, target)
    assert copy_journal(source, target, again=True) == COUNTS
    with pytest.raises(NotEmpty):
        copy_journal(source, target)


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_however_it_is_divided_it_is_the_same(
    source: Engine, target: Engine, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(moving, "AT_ONCE", at_once)
    copy_journal(source, target)
    assert rows(target) == rows(source)


def test_what_is_cut_off_leaves_nothing(source: Engine, target: Engine) -> None:
    def stop(*facts: object) -> None:
        if "outbox" in str(facts[2]) and "INSERT" in str(facts[2]):
            raise IntegrityError("", {}, Exception("cut off"))

    event.listen(target, "before_cursor_execute", stop)
    with pytest.raises(IntegrityError):
        copy_journal(source, target)
    event.remove(target, "before_cursor_execute", stop)
    assert copy_journal(source, target) == COUNTS


def test_what_comes_while_it_is_copied_is_all_or_not_at_all_in_the_copy(
    source: Engine, target: Engine
) -> None:
    def add(*facts: object) -> None:
        if "INSERT INTO accounts" in str(facts[2]):
            with writing(source) as connection:
                row = {"form": "tre", "answer": "/", "at": NOON}
                connection.execute(insert(journal.sent_forms), row)

    event.listen(target, "before_cursor_execute", add)
    copy_journal(source, target)
    with target.connect() as connection:
        count = select(func.count()).select_from(journal.sent_forms)
        assert connection.execute(count).scalar() == 2
