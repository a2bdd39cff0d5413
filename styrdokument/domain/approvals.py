"""Approvals as a case's log makes them: the newest of each meaning, by each person, of a document.

None is taken away because a text changed: it names its bytes, and `review` says what counts.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from styrdokument.domain import facts
from styrdokument.domain.decisionfile import Approval, Meaning
from styrdokument.domain.people import PersonId, Who


def with_approval(
    approvals: tuple[Approval, ...], *, by: Who, at: datetime, said: Mapping[str, Any]
) -> tuple[Approval, ...]:
    """The approvals with those that an event gave, in the place of the same person's before."""
    given = tuple(
        Approval(
            by=by,
            document=document,
            content_hash=content,
            base_version=base,
            at=at,
            method=facts.text(said, "method") or "session",
            meaning=facts.choice(said, "meaning", Meaning.REVIEWED),
            entries=facts.texts(entry, "entries"),
        )
        for document, content, base, entry in facts.named_contents(said)
    )
    new = {(by.id, one.document, one.meaning) for one in given}
    return (*(a for a in approvals if (a.by.id, a.document, a.meaning) not in new), *given)


def without_approvals_of(
    approvals: tuple[Approval, ...], person: PersonId | None
) -> tuple[Approval, ...]:
    """The approvals of everybody else."""
    return tuple(one for one in approvals if one.by.id != person)
