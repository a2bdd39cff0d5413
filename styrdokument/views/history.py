"""Every decision about a document, newest first, as it stands on the record."""

from hashlib import sha256
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from styrdokument.domain.decisionfile import ISSUES_A_VERSION, from_bytes
from styrdokument.domain.document import DocumentId
from styrdokument.store.catalogue import Row
from styrdokument.views.card import basis_said, decider_said, documents_said, who_said
from styrdokument.views.kept import kept
from styrdokument.views.reading import DOCUMENT, shown, versions_of
from styrdokument.views.support import house, page, visitor, words

bp = Blueprint("history", __name__, url_prefix="/documents")


@bp.get(f"/{DOCUMENT}/history")
def show(document: int) -> ResponseReturnValue:
    """The decisions about the versions that the visitor may read."""
    inside = kept("documents/decided.html", lambda: _decided(document))
    return page("documents/history.html", inside=inside)


def _decided(document: int) -> dict[str, Any]:
    row = shown(document)
    readable = {one["version"] for one in versions_of(document)}
    found = house().catalogue.decisions(DocumentId(document))
    entries = [_entry(one, row) for one in found if one["version"] in readable | {None}]
    title = words().say("history.title", title=row["title"])
    return {"row": row, "entries": entries, "title": title, "is_signed_in": visitor() is not None}


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
