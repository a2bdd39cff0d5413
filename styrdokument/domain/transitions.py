"""THE table of transitions: which step may follow which, who may take it, and under which rules.

Buttons, posts, pushes and tests all read `TRANSITIONS`; no rule is written anywhere else.
`take` judges by today's rules and answers the event to record; `case.apply` folds it in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from styrdokument.domain import decision, review, rules
from styrdokument.domain.case import (
    HAS_DRAFT,
    HAS_TEXT,
    OPEN_STATES,
    RECORDED_AS,
    Event,
    Kind,
    State,
    Step,
)
from styrdokument.domain.matter import Given, Matter, Relation, relations, starters
from styrdokument.domain.people import Actor, Who
from styrdokument.domain.problems import Code, Conflict, Problem, Refused
from styrdokument.domain.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Transition:
    """From `sources` to `target` (None: no change of state), by any of `roles`, under `rules`."""

    step: Step
    sources: frozenset[State]
    target: State | None
    roles: frozenset[Relation]
    rules: tuple[Rule, ...] = ()
    kinds: frozenset[Kind] = frozenset(Kind)


_R = Relation
_WRITERS = frozenset({_R.OPENER, _R.CONTRIBUTOR, _R.CASE_OFFICER, _R.FACT_OWNER, _R.CONTROLLER})
_LEADERS = frozenset({_R.OPENER, _R.CASE_OFFICER, _R.CONTROLLER})
_JUDGES = frozenset({_R.REVIEWER, _R.ADOPTER, _R.DECIDER, _R.HEAD})
_PEOPLE = _WRITERS | _JUDGES

_PLAIN = frozenset(Kind) - HAS_DRAFT
_OF_A_BOARD = HAS_TEXT - {Kind.URGENT}

_DRAFT = frozenset({State.DRAFT})
_REVIEW = frozenset({State.IN_REVIEW})

_APPROVAL: tuple[Rule, ...] = (
    rules.is_not_own_work,
    rules.has_seen_this,
    rules.stands_on_the_latest,
    rules.has_shown_who_approves,
)
_DECISION: tuple[Rule, ...] = (
    decision.deciders_hold_mandate,
    decision.covers_what_it_replaces,
    rules.does_not_decide_own_work,
    rules.has_seen_this,
    rules.stands_on_the_latest,
    review.everything_is_reviewed,
    decision.stands_on_an_allowed_basis,
    decision.has_minutes,
    decision.has_a_reason,
    decision.days_are_in_order,
    review.boards_texts_are_attested,
    rules.has_shown_who_decides,
)

_ENTRY: tuple[Rule, ...] = (
    decision.deciders_hold_mandate,
    rules.does_not_decide_own_work,
    rules.has_seen_this,
    rules.stands_on_the_latest,
    review.was_put_to_a_board,
    review.has_not_reviewed,
)


def _adoption(*kinds: Kind, more: tuple[Rule, ...] = ()) -> Transition:
    return Transition(
        step=Step.DECIDE,
        kinds=frozenset(kinds),
        sources=_REVIEW,
        target=State.DECIDED,
        roles=frozenset({_R.ADOPTER}),
        rules=(*_DECISION, rules.is_complete, *more),
    )


_ROWS = (
    *(
        Transition(step=Step.OPEN, kinds=frozenset({kind}), sources=frozenset(),
                   target=State.DRAFT, roles=starters(kind))
        for kind in Kind
    ),
    Transition(step=Step.SAVE, kinds=HAS_DRAFT, sources=OPEN_STATES, target=None, roles=_WRITERS),
    Transition(step=Step.REASSIGN, kinds=HAS_DRAFT, sources=OPEN_STATES, target=None,
               roles=_LEADERS, rules=(rules.says("reason"),)),
    Transition(
        step=Step.SUBMIT,
        kinds=HAS_DRAFT,
        sources=_DRAFT,
        target=State.IN_REVIEW,
        roles=_WRITERS,
        rules=(
            rules.says_what_changed,
            rules.changes_something,
            rules.corrects_only_a_slip,
            rules.is_complete,
            review.reviewers_suffice,
            rules.names_an_adopter_with_mandate,
            rules.stands_on_the_latest,
        ),
    ),
    Transition(step=Step.SUBMIT, kinds=_PLAIN, sources=_DRAFT, target=State.IN_REVIEW,
               roles=_WRITERS, rules=(rules.stands_on_the_latest,)),
    Transition(step=Step.APPROVE, kinds=HAS_TEXT, sources=_REVIEW, target=None,
               roles=frozenset({_R.REVIEWER}), rules=_APPROVAL),
    Transition(
        step=Step.APPROVE,
        kinds=frozenset({Kind.EXTEND}),
        sources=OPEN_STATES,
        target=None,
        roles=frozenset({_R.FACT_OWNER}),
        rules=(*_APPROVAL, review.attests_something),
    ),
    Transition(
        step=Step.RETURN,
        sources=_REVIEW,
        target=State.DRAFT,
        roles=_JUDGES,
        rules=(rules.says("reason"),),
    ),
    Transition(step=Step.COMMENT, sources=OPEN_STATES, target=None, roles=_PEOPLE,
               rules=(rules.says("comment"),)),
    Transition(step=Step.RESOLVE, sources=OPEN_STATES, target=None, roles=_PEOPLE),
    Transition(step=Step.ENTER_MINUTES, kinds=_OF_A_BOARD, sources=_REVIEW, target=None,
               roles=frozenset({_R.ADOPTER}), rules=_ENTRY),
    Transition(step=Step.ATTEST_MINUTES, kinds=_OF_A_BOARD, sources=_REVIEW, target=None,
               roles=frozenset({_R.REVIEWER, _R.ADOPTER, _R.CASE_OFFICER, _R.FACT_OWNER,
                                _R.CONTROLLER}),
               rules=(*_APPROVAL, review.waits_for_an_attest)),
    _adoption(Kind.NEW, Kind.REVISE),
    _adoption(Kind.URGENT, more=(rules.is_not_a_board_type,)),
    _adoption(Kind.CORRECT, more=(rules.is_not_own_proposal, rules.corrects_only_a_slip)),
    Transition(
        step=Step.DECIDE,
        kinds=_PLAIN,
        sources=OPEN_STATES,
        target=State.DECIDED,
        roles=frozenset({_R.ADOPTER, _R.DECIDER}),
        rules=(*_DECISION, rules.is_not_own_proposal),
    ),
    Transition(
        step=Step.DECIDE,
        kinds=frozenset({Kind.ASSIGN}),
        sources=OPEN_STATES,
        target=State.DECIDED,
        roles=frozenset({_R.HEAD, _R.CONTROLLER}),
        rules=(decision.deciders_hold_mandate, rules.is_not_own_work,
               rules.has_seen_this, decision.has_a_reason, rules.is_complete,
               rules.names_only_the_known,
               rules.stands_on_the_latest, rules.changes_something, rules.has_shown_who_decides),
    ),
    Transition(
        step=Step.WITHDRAW,
        sources=OPEN_STATES,
        target=State.WITHDRAWN,
        roles=_LEADERS,
    ),
)  # fmt: skip

TRANSITIONS: Mapping[tuple[Kind, Step], Transition] = {
    (kind, row.step): row for row in _ROWS for kind in row.kinds
}

_OF_OWN_WORK = (rules.is_not_own_work, rules.does_not_decide_own_work)
_SHOWN_BEFORE = (
    rules.is_not_own_work,
    rules.does_not_decide_own_work,
    rules.is_not_own_proposal,
    decision.deciders_hold_mandate,
    review.was_put_to_a_board,
    review.has_not_reviewed,
    review.waits_for_an_attest,
)
"""The rules that no form can mend: where one fails, the form is not offered at all."""


def obstacles(step: Step, matter: Matter, actor: Actor, given: Given) -> tuple[Problem, ...]:
    """Every reason why `actor` may not take `step` now; empty means go ahead."""
    transition = TRANSITIONS.get((matter.case.kind, step))
    if transition is None or matter.case.state not in transition.sources:
        return (Problem(code=Code.WRONG_STATE, values={"state": matter.case.state}),)
    judged, found = transition.rules, list(given.problems)
    if not transition.roles & relations(matter, actor):
        found.append(Problem(code=Code.WRONG_ROLE, rule=step))
        judged = tuple(rule for rule in judged if rule in _OF_OWN_WORK)
    found += [problem for rule in judged for problem in rule(matter, actor, given)]
    return tuple(dict.fromkeys(found))


def is_offered(step: Step, matter: Matter, actor: Actor) -> bool:
    """Whether to show `actor` the form for `step`: what stands in its way, the form can mend."""
    transition = TRANSITIONS.get((matter.case.kind, step))
    if transition is None or matter.case.state not in transition.sources:
        return False
    if not transition.roles & relations(matter, actor):
        return False
    firm = [rule for rule in transition.rules if rule in _SHOWN_BEFORE]
    return not any(problem for rule in firm for problem in rule(matter, actor, Given()))


def open_steps(matter: Matter, actor: Actor) -> tuple[Step, ...]:
    """The steps to offer `actor` as forms."""
    return tuple(step for step in Step if is_offered(step, matter, actor))


def take(
    step: Step,
    matter: Matter,
    actor: Actor,
    given: Given,
    *,
    by: Who,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> Event:
    """Judge the step by today's rules and return the event to record.

    Raises Conflict where somebody was before, Refused with every problem otherwise.
    """
    if problems := obstacles(step, matter, actor, given):
        before = {Code.STALE_SNAPSHOT, Code.BASE_MOVED, Code.WRONG_STATE}
        raise (Conflict if before & {p.code for p in problems} else Refused)(*problems)
    kind, said = RECORDED_AS.get(step), dict(facts or {})
    if kind:
        return Event(step=kind, by=by, at=at, facts={**said, "minutes": True})
    return Event(step=step, by=by, at=at, facts=said)
