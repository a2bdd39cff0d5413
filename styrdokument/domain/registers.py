"""The registers as one value: types, units, functions, processes and laws, as they stand.

Every right but administration comes from here; entries end, and are never removed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from styrdokument.domain.document import DocumentType
from styrdokument.domain.people import (
    ActingFor,
    Actor,
    Entry,
    Function,
    Grant,
    Person,
    PersonId,
    Unit,
    Who,
    is_person,
)


@dataclass(frozen=True, kw_only=True)
class Process:
    """An activity or process of the process map."""

    slug: str
    label: Mapping[str, str]
    parent: str = ""
    owner: Entry = ""


@dataclass(frozen=True, kw_only=True)
class LegalAct:
    """A legal act and its provisions, keyed by slug."""

    slug: str
    label: Mapping[str, str]
    number: str = ""
    provisions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Registers:
    """All registers, each keyed by slug."""

    types: Mapping[str, DocumentType] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    processes: Mapping[str, Process] = field(default_factory=dict)
    laws: Mapping[str, LegalAct] = field(default_factory=dict)

    def actor(
        self, person: Person, *, on: date, is_admin: bool = False, is_current: bool = True
    ) -> Actor:
        """`person` with the functions and grants that they hold on the day `on`."""
        named = self._functions_naming.get(person.id, ())
        held = {f.slug for f in named if person.id in f.holders_on(on)}
        standing_in = {f.slug for f in named if person.id in f.stand_ins_on(on)}
        functions = frozenset(held | standing_in)
        grants = {grant for slug in functions for grant in self.functions[slug].grants}
        return Actor(
            person=person,
            functions=functions,
            stands_in=frozenset(standing_in - held),
            grants=frozenset(grants),
            is_admin=is_admin,
            is_current=is_current,
        )

    @cached_property
    def _functions_naming(self) -> Mapping[PersonId, tuple[Function, ...]]:
        """The functions that somebody has held, holds, will hold or stands in for."""
        found: dict[PersonId, dict[str, Function]] = {}
        for one in self.functions.values():
            for holding in (*one.holding, *one.stand_ins):
                found.setdefault(holding.person, {})[one.slug] = one
        return {person: tuple(functions.values()) for person, functions in found.items()}

    def holders(self, entry: Entry, *, on: date) -> tuple[PersonId, ...]:
        """The people behind an entry on a day: the person, or holders and stand-ins."""
        if is_person(entry):
            return (PersonId(entry),)
        function = self.functions.get(entry)
        if function is None:
            return ()
        return tuple(dict.fromkeys((*function.holders_on(on), *function.stand_ins_on(on))))

    def is_granted_to_anybody(self, grant: Grant, *, on: date) -> bool:
        """Whether somebody holds a function with `grant` on the day."""
        return any(
            grant in f.grants and (f.holders_on(on) or f.stand_ins_on(on))
            for f in self.functions.values()
        )

    def line_of(self, unit: str) -> tuple[str, ...]:
        """The unit and its superiors, nearest first."""
        line: list[str] = []
        while unit and unit in self.units and unit not in line:
            line.append(unit)
            unit = self.units[unit].parent
        return tuple(line)

    def below(self, unit: str) -> frozenset[str]:
        """The unit and everything under it."""
        return frozenset(slug for slug in self.units if unit in self.line_of(slug))

    def unit_called(self, text: str) -> str:
        """The unit that has `text` for a slug or label, as directories have it; else `text`."""
        if text in self.units:
            return text
        wanted = text.casefold()
        found = (
            slug
            for slug, unit in self.units.items()
            if wanted in {label.casefold() for label in unit.label.values()}
        )
        return next(found, text)

    def nearest_common_superior(self, units: Iterable[str]) -> str:
        """The lowest unit that all of `units` lie under (or are); empty where there is none."""
        lines = [self.line_of(unit) for unit in units]
        if not lines:
            return ""
        return next((u for u in lines[0] if all(u in line for line in lines[1:])), "")

    def head_of(self, unit: str) -> str:
        """The function that heads the unit, or the nearest superior's where it has none."""
        return next((self.units[u].head for u in self.line_of(unit) if self.units[u].head), "")

    def has_provision(self, reference: str) -> bool:
        """Whether `reference` (`sosfs-2011-9/4-4` or a whole act) is in the register of laws."""
        act, _, provision = reference.partition("/")
        known = self.laws.get(act)
        return known is not None and (not provision or provision in known.provisions)

    def sign(self, actor: Actor, *, function: str = "", holder: Person | None = None) -> Who:
        """The actor as the record names them; a stand-in signs for the function's holder."""
        acting_for = None
        if function in actor.stands_in:
            acting_for = ActingFor(
                function=function,
                id=holder.id if holder else None,
                name=holder.name if holder else "",
            )
        person = actor.person
        return Who(
            id=person.id,
            name=person.name,
            title=person.title,
            unit=person.unit,
            acting_for=acting_for,
        )
