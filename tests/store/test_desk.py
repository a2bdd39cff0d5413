"""What was in force in a span of days, counted in SQL, is what the domain says day by day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert

from styrdokument.domain.decisionfile import Decision
from styrdokument.domain.history import history_of
from styrdokument.store import tables
from styrdokument.store.desk import UNKNOWN_DECIDER, Desk, Span
from tests.cast import NOON
from tests.databases import Databases
from tests.store.test_catalogue import PLAIN, day, looks, put

DECISION = {
    "seq": 0,
    "kind": "adopt",
    "recorded_at": NOON,
    "decider": "",
    "decided_by": None,
    "basis": {"kind": "source"},
    "commit_id": "",
    "path": "",
    "file": "{}",
}


@pytest.fixture(scope="module")
def engine(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = databases.engine(tmp_path_factory.mktemp("index"), "index")
    tables.METADATA.create_all(engine)
    yield engine
    databases.close(engine)


def put_decided(engine: Engine, decisions: list[Decision]) -> None:
    put(engine, history_of(decisions))
    with engine.begin() as connection:
        connection.execute(delete(tables.decisions))
        connection.execute(insert(tables.decisions), DECISION)


@settings(max_examples=100)
@given(look=looks(), days=st.integers(0, 60))
def test_a_version_is_listed_if_it_applied_on_some_day_of_the_span(
    engine: Engine, look: tuple[list[Decision], date], days: int
) -> None:
    (decisions, first), last = look, look[1] + timedelta(days=days)
    put_decided(engine, decisions)
    history = history_of(decisions)
    applied = {
        version.number
        for past in range(days + 1)
        if (version := history.applying(first + timedelta(days=past)))
    }
    span = Span(first=first, last=last)
    found = Desk(engine).in_force(span)
    assert {row["version"] for row in found} == applied
    assert len(found) == len(applied)
    totals = [row["total"] for row in Desk(engine).deciders(span)]
    assert totals == ([len(applied)] if applied else [])


def test_whoever_no_source_names_has_a_key_of_their_own(engine: Engine) -> None:
    put_decided(engine, [replace(PLAIN, version=1, effective_from=day(0), valid_until=day(9))])
    whole = Span(first=day(0), last=day(0))
    asked = {key: replace(whole, decider=key) for key in ("", UNKNOWN_DECIDER, "dag p-dag00000")}
    found = {key: len(Desk(engine).in_force(span)) for key, span in asked.items()}
    assert found == {"": 1, UNKNOWN_DECIDER: 1, "dag p-dag00000": 0}
