"""Eight processes decide one case at the same moment: exactly one wins, in every round."""

import multiprocessing
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from styrdokument.actions.house import House
from styrdokument.actions.verifying import verify_house
from styrdokument.domain.case import CaseNumber
from styrdokument.domain.document import DocumentId
from styrdokument.domain.problems import Conflict
from tests.actions import small
from tests.databases import POSTGRESQL, SQLITE, Databases
from tests.views.library import close

ROUNDS = {SQLITE: 200, POSTGRESQL: 25}
"""Fewer where only the waiting for databases is another."""
PROCESSES = 8
DOCUMENTS = 10
WON, LOST = "won", "lost"
FORK = multiprocessing.get_context("fork")


def test_of_eight_that_decide_at_once_exactly_one_wins(
    databases: Databases, tmp_path: Path
) -> None:
    databases.place(tmp_path)
    ids = small.build(tmp_path)
    house = small.house_of(tmp_path)
    acknowledged = {}
    with deciders(tmp_path, ids) as (gates, barrier):
        for number in range(1, ROUNDS[databases.kind] + 1):
            case = make_ready(house, ids, number)
            for gate in gates:
                gate.send(case)
            barrier.wait()
            outcomes = [gate.recv() for gate in gates]
            assert sorted(outcomes) == [LOST] * (PROCESSES - 1) + [WON]
            acknowledged[case] = (number - 1) // DOCUMENTS + 1
    house.index.catch_up()
    assert len(acknowledged) == ROUNDS[databases.kind]
    check_record(house, acknowledged)
    close(house)


def make_ready(house: House, ids: small.Ids, number: int) -> CaseNumber:
    """A case that only its decision is left of: the first few new, then revisions in turn."""
    if number <= DOCUMENTS:
        case = small.open_new(house, ids)
    else:
        document = DocumentId(1000 + (number - 1) % DOCUMENTS)
        case = small.open_revision(house, ids, document)
    small.make_ready(house, ids, case, f"Text nummer {number}.\n")
    return case


@contextmanager
def deciders(data: Path, ids: small.Ids) -> Iterator[tuple[list[Connection], Any]]:
    """Processes that each wait for a case, and decide it when all are ready."""
    barrier = FORK.Barrier(PROCESSES + 1)
    pipes = [FORK.Pipe() for _ in range(PROCESSES)]
    processes = [
        FORK.Process(target=decide_again_and_again, args=(data, ids, theirs, barrier))
        for _, theirs in pipes
    ]
    for process in processes:
        process.start()
    gates = [ours for ours, _ in pipes]
    try:
        yield gates, barrier
    finally:
        for gate, process in zip(gates, processes, strict=True):
            gate.send(None)
            process.join(timeout=30)
            process.kill()


def decide_again_and_again(data: Path, ids: small.Ids, gate: Connection, barrier: Any) -> None:
    """One process: decide each case that comes, and tell whether it was acknowledged."""
    house = small.house_of(data)
    while (case := gate.recv()) is not None:
        barrier.wait()
        try:
            small.decide(house, ids, case)
        except Conflict:
            gate.send(LOST)
        else:
            gate.send(WON)
    close(house)


def check_record(house: House, acknowledged: dict[CaseNumber, int]) -> None:
    """The record holds exactly the acknowledged decisions, once each, and is whole."""
    decided = [f.decision for f in house.record.everything_decided() if f.decision.case]
    assert sorted((d.case, d.version) for d in decided) == sorted(acknowledged.items())
    assert verify_house(house).findings == ()
    checked = subprocess.run(
        ["git", "fsck", "--strict"], cwd=house.git.path, capture_output=True, check=False
    )
    assert checked.returncode == 0
