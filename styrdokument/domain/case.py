"""A case: work towards one decision, folded from what happened in it.

`apply` folds and never judges; what was recorded stays true under later rules. Steps and kinds
are written on the record: they are never renamed. Who may take which step: `transitions`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import reduce
from typing import Any, NewType

from styrdokument.domain import facts
from styrdokument.domain.decisionfile import Approval, DecisionKind, Meaning, Significance
from styrdokument.domain.document import ContentHash, DocumentId
from styrdokument.domain.people import PersonId, Who

CaseNumber = NewType("CaseNumber", int)


class Kind(StrEnum):
    """What a case works towards."""

    NEW = "new"
    REVISE = "revise"
    EXTEND = "extend"
    CORRECT = "correct"
    REPEAL = "repeal"
    ASSIGN = "assign"
    URGENT = "urgent"


HAS_TEXT = frozenset({Kind.NEW, Kind.REVISE, Kind.CORRECT, Kind.URGENT})
"""The kinds that write a new text."""
HAS_DRAFT = HAS_TEXT | {Kind.ASSIGN}
"""The kinds that write at all, on a branch of their own; `assign` writes who is who only."""

DECIDES: Mapping[Kind, DecisionKind] = {
    Kind.NEW: DecisionKind.ADOPT,
    Kind.REVISE: DecisionKind.ADOPT,
    Kind.URGENT: DecisionKind.ADOPT,
    Kind.EXTEND: DecisionKind.EXTEND,
    Kind.CORRECT: DecisionKind.CORRECT,
    Kind.REPEAL: DecisionKind.REPEAL,
    Kind.ASSIGN: DecisionKind.ASSIGN,
}


class State(StrEnum):
    """What people have decided about a case; the calendar has no say."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


OPEN_STATES = frozenset({State.DRAFT, State.IN_REVIEW})


class Step(StrEnum):
    """What somebody does in a case; also the kind of the event that records it."""

    OPEN = "open"
    SAVE = "save"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    COMMENT = "comment"
    RESOLVE = "resolve"
    REASSIGN = "reassign"
    DECIDE = "decide"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened in a case; `facts` are plain JSON values (docs/formats.md)."""

    step: Step
    by: Who
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    via: str = "web"


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A remark on a draft; `reply_to` is another's number, `quote` the words it is about."""

    number: int
    by: Who
    at: datetime
    body: str
    document: DocumentId | None = None
    quote: str = ""
    reply_to: int | None = None
    is_resolved: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case as it stands after its events."""

    number: CaseNumber
    kind: Kind = Kind.NEW
    state: State = State.DRAFT
    opened_by: Who | None = None
    opened_at: datetime | None = None
    branch: str = ""
    contents: Mapping[DocumentId, ContentHash] = field(default_factory=dict, hash=False)
    bases: Mapping[DocumentId, int] = field(default_factory=dict, hash=False)
    contributors: tuple[PersonId, ...] = ()
    approvals: tuple[Approval, ...] = ()
    comments: tuple[Comment, ...] = ()
    change_note: str = ""
    significance: Significance = Significance.SIGNIFICANT
    reason: str = ""
    changed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the case still works towards its decision."""
        return self.state in OPEN_STATES

    @property
    def documents(self) -> tuple[DocumentId, ...]:
        """The case's documents, rising."""
        return tuple(sorted(self.contents))


def fold(number: CaseNumber, events: Iterable[Event]) -> Case:
    """The case that `events`, oldest first, make."""
    return reduce(apply, events, Case(number=number))


def apply(case: Case, event: Event) -> Case:
    """The case after one recorded event; never judges and never raises for what was recorded."""
    return replace(_AFTER[event.step](case, event), changed_at=event.at)


def _opened(case: Case, event: Event) -> Case:
    kind = facts.choice(event.facts, "kind", Kind.REVISE)
    started = list(facts.named_contents(event.facts))
    opener = event.by.id
    return replace(
        case,
        kind=kind,
        opened_by=event.by,
        opened_at=event.at,
        branch=facts.text(event.facts, "branch"),
        contents={document: content for document, content, _, _ in started},
        bases={document: base for document, _, base, _ in started},
        contributors=(opener,) if kind is Kind.NEW and opener else (),
    )


def _saved(case: Case, event: Event) -> Case:
    by = event.by.id
    contributors = case.contributors
    if by is not None and by not in contributors:
        contributors = (*contributors, by)
    return replace(_with_contents(case, event), contributors=contributors)


def _with_contents(case: Case, event: Event) -> Case:
    hashes = facts.by_document(event.facts, "contents", str)
    contents = {document: ContentHash(content) for document, content in hashes.items()}
    bases = facts.by_document(event.facts, "bases", int)
    return replace(case, contents={**case.contents, **contents}, bases={**case.bases, **bases})


def _submitted(case: Case, event: Event) -> Case:
    return replace(
        case,
        state=State.IN_REVIEW,
        change_note=facts.text(event.facts, "change_note"),
        significance=facts.choice(event.facts, "significance", Significance.SIGNIFICANT),
    )


def _approved(case: Case, event: Event) -> Case:
    given = tuple(
        Approval(
            by=event.by,
            document=document,
            content_hash=content,
            base_version=base,
            at=event.at,
            method=facts.text(event.facts, "method") or "session",
            meaning=facts.choice(event.facts, "meaning", Meaning.REVIEWED),
            entries=facts.texts(entry, "entries"),
        )
        for document, content, base, entry in facts.named_contents(event.facts)
    )
    new = {approval.document for approval in given}
    kept = [a for a in case.approvals if a.by.id != event.by.id or a.document not in new]
    return replace(case, approvals=(*kept, *given))


def _returned(case: Case, event: Event) -> Case:
    """Back to draft; whoever sends it back takes their own approval with them."""
    kept = tuple(a for a in case.approvals if a.by.id != event.by.id)
    return replace(
        case, state=State.DRAFT, approvals=kept, reason=facts.text(event.facts, "reason")
    )


def _commented(case: Case, event: Event) -> Case:
    comment = Comment(
        number=len(case.comments) + 1,
        by=event.by,
        at=event.at,
        body=facts.text(event.facts, "body"),
        document=facts.document(event.facts, "document"),
        quote=facts.text(event.facts, "quote"),
        reply_to=facts.number(event.facts, "reply_to"),
    )
    return replace(case, comments=(*case.comments, comment))


def _resolved(case: Case, event: Event) -> Case:
    number = facts.number(event.facts, "comment")
    comments = tuple(
        replace(c, is_resolved=c.is_resolved or c.number == number) for c in case.comments
    )
    return replace(case, comments=comments)


def _decided(case: Case, _event: Event) -> Case:
    return replace(case, state=State.DECIDED)


def _withdrawn(case: Case, event: Event) -> Case:
    return replace(case, state=State.WITHDRAWN, reason=facts.text(event.facts, "reason"))


_AFTER: Mapping[Step, Callable[[Case, Event], Case]] = {
    Step.OPEN: _opened,
    Step.SAVE: _saved,
    Step.SUBMIT: _submitted,
    Step.APPROVE: _approved,
    Step.RETURN: _returned,
    Step.COMMENT: _commented,
    Step.RESOLVE: _resolved,
    Step.REASSIGN: _with_contents,
    Step.DECIDE: _decided,
    Step.WITHDRAW: _withdrawn,
}
