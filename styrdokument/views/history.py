"""Every decision about a document, newest first, as it stands on the record."""

from hashlib import sha256
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from styrdokument.domain.decisionfile import ISSUES_A_VERSION, from_bytes
from styrdokument.domain.document import DocumentId
from styrdokument.store.catalogue import Row
from styrdokument.views.card import basis_said, decider_said, documents_said, who_said
from styrdokument.views.reading import DOCUMENT, shown, versions_of
from styrdokument.views.support import house, page

bp = Blueprint("history", __name__, url_prefix="/documents")


@bp.get(f"/{DOCUMENT}/history")
def show(document: int) -> ResponseReturnValue:
    """The decisions about the versions that the visitor may read."""
    row = shown(document)
    readable = {one["version"] for one in versions_of(document)}
    found = house().catalogue.decisions(DocumentId(document))
    entries = [_entry(one, row) for one in found if one["version"] in readable | {None}]
    return page("documents/history.html", row=row, entries=entries)


def _entry(filed: Row, row: Row) -> dict[str, Any]:
    """One decision in words."""
    decision = from_bytes(filed["file"].encode())
    successor = [decision.successor] if decision.successor else []
    return {
        "decision": decision,
        "decided_by": decider_said(decision.decided_by),
        "recorded_by": who_said(decision.recorded_by),
        "basis": basis_said(decision.basis),
        "approvals": [(who_said(one.by), one) for one in decision.approvals],
        "successor": documents_said(successor, row),
        "issues_a_version": decision.kind in ISSUES_A_VERSION,
        "path": filed["path"],
        "sha256": sha256(filed["file"].encode()).hexdigest(),
    }
