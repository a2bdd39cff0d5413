"""What the page of a case shows: read once, so that its texts, snapshot and forms belong together.

Which forms are shown, and why others are not, is asked of `transitions`; no rule stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from markupsafe import Markup

from styrdokument.actions.comparing import FileChange, Texts, texts_of
from styrdokument.actions.house import look
from styrdokument.domain import decision, review, rules
from styrdokument.domain.case import HAS_TEXT, CaseNumber, Kind, Step
from styrdokument.domain.decisionfile import Approval, BasisKind
from styrdokument.domain.document import FIELDS, SecondLook
from styrdokument.domain.matter import Draft, Given, Matter, relations
from styrdokument.domain.people import Actor
from styrdokument.domain.problems import Code, Problem
from styrdokument.domain.tasks import whose_turn
from styrdokument.domain.transitions import TRANSITIONS, obstacles, open_steps
from styrdokument.store.cases import Held
from styrdokument.text import lint, markdown
from styrdokument.text.redline import redline
from styrdokument.views import forms
from styrdokument.views.case_outcome import clashing_in, decided_in
from styrdokument.views.changes import Changed, redline_words
from styrdokument.views.choices import Choices, choices, in_words
from styrdokument.views.looking import ways
from styrdokument.views.support import actor, house, page, today, words
from styrdokument.views.tasks import next_step, said

ROLES = ("case_officer", "fact_owner", "reviewers", "adopter")
WRITTEN = frozenset({*FIELDS, "text"})
"""The fields of the editor: a problem with one of them leads there."""
SAYS_ALL = Given(second_look="password", change_note="-", reason="-", comment="-")
"""Somebody who fills in all that a form asks for: what still stands in the way, no form mends."""
_FIRM = frozenset({Code.OWN_WORK, Code.WRONG_ROLE})
_MENDED_IN_THE_FORM = frozenset(Given.__dataclass_fields__) - {"comment"}


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """A field that the draft has otherwise than the adopted document; both in words."""

    key: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One draft as the page shows it: `html`, or what is `changed` where it is compared."""

    draft: Draft
    standing: str
    html: Markup
    changed: Changed | None
    appendices_changed: tuple[FileChange, ...]
    was_judged: bool
    appendices: tuple[str, ...]
    fields: tuple[FieldChange, ...]
    given: tuple[Approval, ...]
    lapsed: tuple[Approval, ...]
    remaining: tuple[str, ...]
    least: int
    may_attest: bool


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
        "shown": [_shown(held, matter, draft, by, among) for draft in matter.drafts.values()],
        "steps": steps,
        "turn": turn,
        "decided": decided_in(matter),
        "is_behind": Step.SAVE in steps and rules.is_behind(matter),
        "clashing": clashing_in(held),
        "waits_for": next_step(matter, by) if any(map(by.answers_to, turn)) else None,
        "said": lambda step: said(step, matter.case.kind),
        "has_approved": _has_approved(matter, by),
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


def rendered(body: str, place: str, prefix: str = "") -> Markup:
    """A body as a page, or nothing where it is too large or too deep to be one."""
    is_readable = not any(lint.blocks_saving(found) for found in lint.findings(body))
    html = markdown.render(body, appendices=place, heading_prefix=prefix) if is_readable else ""
    return Markup(html)  # noqa: S704 - `markdown.render` answers safe HTML


def _shown(held: Held, matter: Matter, draft: Draft, by: Actor, among: Choices) -> Shown:
    case, place = matter.case, f"/cases/{matter.case.number}/documents/{draft.id}/appendices/"
    prefix = f"document-{draft.id}-" if len(matter.drafts) > 1 else ""
    texts = texts_of(house(), by, held, draft.id)
    now, before = Markup(), _before(texts)
    if case.kind is not Kind.ASSIGN:  # nothing is said of the text, and there may be 200 of them
        now = rendered(texts.now, place, prefix)
    is_compared = before is not None and case.kind in HAS_TEXT
    old = rendered(before or "", place, prefix) if is_compared else Markup()
    counted = review.approvals_of(case, draft)
    return Shown(
        draft=draft,
        standing=_standing(matter, draft),
        html=now,
        changed=_changed(case.number, old, now, prefix) if is_compared else None,
        appendices_changed=texts.appendices_changed,
        was_judged=texts.judged is not None,
        appendices=texts.appendices,
        fields=_field_changes(matter, draft, among),
        given=counted,
        lapsed=tuple(a for a in case.approvals if a.document == draft.id and a not in counted),
        remaining=review.remaining(matter, draft),
        least=review.least(matter, draft),
        may_attest=bool(
            set(review.remaining(matter, draft)) & set(review.entries_of(matter, draft, by))
        ),
    )


def _changed(number: CaseNumber, old: Markup, now: Markup, prefix: str) -> Changed:
    """The whole text with its changes: whoever judges it has to see all of it."""
    said = words().say
    return Changed(
        marked=redline(str(old), str(now), words=redline_words(), prefix=prefix),
        path=f"/cases/{number}",
        old=said("case.before"),
        new=said("case.after"),
    )


def _before(texts: Texts) -> str | None:
    """What the draft is compared with: what stands, or what the reader judged last if they ask."""
    wants_judged = request.args.get("since") == "judged" and texts.judged is not None
    return texts.judged if wants_judged else texts.adopted


def _standing(matter: Matter, draft: Draft) -> str:
    """A draft's standing is "draft"; a case without a text of its own shows what stands."""
    if matter.case.kind in HAS_TEXT:
        return "draft" if matter.case.is_open else ""
    row = house().catalogue.shown(draft.id, on=today())
    return str(row["standing"]) if row else ""


def _field_changes(matter: Matter, draft: Draft, among: Choices) -> tuple[FieldChange, ...]:
    adopted = matter.adopted.get(draft.id)
    if adopted is None or not matter.case.is_open:
        return ()
    old = forms.values_of(replace(draft, fields=adopted.fields, roles=adopted.roles))
    new = forms.values_of(draft)
    return tuple(
        FieldChange(
            key=key,
            before=tuple(in_words(among, key, value) for value in old[key]),
            after=tuple(in_words(among, key, value) for value in new[key]),
        )
        for key in FIELDS
        if key in new and old[key] != new[key]
    )


def _has_approved(matter: Matter, by: Actor) -> bool:
    """Whether the visitor has said yes to every draft as it now stands."""
    counted = [review.approvals_of(matter.case, draft) for draft in matter.drafts.values()]
    return all(any(approval.by.id == by.id for approval in one) for one in counted)


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
