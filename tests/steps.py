"""Matters in motion: `opened` begins a case and `did` takes one step in it, as an action would.

Every step is judged, so that no test stands on a state that the rules could not have let through.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from styrdokument.domain import transitions
from styrdokument.domain.case import HAS_TEXT, Case, CaseNumber, Event, Kind, Step, apply
from styrdokument.domain.matter import Adopted, Draft, Given, Matter
from styrdokument.domain.people import Actor, Person
from styrdokument.domain.problems import Code, Problem
from styrdokument.domain.registers import Registers
from styrdokument.domain.review import documents_for, entries_of, meaning_of, unattested
from tests.cast import (
    ALMA,
    BIRGIT,
    BOARDS_ROLES,
    CECILIA,
    DAG,
    HYGIENE,
    NOON,
    REGISTERS,
    ROLES,
    TODAY,
    actor,
    boards_adopted,
    hygiene_adopted,
    hygiene_draft,
)


def opened(
    kind: Kind = Kind.REVISE,
    *adopted: Adopted,
    drafts: Iterable[Draft] = (),
    beside: Iterable[Adopted] = (),
    by: Person = ALMA,
    registers: Registers = REGISTERS,
    on: date = TODAY,
) -> Matter:
    """A matter just opened on `adopted` (the routine, unless others are given).

    A new one begins with `drafts`; `beside` is on the record without being in the case.
    """
    if kind is Kind.NEW:
        started = tuple(drafts) or (hygiene_draft(base=0),)
    else:
        adopted = adopted or (hygiene_adopted(),)
        started = tuple(_shown(one) for one in adopted)
    documents = [
        {"id": d.id, "content_hash": d.content_hash, "base_version": d.base_version}
        for d in started
    ]
    facts = {"kind": kind, "branch": "17-handhygien", "documents": documents}
    event = Event(step=Step.OPEN, by=registers.sign(actor(by)), at=NOON, facts=facts)
    return Matter(
        case=apply(Case(number=CaseNumber(17)), event),
        drafts={d.id: d for d in started},
        adopted={one.id: one for one in (*adopted, *beside)},
        registers=registers,
        on=on,
    )


def after(*steps: tuple[Any, ...], kind: Kind = Kind.REVISE, **how: Any) -> Matter:
    """A matter after `(step, person, *drafts)`, each judged; `how` is for `opened`."""
    matter = opened(kind, *how.pop("adopted", ()), **how)
    for step, person, *drafts in steps:
        matter = did(matter, step, person, *drafts)
    return matter


def did(matter: Matter, step: Step, person: Person, *drafts: Draft, **said: Any) -> Matter:
    """The matter after a step; a save writes `drafts`, or new words. Raises Refused."""
    if step is Step.SAVE and not drafts:
        drafts = (_rewritten(matter),)
    if step is Step.ENTER_MINUTES and not drafts:
        drafts = tuple(boards_words(draft) for draft in matter.drafts.values())
    who, given = _acting(person, matter), _said(matter, said)
    facts = facts_of(step, matter, who, given, *drafts)
    by = matter.registers.sign(who)
    event = transitions.take(step, matter, who, given, by=by, at=NOON, facts=facts)
    written = {**matter.drafts, **{d.id: d for d in drafts}}
    return replace(matter, case=apply(matter.case, event), drafts=written)


def facts_of(
    step: Step, matter: Matter, who: Actor, given: Given, *drafts: Draft
) -> dict[str, Any]:
    """What an action would record with the step."""
    approved = [matter.drafts[d] for d in documents_for(matter, who)]
    return {
        Step.SAVE: _written(drafts),
        Step.REASSIGN: _written(drafts),
        Step.ENTER_MINUTES: _written(drafts),
        Step.ATTEST_MINUTES: _attested(matter),
        Step.SUBMIT: {"change_note": given.change_note, "significance": given.significance},
        Step.APPROVE: {
            "meaning": meaning_of(matter.case.kind),
            "documents": [
                {
                    "id": d.id,
                    "content_hash": d.content_hash,
                    "base_version": d.base_version,
                    "entries": entries_of(matter, d, who),
                }
                for d in approved
            ],
        },
        Step.RETURN: {"reason": given.reason},
        Step.WITHDRAW: {"reason": given.reason},
        Step.COMMENT: {"body": given.comment, "quote": "handsprit"},
        Step.RESOLVE: {"comment": len(matter.case.comments)},
    }.get(step, {})


def problems(matter: Matter, step: Step, person: Person, **said: Any) -> tuple[Problem, ...]:
    """What stands in the way of somebody who fills in the form well, save for `said`."""
    return transitions.obstacles(step, matter, _acting(person, matter), _said(matter, said))


def reviewed(*drafts: Draft, **how: Any) -> Matter:
    """A text that Alma wrote and submitted, and that Birgit and Cecilia approved."""
    written = ((Step.SAVE, ALMA, *drafts), (Step.SUBMIT, ALMA))
    return after(*written, (Step.APPROVE, BIRGIT), (Step.APPROVE, CECILIA), **how)


def reviewed_policy() -> Matter:
    """A board's text, reviewed, that waits for its minutes."""
    draft = hygiene_draft(type="policy", roles=BOARDS_ROLES)
    return reviewed(draft, adopted=[boards_adopted()])


def reasons(matter: Matter, person: Person = DAG, **said: Any) -> set[str]:
    """Why somebody, Dag unless another is named, may not decide: `code/rule`, or `code/field`."""
    return {f"{p.code}/{p.rule or p.field}" for p in problems(matter, Step.DECIDE, person, **said)}


def codes(matter: Matter, step: Step, person: Person, **said: Any) -> set[Code]:
    """The codes of `problems`."""
    return {problem.code for problem in problems(matter, step, person, **said)}


def _rewritten(matter: Matter) -> Draft:
    """New words, or for an assign: new people."""
    base = matter.case.bases[HYGIENE]
    if matter.case.kind in HAS_TEXT:
        return hygiene_draft(base=base)
    return hygiene_draft("Old words.", base=base, roles=replace(ROLES, reviewers=("smittskydd",)))


def boards_words(draft: Draft, words: str = "As the board has it.") -> Draft:
    """The draft with other words."""
    rewritten = hygiene_draft(words, roles=draft.roles)
    return replace(draft, content_hash=rewritten.content_hash)


def _attested(matter: Matter) -> dict[str, Any]:
    return {
        "meaning": "attested",
        "documents": [
            {"id": d.id, "content_hash": d.content_hash, "base_version": d.base_version}
            for d in unattested(matter)
        ],
    }


def _acting(person: Person, matter: Matter) -> Actor:
    return actor(person, matter.registers, on=matter.on)


def _shown(adopted: Adopted) -> Draft:
    return Draft(
        id=adopted.id,
        fields=adopted.fields,
        roles=adopted.roles,
        content_hash=adopted.content_hash,
        base_version=adopted.history.next_number - 1,
    )


def _written(drafts: Iterable[Draft]) -> dict[str, Any]:
    return {
        "contents": {str(d.id): d.content_hash for d in drafts},
        "bases": {str(d.id): d.base_version for d in drafts},
    }


def _said(matter: Matter, said: dict[str, Any]) -> Given:
    usual = {
        "snapshot": matter.snapshot,
        "second_look": "password",
        "change_note": "Ny handsprit.",
        "reason": "Så har klinikens ledning kommit överens.",
        "comment": "Bra skrivet.",
    }
    return Given(**{**usual, **said})
