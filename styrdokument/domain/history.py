"""A document's versions in time, folded from its decisions in the order of the record.

The fold never judges: what was once decided stands, whatever today's rules say.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

from styrdokument.domain.decisionfile import ISSUES_A_VERSION, Decision, DecisionKind
from styrdokument.domain.validity import History, Version

REVIEW_PLANNED = "review_planned"
"""The fact of an imported text that its day of review is a plan of ours (decision 0011)."""
URGENT = "urgent"
"""The fact of a decision made in haste; its `day` is when the review afterwards is due."""


def history_of(decisions: Iterable[Decision]) -> History:
    """The history that a document's decisions, in rising `seq`, make."""
    history = History()
    for decision in decisions:
        history = _after(history, decision)
    return history


def _after(history: History, decision: Decision) -> History:
    if decision.kind in ISSUES_A_VERSION:
        return _with_version(history, decision)
    if decision.kind is DecisionKind.EXTEND:
        return _extended(history, decision)
    if decision.kind is DecisionKind.REPEAL:
        return _repealed(history, decision)
    return history


def _with_version(history: History, decision: Decision) -> History:
    corrected = history.version(decision.corrects) if decision.corrects else None
    issued = Version(
        number=decision.version or history.next_number,
        effective_from=decision.effective_from or decision.decided_on,
        valid_until=decision.valid_until,
        review_on=decision.review_on,
        after_review_on=_after_review_on(history, decision),
        is_due_at_once=corrected.is_due_at_once if corrected else _is_planned(decision),
        corrects=decision.corrects,
        extensions=corrected.extensions if corrected else 0,
        gaps=corrected.gaps if corrected else (),
    )
    return replace(history, versions=(*history.versions, issued))


def _after_review_on(history: History, decision: Decision) -> date | None:
    """By when the text is to be reviewed afterwards (rule 15).

    What was adopted in the ordinary way has been reviewed whole. A correction has not, nor what
    came from elsewhere: they owe what the text before them owed. Haste puts nothing off.
    """
    owed = history.latest.after_review_on if history.latest else None
    own = after_review_day(decision)
    if decision.kind is DecisionKind.ADOPT:
        return min((day for day in (owed, own) if day), default=None) if own else None
    return owed


def after_review_day(decision: Decision) -> date | None:
    """The day that a decision made in haste names itself; None where there is none to read."""
    said = (fact.get("day", "") for fact in decision.facts if fact.get("remark") == URGENT)
    try:
        return next((date.fromisoformat(day) for day in said), None)
    except (TypeError, ValueError):
        return None


def _is_planned(decision: Decision) -> bool:
    return any(fact.get("remark") == REVIEW_PLANNED for fact in decision.facts)


def _extended(history: History, decision: Decision) -> History:
    def extended(version: Version) -> Version:
        return replace(
            version,
            valid_until=decision.valid_until,
            review_on=decision.review_on,
            after_review_on=None,
            is_due_at_once=False,
            extensions=version.extensions + 1,
            gaps=(*version.gaps, *_gap_before(version, decision.decided_on)),
        )

    return _changed(history, decision.version, extended)


def _gap_before(version: Version, extended_on: date) -> tuple[tuple[date, date], ...]:
    """The days when the version stood expired before it was extended (rule 10)."""
    day = timedelta(days=1)
    if version.valid_until is None or extended_on - version.valid_until <= day:
        return ()
    return ((version.valid_until + day, extended_on - day),)


def _repealed(history: History, decision: Decision) -> History:
    """A repeal ends the document, or cancels the version it names if that never begins (rule 2).

    The first day without the version says so, not the day of decision: a board's may be long past.
    """
    version = history.version(decision.version or 0)
    ends = decision.effective_from or decision.decided_on
    older = [v for v in history.versions if v.number < (decision.version or 0)]
    if version and ends < version.effective_from and older:
        return _changed(history, version.number, lambda v: replace(v, is_cancelled=True))
    return replace(history, repealed_from=ends)


def _changed(history: History, number: int | None, change: Callable[[Version], Version]) -> History:
    versions = tuple(change(v) if v.number == number else v for v in history.versions)
    return replace(history, versions=versions)
