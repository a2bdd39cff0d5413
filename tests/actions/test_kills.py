"""A kill at any write of a save, an approval or a decision leaves all of it or none of it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from styrdokument.actions import reviewing
from styrdokument.actions.house import House
from styrdokument.actions.pushes.receiving import receive
from styrdokument.actions.verifying import verify_house
from styrdokument.domain.case import CaseNumber, State, Step
from styrdokument.domain.document import DocumentId, folder_of
from styrdokument.domain.matter import Given
from styrdokument.domain.pushing import Command, Options
from styrdokument.store.git import Git, ObjectId
from styrdokument.store.incoming import incoming
from tests.actions import small
from tests.actions.kills import check_repository, houses_after_each_kill
from tests.cast import NOON
from tests.databases import Databases
from tests.views.library import close

FIRST, CASE = CaseNumber(1), CaseNumber(2)
BRANCH = "draft/lista"
DOCUMENT = DocumentId(1000)
BODY = "Tre medarbetare.\n"


@pytest.fixture(scope="module")
def begun(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, small.Ids]:
    """An adopted routine, and the revision of it that alma has begun."""
    data = databases.place(tmp_path_factory.mktemp("begun"))
    ids = small.build(data)
    house = small.house_of(data)
    small.make_ready(house, ids, small.open_new(house, ids), "Två medarbetare.\n")
    small.decide(house, ids, FIRST)
    small.open_revision(house, ids, DOCUMENT)
    close(house)
    subprocess.run(["git", "gc", "-q"], cwd=data / "record.git", check=True)
    return data, ids


def advanced(
    databases: Databases, begun: tuple[Path, small.Ids], folder: Path, *logins: str
) -> Path:
    """A copy of the revision, saved, submitted and approved by some."""
    data, ids = begun
    databases.copy(data, folder)
    house = small.house_of(folder)
    small.save(house, ids, CASE, BODY)
    small.submit(house, ids, CASE)
    for login in logins:
        small.approve(house, ids, CASE, login)
    close(house)
    return folder


def check_whole(house: House) -> None:
    """The repository, the chain and the index are whole, and the draft's branch is at its log."""
    check_repository(house)
    assert verify_house(house).findings == ()
    held = house.cases.read(CASE)
    branch = house.git.tip(f"refs/heads/{held.case.branch}")
    assert branch == (held.tip if held.case.is_open else None)


def is_saved(house: House) -> bool:
    return Step.SAVE in [event.step for event in house.cases.read(CASE).events]


def is_decided(house: House) -> bool:
    adopted = house.matters.adopted(DOCUMENT)
    assert adopted is not None
    return adopted.history.next_number == 3


def test_a_save_is_whole_or_has_not_happened(
    databases: Databases, begun: tuple[Path, small.Ids], tmp_path: Path
) -> None:
    data, ids = begun
    outcomes = []
    for house in houses_after_each_kill(
        databases, data, tmp_path, lambda h: small.save(h, ids, CASE, BODY)
    ):
        check_whole(house)
        outcomes.append(is_saved(house))
        if not outcomes[-1]:
            small.save(house, ids, CASE, BODY)
        held = house.cases.read(CASE)
        assert [event.step for event in held.events] == [Step.OPEN, Step.SAVE]
        assert held.case.contents[DOCUMENT] == small.draft(house, CASE).content_hash
    check_outcomes(outcomes)


def test_a_push_is_whole_or_has_not_happened(
    databases: Databases, begun: tuple[Path, small.Ids], tmp_path: Path
) -> None:
    data, ids = begun
    start = tmp_path / "start"
    databases.copy(data, start)
    house = small.house_of(start)
    reviewing.withdraw(house, small.actor(house, ids, "alma"), CASE, Given(reason="Nej."))
    tip, pack = pack_of_a_client(house, ids["alma"], tmp_path)
    close(house)

    def push(house: House) -> None:
        command = Command(ref=f"refs/heads/{BRANCH}", old=None, new=tip)
        with incoming(house.git.path) as brought, pack.open("rb") as body:
            brought.take(body, 0)
            receive(house, small.actor(house, ids, "alma"), command, Options(), brought)

    outcomes = []
    for house in houses_after_each_kill(databases, start, tmp_path, push, every=2):
        check_repository(house)
        assert verify_house(house).findings == ()
        outcomes.append(BRANCH in house.catalogue.branches())
        assert house.git.tip(f"refs/heads/{BRANCH}") == (tip if outcomes[-1] else None)
        if not outcomes[-1]:
            push(house)
        held = house.cases.read(CaseNumber(house.catalogue.branches()[BRANCH]))
        assert [event.step for event in held.events] == [Step.OPEN, Step.SAVE]
        assert held.tip == tip
    check_outcomes(outcomes)


def pack_of_a_client(house: House, person: str, folder: Path) -> tuple[ObjectId, Path]:
    """A commit that adds an appendix to the routine, in the pack that a push of it sends."""
    main = house.record.head
    assert main is not None
    shutil.copytree(house.git.path, folder / "clone.git")
    clone = Git(folder / "clone.git")
    batch = clone.batch()
    path = f"{folder_of(DOCUMENT)}/lista.csv"
    tree = batch.tree(main, {path: batch.blob(b"a;b\n")})
    commit = batch.commit(tree, parents=(main,), author=person, at=NOON, message="x\n")
    batch.flush()
    clone.close()
    pack = folder / "push.pack"
    with pack.open("wb") as file:
        subprocess.run(
            ["git", "-C", clone.path, "pack-objects", "--revs", "--stdout", "-q"],
            input=f"{commit}\n^{main}\n".encode(),
            stdout=file,
            check=True,
        )
    return commit, pack


def test_an_approval_is_whole_or_has_not_happened(
    databases: Databases, begun: tuple[Path, small.Ids], tmp_path: Path
) -> None:
    ids, data = begun[1], advanced(databases, begun, tmp_path / "start")
    outcomes = []
    for house in houses_after_each_kill(
        databases, data, tmp_path, lambda h: small.approve(h, ids, CASE, "birgit")
    ):
        check_whole(house)
        outcomes.append(bool(small.matter(house, CASE).case.approvals))
        if not outcomes[-1]:
            small.approve(house, ids, CASE, "birgit")
        given = small.matter(house, CASE).case.approvals
        assert [approval.by.id for approval in given] == [ids["birgit"]]
    check_outcomes(outcomes)


def test_a_decision_is_whole_or_has_not_happened(
    databases: Databases, begun: tuple[Path, small.Ids], tmp_path: Path
) -> None:
    ids, data = begun[1], advanced(databases, begun, tmp_path / "start", "birgit", "cecilia")
    outcomes = []
    for house in houses_after_each_kill(
        databases, data, tmp_path, lambda h: small.decide(h, ids, CASE)
    ):
        check_whole(house)
        outcomes.append(is_decided(house))
        assert (small.matter(house, CASE).case.state is State.DECIDED) is outcomes[-1]
        if not outcomes[-1]:
            small.decide(house, ids, CASE)
        check_decided(house, ids)
    check_outcomes(outcomes)


def check_decided(house: House, ids: small.Ids) -> None:
    """Record, case, index and outbox all say so, once."""
    filed = house.record.decisions_of(DOCUMENT)
    assert [one.decision.version for one in filed] == [1, 2]
    assert small.matter(house, CASE).case.state is State.DECIDED
    shown = house.catalogue.shown(DOCUMENT, on=house.today)
    assert shown is not None
    assert (shown["version"], shown["body"]) == (2, BODY)
    news = f"decision:{filed[-1].decision.seq}"
    told = [row["recipient"] for row in house.journal.outbox() if row["happening"] == news]
    assert told == [ids["alma"]]


def check_outcomes(outcomes: list[bool]) -> None:
    """Early kills left nothing, late ones everything, and none in between."""
    assert outcomes == sorted(outcomes)
    assert set(outcomes) == {False, True}
