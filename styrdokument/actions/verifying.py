"""Verifying a whole data directory: the record, and that the index is what the record makes."""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from styrdokument.actions.house import House
from styrdokument.domain.problems import NotFound
from styrdokument.store.git import Git
from styrdokument.store.index import Index
from styrdokument.store.sql import open_database
from styrdokument.store.verify import Finding, Report, verify_record

SHOWN = 200


def verify_house(house: House, *, signers: bytes | None = None) -> Report:
    """The record's report, with every row of the index that a rebuilding would not make."""
    report = verify_record(house.git, signers=signers)
    return replace(report, findings=(*report.findings, *_index_findings(house)))


def verify_repository(path: Path, *, signers: bytes | None = None) -> Report:
    """The report of a clone, bare or not, with nothing else at hand. Raises NotFound."""
    folder = next((p for p in (path, path / ".git") if (p / "HEAD").is_file()), None)
    if folder is None:
        raise NotFound(str(path))
    return verify_record(Git(folder), signers=signers)


def _index_findings(house: House) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory() as folder:
        made = house.index.another(open_database(Path(folder) / "index.db"))
        made.prepare()
        made.rebuild()
        kept_rows, made_rows = _rows(house.index), _rows(made)
        made.engine.dispose()
    for table, row, _hash in sorted(kept_rows ^ made_rows):
        yield Finding(commit="", place=f"index: {table}", what=f"differs from the record: {row}")


def _rows(index: Index) -> set[tuple[str, str, str]]:
    """Each row as its table, its beginning in words, and the hash of all of it."""
    shown = ((table, repr(sorted(row.items()))) for table, row in index.dump())
    return {(t, s[:SHOWN], hashlib.sha256(s.encode()).hexdigest()) for t, s in shown}
