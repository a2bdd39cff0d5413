"""The index answers as the domain does: the standing in SQL is the standing in Python."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select

from styrdokument.domain.decisionfile import Basis, BasisKind, Decision, DecisionKind
from styrdokument.domain.document import DocumentId
from styrdokument.domain.history import history_of
from styrdokument.domain.people import Who
from styrdokument.domain.validity import APPLIES, History, due_from
from styrdokument.store import tables
from styrdokument.store.catalogue import Catalogue, standing_on
from styrdokument.store.narrowing import applies_on
from styrdokument.store.projection import day_columns, gap_rows
from tests.cast import NOON, REGISTERS, ROUTINE
from tests.databases import Databases

BEGINNING = date(2024, 1, 31)
DOCUMENT = DocumentId(1042)
PLAIN = Decision(
    kind=DecisionKind.ADOPT,
    document=DOCUMENT,
    recorded_at=NOON,
    recorded_by=Who(id=None, name="Dag"),
    decided_by=None,
    decided_on=BEGINNING,
    basis=Basis(kind=BasisKind.DELEGATION),
)


def day(number: int) -> date:
    return BEGINNING + timedelta(days=number)


@st.composite
def lives(draw: Any) -> list[Decision]:
    """A document's decisions, in an order and with days that the rules let through."""
    made: list[Decision] = []
    now = 0
    for kind in draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=6)):
        now += draw(st.integers(0, 300))
        history = history_of(made)
        if history.repealed_from:
            break
        made.append(one(draw, kind if history.latest else DecisionKind.ADOPT, history, now))
    return made or [one(draw, DecisionKind.IMPORT, History(), now)]


KINDS = [
    DecisionKind.ADOPT,
    DecisionKind.IMPORT,
    DecisionKind.CORRECT,
    DecisionKind.EXTEND,
    DecisionKind.EXTEND,
    DecisionKind.REPEAL,
]
"""Extensions twice: it is they that leave gaps."""


def one(draw: Any, kind: DecisionKind, history: History, now: int) -> Decision:
    latest = history.latest
    plain = replace(PLAIN, kind=kind, decided_on=day(now), version=history.next_number)
    if kind is DecisionKind.CORRECT and latest:
        return replace(
            plain,
            corrects=latest.number,
            effective_from=latest.effective_from,
            valid_until=latest.valid_until,
            review_on=latest.review_on,
        )
    if kind is DecisionKind.REPEAL and latest:
        ends = day(now + draw(st.integers(0, 200)))
        return replace(plain, version=latest.number, effective_from=ends)
    begins = now + draw(st.integers(0, 200))
    has_an_end = draw(st.integers(0, 3)) > 0
    ends = day(begins + draw(st.integers(0, 150))) if has_an_end else None
    review = draw(st.none() | st.just(day(begins + 100))) if ends is None else None
    if kind is DecisionKind.EXTEND and latest:
        return replace(plain, version=latest.number, valid_until=ends, review_on=review)
    first = max(day(begins), latest.effective_from if latest else date.min)
    ends = max(first, ends) if ends else None
    return replace(plain, effective_from=first, valid_until=ends, review_on=review)


@st.composite
def looks(draw: Any) -> tuple[list[Decision], date]:
    """A life, and a day beside one on which something in it begins or ends."""
    made = draw(lives())
    turns = [BEGINNING]
    for version in history_of(made).versions:
        turns += [version.effective_from, *(end for gap in version.gaps for end in gap)]
        turns += [d for d in (version.valid_until, version.review_on) if d]
        turns += [due_from(version, ROUTINE.reminders)]
    turns += [d.effective_from for d in made if d.kind is DecisionKind.REPEAL and d.effective_from]
    beside = timedelta(days=draw(st.integers(-1, 1)))
    return made, draw(st.sampled_from(turns)) + beside


@pytest.fixture(scope="module")
def engine(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = databases.engine(tmp_path_factory.mktemp("index"), "index")
    tables.METADATA.create_all(engine)
    yield engine
    engine.dispose()


def put(engine: Engine, history: History) -> None:
    """The rows of one document, with nothing in them but its days."""
    empty = {
        column.name: "" if column.name not in {"fields", "roles", "content"} else []
        for column in tables.versions.c
    }
    stated = {"seq": 0, "decided_on": BEGINNING, "recorded_at": NOON, "document": DOCUMENT}
    who = {"unit": "", "case_officer": "", "fact_owner": "", "reviewers": [], "adopter": []}
    with engine.begin() as connection:
        for table in (tables.gaps, tables.versions, tables.documents):
            connection.execute(delete(table))
        connection.execute(insert(tables.documents), {"document": DOCUMENT, "latest": 1, **who})
        for version in history.versions:
            days = day_columns(history, version.number, ROUTINE.slug, REGISTERS)
            row = {**empty, **stated, **days, "version": version.number}
            connection.execute(insert(tables.versions), row)
        for row in gap_rows(DOCUMENT, history):
            connection.execute(insert(tables.gaps), row)


@settings(max_examples=300)
@given(look=looks())
def test_the_standing_in_sql_is_the_standing_in_the_domain(
    engine: Engine, look: tuple[list[Decision], date]
) -> None:
    history, on = history_of(look[0]), look[1]
    put(engine, history)
    query = select(tables.versions.c.version, standing_on(on), applies_on(on))
    with engine.connect() as connection:
        found = {row[0]: tuple(row[1:]) for row in connection.execute(query)}
    expected = {
        version.number: history.standing(version.number, on=on, reminders=ROUTINE.reminders)
        for version in history.versions
    }
    assert found == {number: (one, one in APPLIES) for number, one in expected.items()}


@settings(max_examples=300)
@given(look=looks())
def test_what_applies_and_what_is_shown_are_the_domains(
    engine: Engine, look: tuple[list[Decision], date]
) -> None:
    history, on, catalogue = history_of(look[0]), look[1], Catalogue(engine)
    put(engine, history)
    applying, shown = catalogue.applying(DOCUMENT, on=on), catalogue.shown(DOCUMENT, on=on)
    expected = history.applying(on)
    assert (applying["version"] if applying else None) == (expected.number if expected else None)
    assert history.shown(on) is None or shown["version"] == history.shown(on).number


def test_the_days_before_a_late_extension_stay_expired(engine: Engine) -> None:
    issued = replace(PLAIN, version=1, effective_from=day(0), valid_until=day(100))
    extended = replace(
        PLAIN, kind=DecisionKind.EXTEND, version=1, decided_on=day(115), valid_until=day(800)
    )
    put(engine, history_of([issued, extended]))
    standings = {}
    for number in (100, 101, 114, 115):
        row = Catalogue(engine).version(DOCUMENT, 1, on=day(number))
        standings[number] = row["standing"] if row else None
    assert standings == {100: "in_force", 101: "expired", 114: "expired", 115: "in_force"}
