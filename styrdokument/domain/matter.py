"""What a step is judged on: the case, its drafts, what is adopted, the registers and the day.

Everything is read once, under the lock where something is to be written; the rules get it whole.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from styrdokument.domain.case import HAS_TEXT, Case, Kind
from styrdokument.domain.decisionfile import BasisKind, Significance
from styrdokument.domain.document import (
    ContentHash,
    DocumentId,
    DocumentType,
    Fields,
    Roles,
    snapshot_of,
)
from styrdokument.domain.people import Actor, Grant, PersonId
from styrdokument.domain.problems import Problem
from styrdokument.domain.registers import Registers
from styrdokument.domain.validity import History


class Relation(StrEnum):
    """How somebody stands to a case."""

    OPENER = "opener"
    CREATOR = "creator"
    CONTRIBUTOR = "contributor"
    CASE_OFFICER = "case_officer"
    FACT_OWNER = "fact_owner"
    REVIEWER = "reviewer"
    ADOPTER = "adopter"
    HEAD = "head"
    DECIDER = "decider"
    CONTROLLER = "controller"
    ARCHIVIST = "archivist"
    AUTHOR = "author"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One document as the case would have it: `problems` are what its files themselves hold.

    A case without a text of its own shows what is adopted here.
    """

    id: DocumentId
    fields: Fields
    roles: Roles
    content_hash: ContentHash
    base_version: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Adopted:
    """One document as it stands on the record.

    `content_hash` is of the files on `main`; `issued_hash` is the newest version's own, which an
    `assign` does not change.
    """

    id: DocumentId
    fields: Fields
    roles: Roles
    content_hash: ContentHash
    issued_hash: ContentHash
    history: History
    creator: PersonId | None = None


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A case with all that its rules look at, on the day `on` (Europe/Stockholm)."""

    case: Case
    drafts: Mapping[DocumentId, Draft]
    adopted: Mapping[DocumentId, Adopted]
    registers: Registers
    on: date

    @property
    def snapshot(self) -> str:
        """The snapshot that forms carry."""
        return snapshot_of({d.id: d.content_hash for d in self.drafts.values()})

    def type_of(self, draft: Draft) -> DocumentType:
        """The draft's type; an unknown one allows nothing."""
        return self.registers.types.get(draft.fields.type) or DocumentType(
            slug=draft.fields.type, label={}
        )

    def roles_of(self, draft: Draft) -> Roles:
        """Who is who for the draft; as `main` says where there is no new text (rule 18)."""
        adopted = self.adopted.get(draft.id)
        return draft.roles if self.case.kind in HAS_TEXT or adopted is None else adopted.roles

    def latest(self, document: DocumentId) -> int:
        """The number of the newest version on the record; 0 for none."""
        adopted = self.adopted.get(document)
        return adopted.history.next_number - 1 if adopted else 0


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the one who takes a step says with it; each step looks at its own part.

    `snapshot` None: the caller shows none (the clock, a push); `second_look` is what was used to
    show again who acts, once it has been checked; `documents` are those that the fact owner says
    to have read.
    """

    snapshot: str | None = None
    second_look: str | None = None
    change_note: str = ""
    significance: Significance = Significance.SIGNIFICANT
    reason: str = ""
    comment: str = ""
    basis: BasisKind | None = None
    basis_reason: str = ""
    mandate: str = ""
    effective_from: date | None = None
    valid_until: date | None = None
    review_on: date | None = None
    successor: DocumentId | None = None
    attest: bool = False
    documents: frozenset[DocumentId] = frozenset()
    presented_by: str = ""
    body: str = ""
    minutes_date: date | None = None
    minutes_section: str = ""
    minutes_confirmed_on: date | None = None
    minutes_sha256: str | None = None
    registry_number: str = ""
    problems: tuple[Problem, ...] = field(default=())


def relations(matter: Matter, actor: Actor) -> frozenset[Relation]:
    """How `actor` stands to the case, over all of its documents."""
    case = matter.case
    found = {
        Relation.OPENER: case.opened_by is not None and case.opened_by.id == actor.id,
        Relation.CONTRIBUTOR: actor.id in case.contributors and actor.id not in case.registrars,
        Relation.DECIDER: may_decide_alone(matter, actor),
    } | grant_relations(actor)
    for draft in matter.drafts.values():
        roles = matter.roles_of(draft)
        for relation, holds in document_relations(matter.registers, roles, actor).items():
            found[relation] = found.get(relation, False) or holds
    found[Relation.REVIEWER] = found.get(Relation.REVIEWER, False) or any(
        actor.answers_to_any(reviewing_heads(matter.registers, d)) for d in matter.drafts.values()
    )
    if case.kind is not Kind.ASSIGN:
        found[Relation.HEAD] = False
    return frozenset(relation for relation, holds in found.items() if holds)


def may_decide_alone(matter: Matter, actor: Actor) -> bool:
    """Whether the kind is decided by whoever may adopt the types, and `actor` may (rules 9, 12)."""
    if matter.case.kind not in {Kind.EXTEND, Kind.REPEAL} or not matter.drafts:
        return False
    kinds = [matter.type_of(draft) for draft in matter.drafts.values()]
    return all(actor.functions.intersection(kind.may_decide) for kind in kinds)


def grant_relations(actor: Actor) -> dict[Relation, bool]:
    """What follows from grants alone."""
    return {
        Relation.CONTROLLER: Grant.CONTROLLER in actor.grants,
        Relation.ARCHIVIST: Grant.ARCHIVIST in actor.grants,
        Relation.AUTHOR: Grant.AUTHOR in actor.grants,
    }


def document_relations(registers: Registers, roles: Roles, actor: Actor) -> dict[Relation, bool]:
    """What follows from one document's who is who."""
    return {
        Relation.CASE_OFFICER: actor.answers_to(roles.case_officer),
        Relation.FACT_OWNER: actor.answers_to(roles.fact_owner),
        Relation.REVIEWER: actor.answers_to_any(roles.reviewers),
        Relation.ADOPTER: actor.answers_to_any(roles.adopter),
        Relation.HEAD: actor.answers_to(registers.head_of(roles.unit)),
    }


def reviewing_heads(registers: Registers, draft: Draft) -> tuple[str, ...]:
    """Where a text applies to several units, the head of each reviews it (rule 21)."""
    units = _several_units(registers, draft)
    return tuple(dict.fromkeys(head for unit in units if (head := registers.head_of(unit))))


def deciding_functions(matter: Matter, draft: Draft) -> tuple[str, ...]:
    """The functions that may decide: the type's, or where a text applies to several units the one.

    That is the head of their nearest common superior who may decide the type (rule 21).
    """
    may_decide = matter.type_of(draft).may_decide
    if matter.case.kind not in HAS_TEXT:
        return may_decide
    registers = matter.registers
    common = registers.nearest_common_superior(_several_units(registers, draft))
    heads = [registers.units[unit].head for unit in registers.line_of(common)]
    return next(((head,) for head in heads if head in may_decide), may_decide)


def loses_a_say(found: Container[Relation]) -> bool:
    """Whether one who stands so to a case may not approve or decide once they write (rule 17)."""
    judges = Relation.REVIEWER in found or Relation.ADOPTER in found
    return judges and Relation.CONTRIBUTOR not in found


def starters(kind: Kind) -> frozenset[Relation]:
    """Who may open a case of this kind (rules 14 and 16)."""
    if kind is Kind.NEW:
        return frozenset({Relation.AUTHOR, Relation.CONTROLLER})
    if kind is Kind.ASSIGN:
        return frozenset({Relation.HEAD, Relation.CONTROLLER})
    return frozenset(
        {Relation.CREATOR, Relation.CASE_OFFICER, Relation.FACT_OWNER, Relation.CONTROLLER}
    )


def _several_units(registers: Registers, draft: Draft) -> tuple[str, ...]:
    """The units that the text applies to, if they are more than one."""
    units = tuple(slug for slug in draft.fields.applies_to if slug in registers.units)
    return units if len(units) > 1 else ()
