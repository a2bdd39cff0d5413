"""What the page of a case shows: read once, so that its texts, snapshot and forms belong together.

Which forms are shown, and why others are not, is asked of `transitions`; no rule stands here.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import request

from styrdokument.actions.house import look
from styrdokument.domain import decision, review, rules
from styrdokument.domain.case import CaseNumber, Step
from styrdokument.domain.decisionfile import BasisKind
from styrdokument.domain.document import FIELDS, SecondLook
from styrdokument.domain.matter import Given, Matter, relations
from styrdokument.domain.people import Actor
from styrdokument.domain.problems import Code, Problem
from styrdokument.domain.tasks import said, waiting, whose_turn
from styrdokument.domain.transitions import TRANSITIONS, obstacles, open_steps
from styrdokument.store.cases import Held
from styrdokument.views import forms
from styrdokument.views.case_draft import shown
from styrdokument.views.case_outcome import clashing_in, decided_in
from styrdokument.views.choices import choices
from styrdokument.views.looking import ways
from styrdokument.views.support import actor, house, page

ROLES = ("case_officer", "fact_owner", "reviewers", "adopter")
WRITTEN = frozenset({*FIELDS, "text"})
"""The fields of the editor: a problem with one of them leads there."""
SAYS_ALL = Given(second_look="password", change_note="-", reason="-", comment="-")
"""Somebody who fills in all that a form asks for: what still stands in the way, no form mends."""
_FIRM = frozenset({Code.OWN_WORK, Code.WRONG_ROLE})
_MENDED_IN_THE_FORM = frozenset(Given.__dataclass_fields__) - {"comment"}


def render(number: CaseNumber, problems: tuple[Problem, ...] = (), active: str = "") -> str:
    """The page; after a refusal with what was typed in the form `active`. Raises NotFound."""
    held, matter = look(house(), actor(), number)
    return page("cases/show.html", **_values(held, matter, actor(), problems, active))


def _values(
    held: Held, matter: Matter, by: Actor, problems: tuple[Problem, ...], active: str
) -> Mapping[str, Any]:
    among = choices()
    steps, turn = open_steps(matter, by), whose_turn(matter)
    return {
        "case": matter.case,
        "events": held.events,
        "matter": matter,
        "shown": [shown(held, matter, draft, by, among) for draft in matter.drafts.values()],
        "steps": steps,
        "turn": turn,
        "decided": decided_in(matter),
        "is_behind": Step.SAVE in steps and rules.is_behind(matter),
        "clashing": clashing_in(held),
        "waits_for": waiting(matter, by) if any(map(by.answers_to, turn)) else "none",
        "said": lambda step: said(step, matter.case.kind),
        "has_approved": _has_approved(matter, by),
        "has_approved_earlier": not _has_approved(matter, by, as_it_stands=True),
        "editable": WRITTEN,
        "hindrances": _hindrances(matter, by),
        "reasons_why_not": _reasons_why_not(matter, by),
        "deciding": _deciding(matter, by) if Step.DECIDE in steps else None,
        "asks_password": SecondLook.APPROVALS
        in {matter.type_of(draft).second_look for draft in matter.drafts.values()},
        "ways": ways(),
        "roles": _roles(matter),
        "choices": among,
        "problems": problems,
        "active": active,
        "typed": request.form if active else {},
    }


def _has_approved(matter: Matter, by: Actor, *, as_it_stands: bool = False) -> bool:
    """Whether the visitor has said yes to every draft, or to what a board changed since."""
    return all(
        any(
            approval.by.id == by.id
            and (approval.content_hash == draft.content_hash or not as_it_stands)
            for approval in review.approvals_of(matter.case, draft)
        )
        for draft in matter.drafts.values()
    )


def _hindrances(matter: Matter, by: Actor) -> tuple[Problem, ...]:
    """What stands in the way of the next step, whatever is filled in."""
    step = Step.SUBMIT if Step.SUBMIT in open_steps(matter, by) else Step.DECIDE
    if step not in open_steps(matter, by):
        return ()
    filled = replace(SAYS_ALL, snapshot=matter.snapshot)
    found = obstacles(step, matter, by, filled)
    return tuple(p for p in found if p.field not in _MENDED_IN_THE_FORM)


def _reasons_why_not(matter: Matter, by: Actor) -> tuple[Problem, ...]:
    """Why somebody whose step it otherwise is gets no form for it (rule 17)."""
    mine, steps = relations(matter, by), open_steps(matter, by)
    filled = replace(SAYS_ALL, snapshot=matter.snapshot)
    closed = [
        transition
        for step in (Step.APPROVE, Step.DECIDE)
        if (transition := TRANSITIONS.get((matter.case.kind, step)))
        and transition.roles & mine
        and step not in steps
    ]
    found = (p for row in closed for p in obstacles(row.step, matter, by, filled))
    return tuple(dict.fromkeys(p for p in found if p.code in _FIRM))


def _deciding(matter: Matter, by: Actor) -> Mapping[str, Any]:
    """What the form of a decision offers, and what it means to leave its days empty."""
    bases = decision.allowed_bases(matter)
    usual = [decision.dates_of(matter, draft, Given()) for draft in matter.drafts.values()]
    return {
        "bases": bases,
        "by_minutes": BasisKind.MINUTES in bases,
        "only_minutes": bases == (BasisKind.MINUTES,),
        "sets_dates": matter.case.kind in decision.SETS_DATES,
        "attests": review.may_attest(matter, by),
        "needs_reason": matter.case.kind in decision.NEEDS_REASON,
        "until": min((v.valid_until for v in usual if v.valid_until), default=None),
        "until_further_notice": all(
            matter.type_of(draft).until_further_notice for draft in matter.drafts.values()
        ),
    }


def _roles(matter: Matter) -> Mapping[str, list[str]]:
    """Who is who in the first draft, for the forms that change it."""
    first = next(iter(matter.drafts.values()), None)
    values = forms.values_of(first) if first else {}
    return {role: values.get(role, []) for role in ROLES}
