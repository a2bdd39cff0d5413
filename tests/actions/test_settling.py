"""What a stop cut off is finished at the next start; where it can't be, readers are served."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from styrdokument.actions import deciding, opening
from styrdokument.actions.examining import examine
from styrdokument.actions.house import House
from styrdokument.actions.verifying import verify_house
from styrdokument.app import open_house
from styrdokument.config import read_config
from styrdokument.domain.case import CaseNumber, Kind, State
from styrdokument.domain.document import DocumentId
from styrdokument.domain.matter import Given
from styrdokument.domain.problems import Code, Conflict, Refused
from tests.actions import small
from tests.cast import NOON
from tests.databases import Databases
from tests.views.library import close

DOCUMENT, OTHER = DocumentId(1000), DocumentId(1001)


class Stopped(Exception):
    """Where the process was killed."""


@pytest.fixture(scope="module")
def begun(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, small.Ids]:
    """Two adopted routines; the first is being revised."""
    data = databases.place(tmp_path_factory.mktemp("begun"))
    ids = small.build(data)
    house = small.house_of(data)
    for text in ("Ett.\n", "Två.\n"):
        case = small.open_new(house, ids)
        small.make_ready(house, ids, case, text)
        small.decide(house, ids, case)
    small.open_revision(house, ids, DOCUMENT)
    close(house)
    return data, ids


@pytest.fixture
def data(databases: Databases, begun: tuple[Path, small.Ids], tmp_path: Path) -> Iterator[Path]:
    yield databases.copy(begun[0], tmp_path / "data")
    databases.remove(tmp_path / "data")


@pytest.fixture
def ids(begun: tuple[Path, small.Ids]) -> small.Ids:
    return begun[1]


def stop(*_facts: object, **_more: object) -> None:
    raise Stopped


def decide(house: House, ids: small.Ids, case: CaseNumber, **facts: Any) -> None:
    seen = small.matter(house, case).snapshot
    given = Given(snapshot=seen, second_look="password", reason="Det behövs.", **facts)
    deciding.decide(house, small.actor(house, ids, "dag"), case, given)


def open_on(house: House, ids: small.Ids, kind: Kind, document: DocumentId) -> CaseNumber:
    return opening.open_case(house, small.actor(house, ids, "alma"), kind, [document])


def start(data: Path) -> House:
    return open_house(read_config(data, {}), now=lambda: NOON)


@pytest.mark.parametrize("at", ["_close", "_end_cases_on_repealed"])
def test_a_repeal_that_was_cut_off_ends_the_other_cases_at_the_next_start(
    data: Path, ids: small.Ids, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    house = small.house_of(data)
    repeal = open_on(house, ids, Kind.REPEAL, DOCUMENT)
    with monkeypatch.context() as patch:
        patch.setattr(deciding, at, stop)
        with pytest.raises(Stopped):
            decide(house, ids, repeal)
    close(house)
    check_repealed(data, repeal, CaseNumber(3))


def test_a_replacement_that_was_cut_off_ends_the_cases_on_what_it_replaced(
    data: Path, ids: small.Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = small.house_of(data)
    revision = small.open_revision(house, ids, OTHER)
    reviewers = [ids["birgit"], ids["cecilia"]]
    small.save(house, ids, revision, "Båda.\n", reviewers=reviewers, replaces=[str(DOCUMENT)])
    small.submit(house, ids, revision)
    for login in ("birgit", "cecilia"):
        small.approve(house, ids, revision, login)
    with monkeypatch.context() as patch:
        patch.setattr(deciding, "_close", stop)
        with pytest.raises(Stopped):
            small.decide(house, ids, revision)
    close(house)
    check_repealed(data, revision, CaseNumber(3))


def check_repealed(data: Path, decided: CaseNumber, ended: CaseNumber) -> None:
    house = start(data)
    assert house.cases.read(decided).case.state is State.DECIDED
    held = house.cases.read(ended)
    assert held.case.state is State.WITHDRAWN
    assert held.events[-1].facts["because"] == "repealed"
    assert held.events[-1].facts["document"] == DOCUMENT
    assert house.git.tip(f"refs/heads/{held.case.branch}") is None
    assert verify_house(house).findings == ()
    house.close()


def test_settling_again_changes_nothing(data: Path) -> None:
    house = start(data)
    before = house.git.tips("refs/")
    deciding.settle(house)
    assert house.git.tips("refs/") == before
    house.close()


def test_a_repeal_names_the_version_that_applies_with_its_own_content(
    data: Path, ids: small.Ids
) -> None:
    house = small.house_of(data)
    case = CaseNumber(3)
    small.make_ready(house, ids, case, "Det som kommer.\n")
    decide(house, ids, case, effective_from=house.today + timedelta(days=30))
    decide(house, ids, open_on(house, ids, Kind.REPEAL, DOCUMENT))
    first, _, repeal = [filed.decision for filed in house.record.decisions_of(DOCUMENT)]
    assert (repeal.version, repeal.content) == (1, first.content)
    assert verify_house(house).findings == ()
    close(house)


def test_numbers_that_are_in_use_are_not_given_again_though_the_count_of_them_is_lost(
    data: Path, ids: small.Ids
) -> None:
    house = small.house_of(data)
    house.git.move("refs/meta/numbers", old=house.git.tip("refs/meta/numbers"), new=None)
    close(house)
    house = start(data)
    case = small.open_new(house, ids)
    assert case == 4
    assert house.cases.read(case).case.documents == (1002,)
    house.close()


def test_a_second_revision_is_refused_though_the_index_has_not_heard_of_the_first(
    data: Path, ids: small.Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick, slow = small.house_of(data), small.house_of(data)
    with monkeypatch.context() as patch:
        patch.setattr(slow.index, "catch_up", lambda: None)
        small.open_revision(slow, ids, OTHER)
    with pytest.raises(Conflict) as caught:
        small.open_revision(quick, ids, OTHER)
    assert [problem.code for problem in caught.value.problems] == [Code.OPEN_REVISION_EXISTS]
    close(quick)
    close(slow)


def break_log(data: Path) -> None:
    """Take the newest event of a case away."""
    tip = (data / "record.git/refs/cases/3").read_text().strip()
    (data / "record.git/objects" / tip[:2] / tip[2:]).unlink()


def break_decision(data: Path) -> None:
    """Put `main` where nothing can be read."""
    (data / "record.git/refs/heads/main").write_text(f"{'0' * 39}1\n")


def break_main(data: Path) -> None:
    """Make `main` what is no reference."""
    (data / "record.git/refs/heads/main").write_text("x\n")


@pytest.mark.parametrize("break_", [break_log, break_decision, break_main])
def test_where_the_record_does_not_hold_the_house_opens_and_nothing_is_written(
    data: Path, break_: Callable[[Path], None]
) -> None:
    break_(data)
    house = start(data)
    assert not house.record.is_writable
    assert house.catalogue.shown(DOCUMENT, on=house.today)
    assert examine(house).problems
    with pytest.raises(Refused) as caught, house.record.lock():
        pass
    assert [problem.code for problem in caught.value.problems] == [Code.NOT_WRITABLE]
    assert verify_house(house).findings
    house.close()
