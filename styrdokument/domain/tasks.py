"""Whose turn it is in a case and for what, and who takes part in it.

Who is told as entries: functions and people. What a step is called is a key of the labels.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from styrdokument.domain.case import Event, Kind, State, Step
from styrdokument.domain.decision import takes_minutes
from styrdokument.domain.matter import Matter, reviewing_heads
from styrdokument.domain.people import Actor, Entry
from styrdokument.domain.review import is_reviewed, remaining, unattested
from styrdokument.domain.transitions import open_steps

PASSES_THE_TURN = frozenset(
    {Step.OPEN, Step.SUBMIT, Step.APPROVE, Step.RETURN, Step.REASSIGN, Step.DECIDE, Step.WITHDRAW,
     Step.ENTER_MINUTES, Step.ATTEST_MINUTES}
)  # fmt: skip
"""The steps after which it may be another's turn; saving and talking leave it where it is."""
NEXT = (Step.ATTEST_MINUTES, Step.DECIDE, Step.APPROVE, Step.SUBMIT)
"""The steps that move a case on; the first that is open to somebody is what waits for them."""
_SAID: Mapping[tuple[Step, Kind], str] = {
    (Step.SUBMIT, Kind.EXTEND): "ask_to_attest",
    (Step.SUBMIT, Kind.REPEAL): "propose",
    (Step.SUBMIT, Kind.ASSIGN): "propose",
    (Step.APPROVE, Kind.EXTEND): "attest",
}
"""The steps that are called something else where no new text is written."""


def whose_turn(matter: Matter) -> tuple[Entry, ...]:
    """Who acts next: the writers of a draft, then the reviewers who remain, then the adopter.

    An extension that the fact owner has attested waits for nothing but its decision (rule 9). A
    board's text waits for any of the reviewers to attest it (rule 20).
    """
    case, drafts = matter.case, matter.drafts.values()
    is_attested = case.kind is Kind.EXTEND and all(is_reviewed(matter, d) for d in drafts)
    if case.state is State.DRAFT and not is_attested:
        opener = (str(case.opened_by.id),) if case.opened_by and case.opened_by.id else ()
        return _unique((*(matter.roles_of(d).case_officer for d in drafts), *opener))
    if not case.is_open:
        return ()
    unread = [d for d in drafts if not is_reviewed(matter, d)]
    if unread:
        asked = (remaining(matter, d) or matter.roles_of(d).reviewers for d in unread)
        return _unique(entry for entries in asked for entry in entries)
    if waiting := [matter.roles_of(draft) for draft in unattested(matter)]:
        return _unique(entry for one in waiting for entry in one.reviewers or one.adopter)
    return _unique(entry for d in drafts for entry in matter.roles_of(d).adopter)


def next_step(matter: Matter, by: Actor) -> Step | None:
    """The step that waits for `by`, whose turn it is; None where only another may take it."""
    steps = open_steps(matter, by)
    return next((step for step in NEXT if step in steps), None)


def said(step: Step | None, kind: Kind) -> str:
    """What a step is called in a case of that kind: a key in the labels."""
    return _SAID.get((step, kind), str(step)) if step else "none"


def waiting(matter: Matter, by: Actor) -> str:
    """What waits for `by`, whose turn it is, as a key of the labels; minutes are recorded."""
    step, kind = next_step(matter, by), matter.case.kind
    if step is Step.DECIDE and kind is not Kind.ASSIGN and takes_minutes(matter):
        return "record"
    return said(step, kind)


def turn_since(events: Sequence[Event]) -> datetime | None:
    """Since when it is the turn of whose it is, from events with the oldest first; None of none."""
    passing = (event.at for event in reversed(events) if event.taken in PASSES_THE_TURN)
    return next(passing, None)


def participants(matter: Matter) -> tuple[Entry, ...]:
    """Everybody to whom the case is visible by taking part in it (rule 22)."""
    case = matter.case
    opener = (str(case.opened_by.id),) if case.opened_by and case.opened_by.id else ()
    entries = [
        entry
        for d in matter.drafts.values()
        for roles in (matter.roles_of(d),)
        for entry in (
            roles.case_officer,
            roles.fact_owner,
            *roles.reviewers,
            *roles.adopter,
            *reviewing_heads(matter.registers, d),
        )
    ]
    return _unique((*opener, *case.contributors, *entries))


def _unique(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(dict.fromkeys(entry for entry in entries if entry))
