"""Who is told of a document's reminder, as what, and in whose place: never nobody.

Nobody is told to be gone by name alone: who is `here`, and who can be reached, is the directory's
to say.
"""

from collections.abc import Container, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from styrdokument.domain.document import Roles
from styrdokument.domain.people import Entry, Grant, PersonId
from styrdokument.domain.registers import Registers
from styrdokument.domain.reminders import Stage
from styrdokument.domain.vacancy import vacancy_of


class Part(StrEnum):
    """As whom somebody is told."""

    CASE_OFFICER = "case_officer"
    FACT_OWNER = "fact_owner"
    HEAD = "head"
    ADOPTER = "adopter"
    CONTROLLER = "controller"
    ADMINISTRATOR = "administrator"


NO_ADDRESS, AWAY = "no_address", "away"
"""Why somebody who has not left is passed by: there is nowhere to send to, or they are away."""


@dataclass(frozen=True, kw_only=True)
class Missing:
    """Who was to be told, and why they are not: a `Vacancy`, `NO_ADDRESS` or `AWAY`."""

    part: Part
    entry: Entry
    why: str


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody who is told, as what, and in whose place where that is so."""

    person: PersonId
    part: Part
    entry: Entry = ""
    instead_of: tuple[Missing, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """Who there is on a day: `here` have not left, `away` are so for long.

    `reachable` can be sent to, and are there to read it.
    """

    registers: Registers
    on: date
    here: Container[PersonId]
    reachable: Container[PersonId]
    away: Container[PersonId] = frozenset()
    administrators: Sequence[PersonId] = ()
    above: dict[Hashable, "_Above"] = field(default_factory=dict, init=False, compare=False)
    """What `recipients` has found once for all documents of a unit."""


def recipients(roles: Roles, stage: Stage, known: Organisation) -> tuple[Recipient, ...]:
    """Everybody who is told of a stage, each once, by the first reason.

    Where nobody is behind a role, the next in line is told in their place: fact owner or case
    officer, the unit's head, the heads above, the controllers, the administrators. It is empty
    only where no administrator is here.
    """
    above = _above(roles, stage, known)
    officer = _group(Part.CASE_OFFICER, [roles.case_officer])
    owner = _group(Part.FACT_OWNER, [roles.fact_owner])
    told = (
        *_told(officer, (owner, *above.others), known),
        *_told(owner, (officer, *above.others), known),
        *above.told,
    )
    found: dict[PersonId, Recipient] = {}
    for one in told:
        found.setdefault(one.person, one)
    return tuple(found.values())


@dataclass(frozen=True, kw_only=True)
class _Link:
    """Somebody who may be told, as what."""

    part: Part
    entry: Entry


_Group = tuple[_Link, ...]
"""Links of which any one is enough."""


@dataclass(frozen=True, kw_only=True)
class _Above:
    """Who is told of a stage beside case officer and fact owner, and who takes their place."""

    told: tuple[Recipient, ...]
    others: tuple[_Group, ...]


def _above(roles: Roles, stage: Stage, known: Organisation) -> _Above:
    """The same for thousands of documents of a unit: it is found once for an organisation."""
    level = stage.level if stage.reaches_head else None
    key = (roles.unit, tuple(roles.adopter), level, stage.reaches_deciders)
    found = known.above.get(key)
    if found is None:
        heads = _heads(known.registers, roles.unit, known.on)
        found = known.above[key] = _found_above(roles, stage, heads, known)
    return found


def _found_above(
    roles: Roles, stage: Stage, entries: Sequence[Entry], known: Organisation
) -> _Above:
    functions = known.registers.functions.values()
    granted = [one.slug for one in functions if Grant.CONTROLLER in one.grants]
    controllers = _group(Part.CONTROLLER, granted or [""])
    administrators = _group(Part.ADMINISTRATOR, known.administrators)
    heads = tuple(_group(Part.HEAD, [entry]) for entry in entries)
    others = (*heads, controllers, administrators)
    told: list[Recipient] = []
    if stage.reaches_head:
        for number, head in enumerate(heads[: stage.level + 1], 1):
            told += _told(head, others[number:], known)
    if stage.reaches_deciders:
        told += _told(_group(Part.ADOPTER, roles.adopter or [""]), others, known)
        told += _told(controllers, (administrators,), known)
    return _Above(told=tuple(told), others=others)


def _group(part: Part, entries: Iterable[Entry]) -> _Group:
    return tuple(_Link(part=part, entry=entry) for entry in entries)


def _heads(registers: Registers, unit: str, on: date) -> list[Entry]:
    """The heads of the unit, or of the one that took over from it, and of those above."""
    seen: set[str] = set()
    while (known := registers.units.get(unit)) and known.succeeded_by and unit not in seen:
        if known.until is None or on <= known.until:
            break
        seen.add(unit)
        unit = known.succeeded_by
    named = (registers.units[one].head for one in registers.line_of(unit))
    return list(dict.fromkeys(head for head in named if head))


def _told(wanted: _Group, others: Sequence[_Group], known: Organisation) -> Iterator[Recipient]:
    """Those of the first group that has somebody to send to, or else somebody who is here."""
    for within in (known.reachable, known.here):
        passed: list[Missing] = []
        for group in (wanted, *others):
            found = {p: link for link in group for p in _behind(link, known) if p in within}
            if found:
                for person, link in found.items():
                    yield Recipient(
                        person=person, part=link.part, entry=link.entry, instead_of=tuple(passed)
                    )
                return
            passed += [_missing(link, known) for link in group]


def _behind(link: _Link, known: Organisation) -> tuple[PersonId, ...]:
    return known.registers.holders(link.entry, on=known.on)


def _missing(link: _Link, known: Organisation) -> Missing:
    vacancy = vacancy_of(known.registers, link.entry, on=known.on, here=known.here)
    is_away = any(one in known.away for one in _behind(link, known))
    why = vacancy or (AWAY if is_away else NO_ADDRESS)
    return Missing(part=link.part, entry=link.entry, why=str(why))
