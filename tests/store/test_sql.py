"""A database of either kind: writers wait, readers see one moment, texts are their bytes."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    func,
    insert,
    select,
    update,
)

from styrdokument.store import journal, tables
from styrdokument.store.columns import LONGEST_KEY, Key, Moment, Plain
from styrdokument.store.index import Index
from styrdokument.store.journal import Journal
from styrdokument.store.projection import sort_key
from styrdokument.store.sql import (
    BadAddress,
    insert_or_replace,
    open_database,
    snapshot,
    writing,
)
from tests.databases import POSTGRESQL, Databases
from tests.postgres import Server

THREADS, TIMES = 4, 12
HERE = MetaData()
counts = Table("counts", HERE, Column("name", Key, primary_key=True), Column("value", Integer))
lines = Table(
    "lines",
    HERE,
    Column("key", Key, primary_key=True),
    Column("words", Plain, nullable=False),
    Column("at", Moment),
)
any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.fixture
def engine(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    engine = databases.engine(tmp_path)
    HERE.create_all(engine)
    yield engine
    databases.close(engine)


def put(engine: Engine, *rows: dict[str, object]) -> None:
    with writing(engine) as connection:
        insert_or_replace(connection, lines, *rows)


def test_writers_build_on_what_the_one_before_wrote(engine: Engine) -> None:
    def add_one(_turn: int) -> None:
        with writing(engine) as connection:
            value = connection.execute(select(func.max(counts.c.value))).scalar() or 0
            connection.execute(insert(counts), {"name": f"{value + 1}", "value": value + 1})

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(add_one, range(THREADS * TIMES)))
    with engine.connect() as connection:
        found = connection.execute(select(counts.c.value).order_by(counts.c.value)).scalars().all()
    assert found == list(range(1, THREADS * TIMES + 1))


def test_a_reader_waits_for_no_writer(engine: Engine) -> None:
    put(engine, {"key": "a", "words": "förut"})
    with writing(engine) as connection:
        connection.execute(update(lines).values(words="nu"))
        with engine.connect() as reader:
            assert reader.execute(select(lines.c.words)).scalar() == "förut"


def test_a_snapshot_is_of_one_moment_in_all_tables(engine: Engine) -> None:
    with snapshot(engine) as connection:
        assert connection.execute(select(lines)).first() is None
        put(engine, {"key": "a", "words": "kom sedan"})
        with writing(engine) as other:
            other.execute(insert(counts), {"name": "a", "value": 1})
        assert connection.execute(select(counts)).first() is None
        assert connection.execute(select(lines)).first() is None


def test_a_transaction_that_fails_leaves_nothing(engine: Engine) -> None:
    def fail() -> None:
        with writing(engine) as connection:
            connection.execute(insert(lines), {"key": "a", "words": ""})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with engine.connect() as connection:
        assert connection.execute(select(lines)).first() is None


def test_the_index_and_the_journal_of_one_database_do_not_wait_for_each_other(
    server: Server,
) -> None:
    address = server.database()
    index, journal_ = open_database(address, "index"), open_database(address, "journal")
    with writing(index), writing(journal_) as connection:
        assert connection.execute(select(1)).scalar() == 1
    index.dispose()
    journal_.dispose()


@settings(max_examples=60)
@given(texts=st.lists(any_text, min_size=1, max_size=6, unique_by=lambda t: t.replace("\0", "�")))
def test_any_text_comes_back_and_is_sorted_by_its_bytes(shared: Engine, texts: list[str]) -> None:
    clean = [text.replace("\0", "�") for text in texts]
    with writing(shared) as connection:
        connection.execute(lines.delete())
        connection.execute(
            insert(lines), [{"key": t[:9] + str(n), "words": t} for n, t in enumerate(texts)]
        )
        found = connection.execute(select(lines.c.words).order_by(lines.c.words)).scalars().all()
    assert found == sorted(clean, key=str.encode)


@pytest.fixture(scope="module")
def shared(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = databases.engine(tmp_path_factory.mktemp("shared"))
    HERE.create_all(engine)
    yield engine
    databases.close(engine)


@settings(max_examples=60)
@given(word=st.text("aåäöÅÄÖAz%_/\\' ", max_size=4), whole=st.text("aåäöÅÄÖAz%_/\\' ", max_size=9))
def test_a_word_is_found_where_it_stands_with_the_case_that_it_has(
    shared: Engine, word: str, whole: str
) -> None:
    with writing(shared) as connection:
        connection.execute(lines.delete())
        connection.execute(insert(lines), {"key": "a", "words": whole})
        holds = select(lines).where(lines.c.words.contains(word, autoescape=True))
        assert (connection.execute(holds).first() is not None) is (word in whole)


def test_titles_are_sorted_as_in_swedish(engine: Engine) -> None:
    titles = ["Öron", "Ärr", "Åska", "zon", "Zebra", "ask", "Ask 2", "Ål"]
    put(engine, *({"key": title, "words": sort_key(title)} for title in titles))
    with engine.connect() as connection:
        found = connection.execute(select(lines.c.key).order_by(lines.c.words)).scalars().all()
    assert found == ["ask", "Ask 2", "Zebra", "zon", "Ål", "Åska", "Ärr", "Öron"]


def test_a_key_may_be_longer_than_an_index_takes_and_is_found_by_all_of_it(engine: Engine) -> None:
    keys = [f"{chr(228 + n)}{'xåÅ' * 9000}{n}" for n in range(3)] + ["ö" * LONGEST_KEY]
    put(engine, *({"key": key, "words": key} for key in keys))
    with engine.connect() as connection:
        for key in keys:
            found = connection.execute(select(lines.c.words).where(lines.c.key == key)).scalars()
            assert found.all() == [key]


def test_a_moment_comes_back_in_utc_to_the_microsecond(engine: Engine) -> None:
    moment = datetime(2026, 11, 21, 14, 3, 22, 123456, tzinfo=timezone(timedelta(hours=1)))
    put(engine, {"key": "a", "words": "", "at": moment})
    with engine.connect() as connection:
        found = connection.execute(select(lines.c.at)).scalar()
    assert repr(found) == repr(moment.astimezone(UTC))


def test_a_text_of_many_megabytes_comes_back(engine: Engine) -> None:
    words = "Åtgärd efter åtgärd.\n" * 400_000
    put(engine, {"key": "a", "words": words})
    with engine.connect() as connection:
        assert connection.execute(select(lines.c.words)).scalar() == words


@pytest.mark.parametrize("metadata", [tables.METADATA, journal.METADATA])
def test_every_column_of_text_is_one_that_both_kinds_treat_the_same(metadata: MetaData) -> None:
    columns = [column for table in metadata.tables.values() for column in table.columns]
    texts = [column for column in columns if isinstance(column.type, (String, Plain))]
    assert texts
    assert [str(c) for c in texts if not isinstance(c.type, Plain)] == []
    indexed = {
        column for table in metadata.tables.values() for i in table.indexes for column in i.columns
    }
    keyed = [c for c in texts if c.primary_key or c.unique or c in indexed]
    assert [str(c) for c in keyed if not isinstance(c.type, Key)] == []


def test_a_server_compares_every_text_by_its_bytes(server: Server) -> None:
    engine = open_database(server.database())
    tables.METADATA.create_all(engine)
    journal.METADATA.create_all(engine)
    asked = """SELECT count(*), count(*) FILTER (WHERE collation_name = 'C')
               FROM information_schema.columns
               WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')"""
    with engine.connect() as connection:
        texts, by_bytes = connection.exec_driver_sql(asked).one()
    assert texts == by_bytes > 40
    engine.dispose()


def test_tables_are_made_once_by_all_who_begin_at_the_same_time(
    databases: Databases, tmp_path: Path
) -> None:
    engines = [databases.engine(tmp_path)]
    engines += [open_database(_place(engines[0], databases, tmp_path)) for _ in range(3)]
    barrier = threading.Barrier(len(engines))

    def begin(engine: Engine) -> None:
        barrier.wait()
        Index(engine, None, None, None, None).prepare()  # type: ignore[arg-type]
        Journal(engine).prepare()

    with ThreadPoolExecutor(len(engines)) as pool:
        list(pool.map(begin, engines))
    with engines[0].connect() as connection:
        for table in (*tables.METADATA.sorted_tables, *journal.METADATA.sorted_tables):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0
    for engine in engines[1:]:
        engine.dispose()
    databases.close(engines[0])


def _place(engine: Engine, databases: Databases, folder: Path) -> Path | str:
    address = engine.url.render_as_string(hide_password=False)
    return address if databases.kind == POSTGRESQL else folder / "any.db"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://styr:hemligt@db:fel/index",
        "postgresql+psycopg://styr:hemligt@[::/index",
        "postgresql+psycopg",
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(address: str) -> None:
    with pytest.raises(BadAddress) as caught:
        open_database(address, "index")
    assert "index_database" in str(caught.value)
    assert "hemligt" not in str(caught.value)


def test_a_database_that_cannot_hold_any_text_is_refused(server: Server) -> None:
    server.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    engine = open_database(server.address("latin"), "journal")
    with pytest.raises(BadAddress, match="UTF8"):
        Journal(engine).prepare()
    engine.dispose()
