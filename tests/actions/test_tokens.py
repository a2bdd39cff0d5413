"""Making access tokens: for oneself, with a second look where they may write, and not too many."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from styrdokument.actions import tokens
from styrdokument.actions.house import House
from styrdokument.actions.tokens import MOST, Wanted
from styrdokument.domain.people import Actor, Scope
from styrdokument.domain.problems import Code, NotFound, Problem, Refused
from tests.actions import small
from tests.cast import NOON, TODAY
from tests.databases import Databases

READING = Wanted(name="git", scope=Scope.READ, expires_on=TODAY + timedelta(days=30))
WRITING = replace(READING, scope=Scope.WRITE)


@pytest.fixture(scope="module")
def begun(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, small.Ids]:
    data = databases.place(tmp_path_factory.mktemp("begun"))
    return data, small.build(data)


@pytest.fixture
def house(databases: Databases, begun: tuple[Path, small.Ids], tmp_path: Path) -> Iterator[House]:
    house = small.house_of(databases.copy(begun[0], tmp_path / "data"))
    yield house
    house.close()
    databases.remove(tmp_path / "data")


@pytest.fixture
def alma(house: House, begun: tuple[Path, small.Ids]) -> Actor:
    return small.actor(house, begun[1], "alma")


def refusal(house: House, actor: Actor, wanted: Wanted, **how: object) -> set[tuple[Code, str]]:
    """Why the token is not made, as code and field; nothing is made."""
    with pytest.raises(Refused) as refused:
        tokens.make(house, actor, wanted, **{"second_look": "password"} | how)  # type: ignore[arg-type]
    assert house.tokens.of(actor.id) == []
    return {(problem.code, problem.field) for problem in refused.value.problems}


def test_one_that_reads_is_made_without_a_second_look(house: House, alma: Actor) -> None:
    made, secret = tokens.make(house, alma, READING, second_look=None)

    assert (made.person, made.scope, made.created_at) == (alma.id, Scope.READ, NOON)
    assert house.tokens.find(secret, at=NOON) is not None


def test_one_that_writes_takes_a_second_look(house: House, alma: Actor) -> None:
    wrong = Problem(code=Code.NEEDS_SECOND_LOOK, rule="wrong", field="password")
    needed = {(Code.NEEDS_SECOND_LOOK, "password")}

    assert refusal(house, alma, WRITING, second_look=None) == needed
    assert refusal(house, alma, WRITING, second_look=None, found=[wrong]) == needed
    assert tokens.make(house, alma, WRITING, second_look="password")[0].scope is Scope.WRITE


def test_every_reason_is_told_at_once(house: House, alma: Actor) -> None:
    wrong = Wanted(name=" ", scope=Scope.WRITE, expires_on=date(2020, 1, 1))

    assert refusal(house, alma, wrong, second_look=None) == {
        (Code.NEEDS_SECOND_LOOK, "password"),
        (Code.NEEDS_FIELD, "name"),
        (Code.BAD_VALUE, "expires_on"),
    }


@pytest.mark.parametrize("name", ["x" * 101, "git\x1b[2J", "g\u202eti", "två\nrader"])
def test_a_name_is_one_line_that_can_be_seen(house: House, alma: Actor, name: str) -> None:
    assert refusal(house, alma, replace(READING, name=name)) == {(Code.BAD_VALUE, "name")}


def test_it_lasts_a_year_as_a_rule_and_two_at_most(house: House, alma: Actor) -> None:
    assert tokens.usual_day(house) == date(2027, 11, 21)
    last = tokens.latest_day(house)
    assert last == date(2028, 11, 21)
    for day in (TODAY - timedelta(days=1), last + timedelta(days=1)):
        wanted = replace(READING, expires_on=day)
        assert refusal(house, alma, wanted) == {(Code.BAD_VALUE, "expires_on")}
    for day in (TODAY, last):
        wanted = replace(READING, expires_on=day)
        assert tokens.make(house, alma, wanted, second_look=None)[0].expires_on == day


def test_nobody_has_more_than_twenty_that_work(house: House, alma: Actor) -> None:
    for _ in range(MOST):
        tokens.make(house, alma, READING, second_look=None)
    with pytest.raises(Refused) as refused:
        tokens.make(house, alma, READING, second_look=None)
    tokens.revoke(house, alma, house.tokens.of(alma.id)[3].number)
    tokens.make(house, alma, READING, second_look=None)

    assert [problem.rule for problem in refused.value.problems] == ["too_many_tokens"]
    assert len(tokens.live(house, alma.id)) == MOST
    assert len(house.tokens.of(alma.id)) == MOST + 1


def test_nobody_revokes_anothers(house: House, alma: Actor, begun: tuple[Path, small.Ids]) -> None:
    made, _ = tokens.make(house, alma, READING, second_look=None)

    with pytest.raises(NotFound):
        tokens.revoke(house, small.actor(house, begun[1], "dag"), made.number)
    assert tokens.live(house, alma.id) == [made]


def test_whoever_has_left_is_nobody_with_a_token_too(house: House, alma: Actor) -> None:
    _, secret = tokens.make(house, alma, READING, second_look=None)
    house.accounts.disable("alma", at=NOON)

    assert house.tokens.find(secret, at=NOON) is None
    assert house.actor(alma.id) is None
