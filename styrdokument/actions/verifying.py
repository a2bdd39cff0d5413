"""Verifying a whole data directory: the record, and all that is kept beside it and must agree.

Nothing is mended here, and nothing is locked: what changes meanwhile is looked at again.
"""

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from styrdokument.actions.house import House
from styrdokument.actions.telling import CURSOR
from styrdokument.domain.case import Case, State
from styrdokument.domain.decisionfile import Decision
from styrdokument.domain.drawing_up import BOARDS_TEXT
from styrdokument.domain.problems import NotFound, Refused
from styrdokument.store.claims import Finding
from styrdokument.store.git import Damaged, Git, Missing
from styrdokument.store.index import Index
from styrdokument.store.sql import open_database
from styrdokument.store.verify import Report, verify_record

SHOWN = 200
UNREADABLE = (Damaged, Missing, NotFound, Refused, AttributeError, KeyError, TypeError, ValueError)


def verify_house(house: House, *, signers: bytes | None = None) -> Report:
    """The record's report, and where index, case logs or outbox say otherwise than the record.

    An index that is ahead, a case that is decided in its own log alone and news that were told of
    later decisions all show that `main` was put back.
    """
    told = house.journal.told_up_to(CURSOR)
    report = verify_record(house.git, signers=signers)
    found = list(report.findings)
    if told > report.decisions:
        found.append(_found("outbox", f"has told of decision {told}"))
    for place, look in {"index": _index_findings, "cases": _case_findings}.items():
        try:
            found += look(house)
        except UNREADABLE as error:
            found.append(_found(place, f"cannot be read: {error}"))
    return replace(report, findings=tuple(found))


def verify_repository(path: Path, *, signers: bytes | None = None) -> Report:
    """The report of a clone, bare or not, with nothing else at hand. Raises NotFound."""
    folder = next((p for p in (path, path / ".git") if (p / "HEAD").is_file()), None)
    if folder is None:
        raise NotFound(str(path))
    with closing(Git(folder)) as git:
        return verify_record(git, signers=signers)


def _index_findings(house: House) -> Iterator[Finding]:
    """Every row that a rebuilding would not make, or that it would."""
    while (kept := _rows(house.index)) != (made := _rebuilt_rows(house)):
        if _rows(house.index) == kept:  # else somebody has just decided something
            for table, row, _hash in sorted(kept ^ made):
                yield _found(f"index: {table}", f"differs from the record: {row}")
            return


def _rebuilt_rows(house: House) -> set[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        made = house.index.another(open_database(Path(folder) / "index.db"))
        try:
            made.prepare()
            made.rebuild()
            return _rows(made)
        finally:
            made.engine.dispose()


def _rows(index: Index) -> set[tuple[str, str, str]]:
    """Each row as its table, its beginning in words, and the hash of all of it."""
    shown = ((table, repr(sorted(row.items()))) for table, row in index.dump())
    return {(t, s[:SHOWN], hashlib.sha256(s.encode()).hexdigest()) for t, s in shown}


def _case_findings(house: House) -> Iterator[Finding]:
    """Where a closed log and its decision tell two things; logs that are gone tell nothing."""
    cases = [house.cases.read(number).case for number in house.cases.numbers()]
    decided: dict[int | None, list[Decision]] = defaultdict(list)
    for filed in house.record.everything_decided():  # after the logs, which are closed last
        decided[filed.decision.case].append(filed.decision)
    for case in cases:
        if case.state is not State.DECIDED:
            continue
        if not decided[case.number]:
            yield _found(f"case {case.number}", "is decided, but not on main")
        for decision in decided[case.number]:
            if decision.document in case.contents:
                yield from _told_otherwise(case, decision)


def _told_otherwise(case: Case, decision: Decision) -> Iterator[Finding]:
    place = f"decision {decision.seq}"
    if set(decision.contributors) != set(case.contributors):
        yield _found(place, f"has other contributors than case {case.number}")
    board = case.boards_texts.get(decision.document) if decision.document else None
    entered = [(board.reviewed, board.by.id)] if board else []
    facts = [fact for fact in decision.facts if fact.get("remark") == BOARDS_TEXT]
    if [(fact.get("reviewed"), fact.get("entered_by")) for fact in facts] != entered:
        yield _found(place, f"tells otherwise than case {case.number} of what the board changed")
    logged = {(a.by.id, a.document, a.content_hash, a.base_version) for a in case.approvals}
    for approval in decision.approvals:
        told = (approval.by.id, approval.document, approval.content_hash, approval.base_version)
        if told not in logged:
            yield _found(place, f"approval by {approval.by.id} is not in case {case.number}")


def _found(place: str, what: str) -> Finding:
    return Finding(commit="", place=place, what=what)
