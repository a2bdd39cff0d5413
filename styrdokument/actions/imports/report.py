"""What an import did, or would do: a row for every document, and what concerns the whole source.

Rules of remarks are words of the labels (`remark.<rule>`); nothing here is said in any language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from styrdokument.actions.imports.remark import Remark
from styrdokument.actions.imports.spelling import Owner
from styrdokument.domain.document import DocumentId
from styrdokument.domain.problems import Problem


class Outcome(StrEnum):
    """What became of a document."""

    IMPORTED = "imported"
    WITH_REMARKS = "imported_with_remarks"
    UNCHANGED = "unchanged"
    """All that its source has is here, or something was done here since: see the remarks."""
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One document; `document` is None where it has no id, as in a dry run.

    `versions` counts those that this import made, or would make; `repeals`: it ended them. The
    days are the newest version's, where this import made it; `is_planned` is of the day of review.
    """

    path: str
    outcome: Outcome
    title: str = ""
    document: DocumentId | None = None
    versions: int = 0
    repeals: bool = False
    effective_from: date | None = None
    valid_until: date | None = None
    review_on: date | None = None
    is_planned: bool = False
    remarks: tuple[Remark, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """A whole import; `removed` counts the documents that the source once had, and were left.

    `copies` are paths of documents whose texts are the same; `owners` the table to correct.
    """

    repository: str
    commit: str
    dry_run: bool
    rows: tuple[Row, ...]
    removed: int = 0
    remarks: tuple[Remark, ...] = ()
    copies: tuple[tuple[str, ...], ...] = ()
    owners: tuple[Owner, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether every document could be imported."""
        return not self.count(Outcome.REFUSED)

    @property
    def versions(self) -> int:
        """How many versions were made."""
        return sum(row.versions for row in self.rows)

    def count(self, outcome: Outcome) -> int:
        """How many documents it went so for."""
        return sum(row.outcome is outcome for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "repository": self.repository,
            "commit": self.commit,
            "dry_run": self.dry_run,
            "counts": {str(outcome): self.count(outcome) for outcome in Outcome},
            "versions": self.versions,
            "removed": self.removed,
            "remarks": [_remark(remark) for remark in self.remarks],
            "documents": [_row(row) for row in self.rows],
            "copies": [list(group) for group in self.copies],
            "dead_links": [
                {"path": row.path, "target": remark.values["target"]}
                for row in self.rows
                for remark in row.remarks
                if remark.rule == "dead_link"
            ],
            "owners": [_owner(owner) for owner in self.owners],
        }


def _row(row: Row) -> dict[str, Any]:
    return {
        "path": row.path,
        "outcome": str(row.outcome),
        "title": row.title,
        "document": row.document,
        "versions": row.versions,
        "repeals": row.repeals,
        "effective_from": _day(row.effective_from),
        "valid_until": _day(row.valid_until),
        "review_on": _day(row.review_on),
        "is_planned": row.is_planned,
        "remarks": [_remark(remark) for remark in row.remarks],
        "problems": [_problem(problem) for problem in row.problems],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _owner(owner: Owner) -> dict[str, Any]:
    return {
        "section": owner.section,
        "name": owner.name,
        "spellings": dict(owner.spellings),
        "entry": owner.entry or None,
    }


def _remark(remark: Remark) -> dict[str, Any]:
    return {"rule": remark.rule, "values": _plain(remark.values)}


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": str(problem.code),
        "rule": problem.rule,
        "field": problem.field,
        "line": problem.line,
        "values": _plain(problem.values),
    }


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    return {key: value if isinstance(value, int) else str(value) for key, value in values.items()}
