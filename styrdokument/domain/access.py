"""Who may see and do what outside the steps of a case: the one such function, default deny.

Steps in a case are judged by `transitions`; everything else asks `may`.
"""

from collections.abc import Mapping
from enum import StrEnum

from styrdokument.domain.case import Kind, Step
from styrdokument.domain.document import Audience
from styrdokument.domain.matter import (
    Adopted,
    Matter,
    Relation,
    document_relations,
    grant_relations,
    relations,
)
from styrdokument.domain.people import Actor, Grant, PersonId
from styrdokument.domain.problems import Code, Problem
from styrdokument.domain.registers import Registers
from styrdokument.domain.transitions import TRANSITIONS


class Act(StrEnum):
    """What somebody wants, beside the steps of a case."""

    ENTER = "enter"
    """Use what is for everybody."""
    READ_PUBLIC = "read_public"
    READ_INTERNAL = "read_internal"
    WORK = "work"
    """Use what is for those signed in: cases, tasks, own pages."""
    OVERSEE = "oversee"
    SEE_ALL = "see_all"
    """See every case, and how all documents stand, without taking part (rule 22)."""
    SEE_ARCHIVE = "see_archive"
    ADMINISTER = "administer"
    CLONE = "clone"
    """Have the whole record by git, internal texts and all: for those who work with documents."""
    SEE_IMPORTS = "see_imports"
    """Read what imports did: for controllers, who run them, and for administrators."""
    SEE_MAIL = "see_mail"
    """Read what mail went, and why some did not: for controllers and administrators."""


_NEEDED: Mapping[Act, frozenset[Grant]] = {
    Act.OVERSEE: frozenset({Grant.CONTROLLER}),
    Act.SEE_ALL: frozenset({Grant.CONTROLLER, Grant.ARCHIVIST}),
    Act.SEE_ARCHIVE: frozenset({Grant.ARCHIVIST}),
    Act.CLONE: frozenset({Grant.GIT, Grant.AUTHOR, Grant.CONTROLLER, Grant.ARCHIVIST}),
}
_FOR_EVERYBODY = frozenset({Act.ENTER, Act.READ_PUBLIC})
_FOR_SIGNED_IN = frozenset({Act.READ_INTERNAL, Act.WORK})
_SEES_CASES = frozenset(Relation) - {Relation.AUTHOR, Relation.CREATOR}


def may(actor: Actor | None, act: Act, *, is_inside: bool = False) -> bool:
    """Whether `actor` (None: nobody is signed in) may do `act`.

    `is_inside`: the request comes from a network where internal texts may be read (rule 22).
    """
    if act in _FOR_EVERYBODY or (is_inside and act is Act.READ_INTERNAL):
        return True
    if actor is None:
        return False
    if act in _FOR_SIGNED_IN:
        return True
    if act is Act.ADMINISTER:
        return actor.is_admin
    if act in {Act.SEE_IMPORTS, Act.SEE_MAIL}:
        return actor.is_admin or Grant.CONTROLLER in actor.grants
    return not _NEEDED[act].isdisjoint(actor.grants)


def sees_all_cases(actor: Actor) -> bool:
    """Whether every case is visible to `actor`, without their taking part in it (rule 22)."""
    return may(actor, Act.SEE_ALL)


def may_see_work_of(person: PersonId, actor: Actor | None) -> bool:
    """Whether `actor` may see the cases, tasks and all the roles of `person`: their own, or all."""
    return may(actor, Act.SEE_ALL) or (actor is not None and person == actor.id)


def may_say_absence_of(person: PersonId, actor: Actor) -> bool:
    """Whether `actor` may say when `person` is away: they themselves, or a controller."""
    return person == actor.id or may(actor, Act.OVERSEE)


def reading(audience: Audience) -> Act:
    """What reading a text for that audience takes."""
    return Act.READ_PUBLIC if audience is Audience.PUBLIC else Act.READ_INTERNAL


def may_see_case(matter: Matter, actor: Actor) -> bool:
    """Participants, controllers and the archivist; to all others there is no such case: rule 22."""
    return bool(relations(matter, actor) & _SEES_CASES)


def obstacles_to_opening(
    kind: Kind, adopted: Adopted | None, registers: Registers, actor: Actor
) -> tuple[Problem, ...]:
    """Why `actor` may not open a case of `kind`, on `adopted` unless it is for a new document."""
    found = grant_relations(actor)
    if adopted is not None:
        found |= document_relations(registers, adopted.roles, actor)
        found[Relation.CREATOR] = adopted.creator == actor.id
    held = {relation for relation, holds in found.items() if holds}
    if not held & TRANSITIONS[kind, Step.OPEN].roles:
        rule = "open_assign" if kind is Kind.ASSIGN else "open"
        return (Problem(code=Code.WRONG_ROLE, rule=rule),)
    if adopted is not None and adopted.history.repealed_from is not None:
        return (Problem(code=Code.WRONG_STATE, rule="repealed"),)
    return ()
