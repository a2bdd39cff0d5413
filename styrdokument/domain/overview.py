"""What the controller oversees, and how numbers by unit add up along the tree of units.

A unit's number is of the unit and all below it, as a list narrowed to that unit is.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from styrdokument.domain.registers import Registers


class Concern(StrEnum):
    """What is counted: documents that apply, those that need somebody's care, and open cases.

    Urgent are those that were changed in haste and not reviewed afterwards yet (rule 15).
    """

    ALL = "all"
    EXPIRED = "expired"
    DUE = "due"
    URGENT = "urgent"
    OWNERLESS = "ownerless"
    CASES = "cases"
    STUCK = "stuck"


Counted = Mapping[tuple[str, str, Concern], int]
"""How many, by unit, type and concern; what is none may be left out."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a table: numbers by column, for a unit `depth` steps down in the tree."""

    slug: str
    numbers: Mapping[str, int]
    depth: int = 0


def by_unit(counted: Counted, registers: Registers) -> tuple[Line, ...]:
    """A line for each unit that has something, its columns the concerns."""
    cells = Counter[tuple[str, str]]()
    for (unit, _, concern), number in counted.items():
        cells[unit, str(concern)] += number
    return tuple(_up_the_tree(cells, registers))


def by_unit_and_type(counted: Counted, registers: Registers, concern: Concern) -> tuple[Line, ...]:
    """A line for each unit that has something of the concern, its columns the types."""
    cells = {(unit, type_): n for (unit, type_, one), n in counted.items() if one is concern}
    return tuple(_up_the_tree(cells, registers))


def by_type(counted: Counted) -> tuple[Line, ...]:
    """A line for each type that has something, its columns the concerns."""
    found: dict[str, Counter[str]] = {}
    for (_, type_, concern), number in counted.items():
        found.setdefault(type_, Counter())[str(concern)] += number
    return tuple(Line(slug=slug, numbers=found[slug]) for slug in sorted(found))


def totals(counted: Counted) -> Mapping[Concern, int]:
    """How many of each concern in all."""
    found = dict.fromkeys(Concern, 0)
    for (_, _, concern), number in counted.items():
        found[concern] += number
    return found


def _up_the_tree(cells: Mapping[tuple[str, str], int], registers: Registers) -> Iterator[Line]:
    sums: dict[str, Counter[str]] = {}
    for (unit, column), number in cells.items():
        for above in registers.line_of(unit) or (unit,):
            if number:
                sums.setdefault(above, Counter())[column] += number
    for slug, depth in _tree(registers):
        if slug in sums:
            yield Line(slug=slug, numbers=sums.pop(slug), depth=depth)
    for slug in sorted(sums):  # units that no register has
        yield Line(slug=slug, numbers=sums[slug])


def _tree(registers: Registers) -> Iterator[tuple[str, int]]:
    """Every unit with its depth, each right after the unit that it belongs to."""
    below: dict[str, list[str]] = {}
    for slug, unit in registers.units.items():
        below.setdefault(unit.parent if unit.parent in registers.units else "", []).append(slug)
    waiting = [(slug, 0) for slug in reversed(below.get("", []))]
    while waiting:
        slug, depth = waiting.pop()
        yield slug, depth
        waiting += [(one, depth + 1) for one in reversed(below.get(slug, []))]
