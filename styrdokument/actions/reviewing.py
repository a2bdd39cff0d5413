"""Submitting, approving, returning, commenting and withdrawing: the steps that write no text.

Each is judged by the one table, under the lock, on what stands then.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from styrdokument.actions.house import House, Sitting, check_clock, function_for, sitting
from styrdokument.domain.case import CaseNumber, Step
from styrdokument.domain.decisionfile import Meaning
from styrdokument.domain.document import DocumentId
from styrdokument.domain.matter import Draft, Given
from styrdokument.domain.people import Actor
from styrdokument.domain.problems import NotFound
from styrdokument.domain.review import approves, entries_of, meaning_of, unattested
from styrdokument.domain.transitions import take


def submit(house: House, actor: Actor, number: CaseNumber, given: Given) -> None:
    """Hand the drafts to their reviewers."""
    facts = {"change_note": given.change_note.strip(), "significance": str(given.significance)}
    with sitting(house, actor, number) as now:
        _record(house, actor, now, Step.SUBMIT, given, facts)


def approve(house: House, actor: Actor, number: CaseNumber, given: Given) -> None:
    """Say yes to exactly the bytes that `actor` has seen, and no others."""
    actor = house.live(actor)
    with sitting(house, actor, number) as now:
        check_clock(house, now.at)
        drafts = [now.matter.drafts[document] for document in approves(now.matter, actor, given)]
        facts = _approval(now, actor, given, drafts, meaning_of(now.matter.case.kind))
        _record(house, actor, now, Step.APPROVE, given, facts)


def attest_minutes(house: House, actor: Actor, number: CaseNumber, given: Given) -> None:
    """Say that what the registrar entered is what the minutes have (rule 20)."""
    actor = house.live(actor)
    with sitting(house, actor, number) as now:
        check_clock(house, now.at)
        drafts = unattested(now.matter)
        facts = _approval(now, actor, given, drafts, Meaning.ATTESTED)
        _record(house, actor, now, Step.ATTEST_MINUTES, given, facts)


def send_back(house: House, actor: Actor, number: CaseNumber, given: Given) -> None:
    """Send the drafts back to their writers, with the reason."""
    facts = {"reason": given.reason.strip()}
    with sitting(house, actor, number) as now:
        _record(house, actor, now, Step.RETURN, given, facts)


def comment(
    house: House,
    actor: Actor,
    number: CaseNumber,
    given: Given,
    *,
    document: DocumentId | None = None,
    quote: str = "",
    reply_to: int | None = None,
) -> None:
    """Remark on the drafts, on some words of them, or on another remark. Raises NotFound."""
    facts = {
        "body": given.comment.strip(),
        "document": document,
        "quote": quote.strip(),
        "reply_to": reply_to,
    }
    with sitting(house, actor, number) as now:
        if document is not None and document not in now.matter.drafts:
            raise NotFound(document)
        if reply_to is not None:
            _find_comment(now, reply_to)
        _record(house, actor, now, Step.COMMENT, given, facts)


def resolve(house: House, actor: Actor, number: CaseNumber, remark: int) -> None:
    """Mark a remark as dealt with. Raises NotFound."""
    with sitting(house, actor, number) as now:
        _find_comment(now, remark)
        _record(house, actor, now, Step.RESOLVE, Given(), {"comment": remark})


def withdraw(house: House, actor: Actor, number: CaseNumber, given: Given) -> None:
    """End the case without a decision."""
    facts = {"reason": given.reason.strip()}
    with sitting(house, actor, number) as now:
        _record(house, actor, now, Step.WITHDRAW, given, facts)


def _record(
    house: House, actor: Actor, now: Sitting, step: Step, given: Given, facts: Mapping[str, Any]
) -> None:
    by = house.sign(actor, function_for(now.matter, actor, step))
    event = take(step, now.matter, actor, given, by=by, at=now.at, facts=facts)
    house.cases.record(house.git.batch(), now.held.case.number, event, after=now.held)


def _approval(
    now: Sitting, actor: Actor, given: Given, drafts: Iterable[Draft], meaning: Meaning
) -> dict[str, Any]:
    return {
        "documents": [
            {
                "id": draft.id,
                "content_hash": draft.content_hash,
                "base_version": draft.base_version,
                "entries": list(entries_of(now.matter, draft, actor)),
            }
            for draft in drafts
        ],
        "meaning": str(meaning),
        "method": given.second_look or "session",
        "comment": given.comment.strip(),
    }


def _find_comment(now: Sitting, number: int) -> None:
    if number not in {comment.number for comment in now.matter.case.comments}:
        raise NotFound(number)
