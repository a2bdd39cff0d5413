"""The named cast, their region and one routine, as domain values: who is who in every test.

Whoever gives somebody here a new function gives them its rights in every test.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from styrdokument.domain.document import ContentHash, DocumentId, DocumentType, Fields, Roles
from styrdokument.domain.matter import Adopted, Draft
from styrdokument.domain.people import Actor, Function, Grant, Holding, Person, PersonId, Unit
from styrdokument.domain.problems import Problem
from styrdokument.domain.registers import Registers
from styrdokument.domain.validity import History, Version

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=timezone(timedelta(hours=1)))


def _person(letters: str, name: str, title: str, unit: str = "medicinkliniken") -> Person:
    return Person(id=PersonId(f"p-{letters}"), name=name, title=title, unit=unit)


ALMA = _person("a1ma0000", "Alma", "Handläggare")
"""Case officer, and an author."""
BIRGIT = _person("b1rg1t00", "Birgit", "Smittskyddsläkare")
"""Reviewer by her function, `smittskydd`."""
CECILIA = _person("cec111a0", "Cecilia", "Hygiensjuksköterska")
"""Reviewer by name."""
DAG = _person("dag00000", "Dag", "Verksamhetschef")
"""Adopter, and head of the department of medicine."""
EVA = _person("eva00000", "Eva", "Sjuksköterska")
"""Reader."""
FRANS = _person("frans000", "Frans", "Hygienläkare")
"""Fact owner; stands in for Dag in July."""
GUN = _person("gvn00000", "Gun", "Sekreterare", "region")
"""A stranger of another unit: secretary of the regional assembly."""
KARIN = _person("kar1n000", "Karin", "Dokumentsamordnare", "region")
"""Controller."""
ARVID = _person("arv1d000", "Arvid", "Arkivarie", "region")
"""Archivist."""
CAST = (ALMA, BIRGIT, CECILIA, DAG, EVA, FRANS, GUN, KARIN, ARVID)

HEAD_OF_MEDICINE = "verksamhetschef-medicin"
HEAD_OF_SURGERY = "verksamhetschef-kirurgi"
DIRECTOR = "halso-och-sjukvardsdirektor"
ASSEMBLY = "regionfullmaktige"
JULY = Holding(person=FRANS.id, since=date(2026, 7, 1), until=date(2026, 7, 31))


def function(slug: str, *holders: Person, grants: Iterable[Grant] = ()) -> Function:
    """A function that these people have always held."""
    held = tuple(Holding(person=person.id) for person in holders)
    return Function(slug=slug, label={"sv": slug}, holders=held, grants=frozenset(grants))


def _unit(slug: str, parent: str, head: str = "") -> Unit:
    return Unit(slug=slug, label={"sv": slug}, parent=parent, head=head)


FUNCTIONS = (
    function("forfattare", ALMA, grants=(Grant.AUTHOR, Grant.GIT)),
    function("smittskydd", BIRGIT),
    function("hygienlakare", FRANS),
    replace(function(HEAD_OF_MEDICINE, DAG), stand_ins=(JULY,)),
    function(HEAD_OF_SURGERY),
    function(DIRECTOR),
    function(ASSEMBLY, GUN),
    function("dokumentsamordnare", KARIN, grants=(Grant.CONTROLLER,)),
    function("arkivarie", ARVID, grants=(Grant.ARCHIVIST,)),
)
UNITS = (
    _unit("region", ""),
    _unit("halso-och-sjukvard", "region", DIRECTOR),
    _unit("medicinkliniken", "halso-och-sjukvard", HEAD_OF_MEDICINE),
    _unit("avdelning-31", "medicinkliniken"),
    _unit("kirurgkliniken", "halso-och-sjukvard", HEAD_OF_SURGERY),
)
ROUTINE = DocumentType(
    slug="routine",
    label={"sv": "Rutin"},
    may_decide=(HEAD_OF_MEDICINE, DIRECTOR),
    basis=("head_of_operations", "delegation"),
)
POLICY = DocumentType(
    slug="policy",
    label={"sv": "Policy"},
    validity_months=48,
    until_further_notice=True,
    board_only=True,
    may_decide=(ASSEMBLY,),
    basis=("minutes",),
)
REGISTERS = Registers(
    types={kind.slug: kind for kind in (ROUTINE, POLICY)},
    units={unit.slug: unit for unit in UNITS},
    functions={one.slug: one for one in FUNCTIONS},
)

HYGIENE = DocumentId(1042)
FIELDS = Fields(id=HYGIENE, title="Handhygien", type="routine", applies_to=("medicinkliniken",))
ROLES = Roles(
    unit="medicinkliniken",
    case_officer=ALMA.id,
    fact_owner="hygienlakare",
    reviewers=("smittskydd", CECILIA.id),
    adopter=(HEAD_OF_MEDICINE,),
)
BOARDS_ROLES = replace(ROLES, adopter=(ASSEMBLY,))
FIRST = Version(number=1, effective_from=date(2025, 3, 15), valid_until=date(2027, 3, 15))
MINUTES: dict[str, Any] = {
    "body": "Regionfullmäktige",
    "minutes_date": date(2026, 11, 10),
    "minutes_section": "§ 112",
    "minutes_confirmed_on": date(2026, 11, 17),
}


def registers_with(*functions: Function, types: Iterable[DocumentType] = ()) -> Registers:
    """The region with some functions and types as given."""
    return replace(
        REGISTERS,
        functions={**REGISTERS.functions, **{one.slug: one for one in functions}},
        types={**REGISTERS.types, **{kind.slug: kind for kind in types}},
    )


def hygiene_draft(
    words: str = "New words.",
    *,
    roles: Roles = ROLES,
    base: int = 1,
    problems: tuple[Problem, ...] = (),
    **fields: Any,
) -> Draft:
    """A draft of the routine; other words, fields or roles make other bytes."""
    made = replace(FIELDS, **fields)
    return Draft(
        id=made.id,
        fields=made,
        roles=roles,
        content_hash=ContentHash(hashlib.sha256(f"{words}{made}{roles}".encode()).hexdigest()),
        base_version=base,
        problems=problems,
    )


def hygiene_adopted(
    *versions: Version,
    roles: Roles = ROLES,
    creator: Person = ALMA,
    repealed_from: date | None = None,
    **fields: Any,
) -> Adopted:
    """The routine as it stands on the record, with version 1 unless others are given."""
    shown = hygiene_draft("Old words.", roles=roles, **fields)
    return Adopted(
        id=shown.id,
        fields=shown.fields,
        roles=roles,
        content_hash=shown.content_hash,
        issued_hash=shown.content_hash,
        history=History(versions=versions or (FIRST,), repealed_from=repealed_from),
        creator=creator.id,
    )


def boards_adopted() -> Adopted:
    """The routine as a policy instead: the assembly's, until further notice."""
    noticed = replace(FIRST, valid_until=None, review_on=FIRST.valid_until)
    return hygiene_adopted(noticed, type="policy", roles=BOARDS_ROLES)


def actor(person: Person, registers: Registers = REGISTERS, *, on: date = TODAY) -> Actor:
    """Somebody signed in."""
    return registers.actor(person, on=on)
