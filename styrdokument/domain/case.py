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
from styrdokument.domain.approvals import with_approval, without_approvals_of
from styrdokument.domain.boards_text import BoardsText, after_change, after_entry
from styrdokument.domain.comments import Comment, with_comment, with_resolved
from styrdokument.domain.decisionfile import Approval, DecisionKind, Significance
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
    """What somebody does in a case; also the kind of the event that records it, but for two.

    What a registrar enters is recorded as a save, and another's attest of it as an approval.
    """

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
    ENTER_MINUTES = "enter_minutes"
    ATTEST_MINUTES = "attest_minutes"


RECORDED_AS: Mapping[Step, Step] = {
    Step.ENTER_MINUTES: Step.SAVE,
    Step.ATTEST_MINUTES: Step.APPROVE,
}
"""The kind of the event of a step that has none of its own: its fact `minutes` is true."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened in a case; `facts` are plain JSON values (docs/formats.md)."""

    step: Step
    by: Who
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    via: str = "web"

    @property
    def taken(self) -> Step:
        """The step that was taken."""
        if self.facts.get("minutes") is not True:
            return self.step
        return next((step for step, kind in RECORDED_AS.items() if kind is self.step), self.step)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case as it stands after its events.

    `registrars` are those among the contributors who have entered a board's text and nothing else.
    """

    number: CaseNumber
    kind: Kind = Kind.NEW
    state: State = State.DRAFT
    opened_by: Who | None = None
    opened_at: datetime | None = None
    branch: str = ""
    contents: Mapping[DocumentId, ContentHash] = field(default_factory=dict, hash=False)
    bases: Mapping[DocumentId, int] = field(default_factory=dict, hash=False)
    contributors: tuple[PersonId, ...] = ()
    registrars: frozenset[PersonId] = frozenset()
    boards_texts: Mapping[DocumentId, BoardsText] = field(default_factory=dict, hash=False)
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
    return replace(
        _AFTER[RECORDED_AS.get(event.step, event.step)](case, event), changed_at=event.at
    )


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
    by, is_entry = event.by.id, event.taken is Step.ENTER_MINUTES
    contributors, registrars = case.contributors, case.registrars
    if by is not None and not is_entry:
        registrars -= {by}
    elif by is not None and by not in contributors:
        registrars |= {by}
    if by is not None and by not in contributors:
        contributors = (*contributors, by)
    changed = _with_contents(case, event)
    if is_entry:
        texts = after_entry(case.boards_texts, case.contents, changed.contents, event.by)
        changed = replace(changed, boards_texts=texts)
    return replace(changed, contributors=contributors, registrars=registrars)


def _with_contents(case: Case, event: Event) -> Case:
    hashes = facts.by_document(event.facts, "contents", str)
    named = {document: ContentHash(content) for document, content in hashes.items()}
    contents = {**case.contents, **named}
    bases = {**case.bases, **facts.by_document(event.facts, "bases", int)}
    texts = after_change(case.boards_texts, case.contents, contents)
    return replace(case, contents=contents, bases=bases, boards_texts=texts)


def _submitted(case: Case, event: Event) -> Case:
    return replace(
        case,
        state=State.IN_REVIEW,
        change_note=facts.text(event.facts, "change_note"),
        significance=facts.choice(event.facts, "significance", Significance.SIGNIFICANT),
    )


def _approved(case: Case, event: Event) -> Case:
    approvals = with_approval(case.approvals, by=event.by, at=event.at, said=event.facts)
    return replace(case, approvals=approvals)


def _returned(case: Case, event: Event) -> Case:
    """Back to draft; whoever sends it back takes their own approval with them."""
    kept = without_approvals_of(case.approvals, event.by.id)
    return replace(
        case, state=State.DRAFT, approvals=kept, reason=facts.text(event.facts, "reason")
    )


def _commented(case: Case, event: Event) -> Case:
    comments = with_comment(case.comments, by=event.by, at=event.at, said=event.facts)
    return replace(case, comments=comments)


def _resolved(case: Case, event: Event) -> Case:
    number = facts.number(event.facts, "comment")
    return replace(case, comments=with_resolved(case.comments, number))


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
