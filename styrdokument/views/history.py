"""Every decision about a document, newest first, as it stands on the record; and its reminders.

Who was reminded is for those who are signed in. It is no part of what is kept: it changes without
the record moving.
"""

from hashlib import sha256
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from styrdokument.actions.explaining import names_of, people_in, reason_said, stage_said
from styrdokument.domain.decisionfile import (
    ISSUES_A_VERSION,
    Approval,
    Decision,
    DecisionKind,
    Meaning,
    from_bytes,
)
from styrdokument.domain.document import DocumentId
from styrdokument.store.catalogue import Row
from styrdokument.views.card import basis_said, decider_said, documents_said, who_said
from styrdokument.views.kept import kept
from styrdokument.views.presenting import moment
from styrdokument.views.reading import DOCUMENT, shown, versions_of
from styrdokument.views.support import house, page, registers, visitor, words

bp = Blueprint("history", __name__, url_prefix="/documents")


@bp.get(f"/{DOCUMENT}/history")
def show(document: int) -> ResponseReturnValue:
    """The decisions about the versions that the visitor may read."""
    inside = kept("documents/decided.html", lambda: _decided(document))
    reminders = _reminders(document) if visitor() else []
    return page("documents/history.html", inside=inside, reminders=reminders)


def _reminders(document: int) -> list[dict[str, Any]]:
    """The reminders that went, or are to go, the newest first, in words."""
    rows = house().reminders.about(document)
    reasons = [row["reason"] for row in rows]
    names = names_of(house(), people_in(reasons) | {row["recipient"] for row in rows})
    return [
        {
            **row,
            "name": names.get(row["recipient"], row["recipient"]),
            "stage": stage_said(words(), row["stage"]),
            "why": reason_said(words(), row["reason"], registers(), names),
        }
        for row in rows
    ]


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
        "approvals": [(who_said(one.by), _yes_said(decision, one)) for one in decision.approvals],
        "registrars": [who_said(who) for who in decision.participants],
        "successor": documents_said(successor, row),
        "issues_a_version": decision.kind in ISSUES_A_VERSION,
        "path": filed["path"],
        "sha256": sha256(filed["file"].encode()).hexdigest(),
    }


def _yes_said(decision: Decision, given: Approval) -> str:
    """What somebody said yes to, and when; a board may have changed the text since (rule 20)."""
    say, when = words().say, moment(given.at)
    is_of_minutes = given.meaning is Meaning.ATTESTED and decision.kind is not DecisionKind.EXTEND
    meaning = say(f"meaning.{given.meaning}{'_minutes' if is_of_minutes else ''}")
    if given.content_hash == decision.content_hash:
        return say("history.approved_at", meaning=meaning, when=when)
    sha256 = given.content_hash
    return say("history.approved_earlier", meaning=meaning, when=when, sha256=sha256)
