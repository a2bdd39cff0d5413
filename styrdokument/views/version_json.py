"""A version as JSON, with the contract's keys; dates are ISO 8601, people as the record has them.

The keys are public: add, and never rename.
"""

from datetime import date
from typing import Any

from styrdokument.domain.decisionfile import who_to_plain
from styrdokument.domain.document import TEXT
from styrdokument.domain.validity import Standing
from styrdokument.store.catalogue import Row
from styrdokument.views.reading import decision_of, versions_of


def in_json(row: Row) -> dict[str, Any]:
    """One version, whole."""
    decision = decision_of(row["seq"])
    fields, basis = row["fields"], decision.basis
    return {
        **in_list(row),
        "language": row["language"],
        "applies_to": fields["applies_to"],
        "decided_at": decision.decided_on.isoformat(),
        "recorded_at": decision.recorded_at.isoformat(),
        "decided_by": who_to_plain(decision.decided_by) if decision.decided_by else None,
        "basis": {key: _plain(value) for key, value in vars(basis).items()},
        "change_note": row["change_note"] or None,
        "sha256": next(f["sha256"] for f in row["content"] if f["path"] == TEXT),
        "content_hash": row["content_hash"],
        "text": row["body"],
        "links": _links(row),
    }


def in_list(row: Row) -> dict[str, Any]:
    """One version, as lists show it."""
    return {
        "id": row["document"],
        "version": row["version"],
        "title": row["title"],
        "type": row["type"],
        "audience": row["audience"],
        "standing": str(row["standing"]),
        "effective_from": row["effective_from"].isoformat(),
        "valid_until": row["valid_until"].isoformat() if row["valid_until"] else None,
        "fact_owner": row["fact_owner"],
        "case_officer": row["case_officer"],
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _links(row: Row) -> dict[str, str | None]:
    """Where to go from here; only to what the visitor may read."""
    document = f"/documents/{row['document']}"
    here = f"{document}/versions/{row['version']}"
    numbers = [one["version"] for one in versions_of(row["document"])]
    before = max((n for n in numbers if n < row["version"]), default=None)
    after = min((n for n in numbers if n > row["version"]), default=None)
    is_shown = row["standing"] not in {Standing.SUPERSEDED, Standing.UPCOMING}
    return {
        "self": f"{here}.json",
        "html": document if is_shown else here,
        "markdown": f"{here}.md",
        "document": document,
        "history": f"{document}/history",
        "previous": f"{document}/versions/{before}.json" if before else None,
        "next": f"{document}/versions/{after}.json" if after else None,
    }
