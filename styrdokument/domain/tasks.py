"""Whose turn it is in a case, and who takes part in it, as entries: functions and people."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from styrdokument.domain.case import Event, Kind, State, Step
from styrdokument.domain.matter import Matter, reviewing_heads
from styrdokument.domain.people import Entry
from styrdokument.domain.review import is_reviewed, remaining

PASSES_THE_TURN = frozenset(
    {Step.OPEN, Step.SUBMIT, Step.APPROVE, Step.RETURN, Step.REASSIGN, Step.DECIDE, Step.WITHDRAW}
)
"""The steps after which it may be another's turn; saving and talking leave it where it is."""


def whose_turn(matter: Matter) -> tuple[Entry, ...]:
    """Who acts next: the writers of a draft, then the reviewers who remain, then the adopter.

    An extension that the fact owner has attested waits for nothing but its decision (rule 9).
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
    return _unique(entry for d in drafts for entry in matter.roles_of(d).adopter)


def turn_since(events: Sequence[Event]) -> datetime | None:
    """Since when it is the turn of whose it is, from events with the oldest first; None of none."""
    passing = (event.at for event in reversed(events) if event.step in PASSES_THE_TURN)
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
