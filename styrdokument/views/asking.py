"""From an address's query to what is asked of the catalogue: a day, a page, filters.

What says a standing or a day that does not exist is refused; anything else that fits nothing finds
nothing.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from flask import request

from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.validity import APPLIES, Standing
from styrdokument.store.catalogue import PAGE, Filters, Sorting
from styrdokument.store.desk import Within
from styrdokument.views.support import house, words

E = TypeVar("E", bound=StrEnum)
D = TypeVar("D")
ALL = "all"
NARROWS = ("q", "type", "unit", "process", "standing", "outcome", "sort")
"""The parts of a query that narrow or order a list; beside them stand `page` and `on`."""
DESK = ("days", "state", "year", "when", "decider", "show", "from", "until")
"""What narrows the lists of the controller's desk beside type and unit."""
MOST_WORDS = 20
LONGEST_WORD = 60
MOST_PAGES = 100_000


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Where a page stands in a list: `number` counts from 1, `total` is of what is listed."""

    number: int
    total: int
    size: int = PAGE

    @property
    def count(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.size))

    @property
    def following(self) -> str:
        """The address of the next page; empty on the last."""
        return here(page=self.number + 1) if self.number < self.count else ""

    @property
    def preceding(self) -> str:
        """The address of the page before; empty on the first."""
        return here(page=min(self.number - 1, self.count)) if self.number > 1 else ""


def day_asked(name: str = "on") -> date | None:
    """The day asked for, None where none is. Raises Refused."""
    typed = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Refused(Problem(code=Code.BAD_VALUE, field=name, rule="date")) from error


def number_asked(name: str, *, otherwise: int = 1) -> int:
    """A whole number from 1; `otherwise` where there is none to read."""
    typed = request.args.get(name, "").strip()
    is_number = typed.isascii() and typed.isdigit() and len(typed) < len(str(MOST_PAGES))
    return max(1, int(typed)) if is_number else otherwise


def filters_asked() -> Filters:
    """What the list is narrowed to. Raises Refused."""
    unit, process, registers = _typed("unit"), _typed("process"), house().registers
    return Filters(
        standings=_standings(_typed("standing")),
        type=_typed("type"),
        units=(registers.below(unit) or frozenset({unit})) if unit else frozenset(),
        processes=_below(process) if process else frozenset(),
        words=words_in(_typed("q")),
        sorting=_sorting(_typed("sort")),
        is_swedish=words().is_original,
    )


def within_asked() -> Within:
    """The unit with all below it, and the type, that are asked for. Raises Refused with both."""
    registers, unit, kind = house().registers, _typed("unit"), _typed("type")
    unlisted = [
        Problem(code=Code.BAD_VALUE, field=field, rule="unlisted", values={"value": value})
        for field, value, known in (
            ("unit", unit, registers.units),
            ("type", kind, registers.types),
        )
        if value and value not in known
    ]
    if unlisted:
        raise Refused(*unlisted)
    return Within(units=registers.below(unit) if unit else frozenset(), type=kind)


def whole_number_asked(name: str, *, least: int, most: int, otherwise: int) -> int:
    """A whole number within limits; `otherwise` where none is typed. Raises Refused."""
    typed = request.args.get(name, "").strip()
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= len(str(most))
    if not typed:
        return otherwise
    if not is_number or not least <= int(typed) <= most:
        values = {"least": least, "most": most}
        raise Refused(Problem(code=Code.BAD_VALUE, field=name, rule="number", values=values))
    return int(typed)


def choice_asked(name: str, choices: Iterable[E], *, otherwise: D) -> E | D:
    """One of `choices`; `otherwise` where none is typed. Raises Refused."""
    typed, known = request.args.get(name, "").strip(), {str(one): one for one in choices}
    if typed and typed not in known:
        values = {"choices": ", ".join(known)}
        raise Refused(Problem(code=Code.BAD_VALUE, field=name, rule="choice", values=values))
    return known[typed] if typed else otherwise


def words_in(typed: str) -> tuple[str, ...]:
    """The words to look for, in the form that the index keeps; as many as can help."""
    clean = unicodedata.normalize("NFC", typed[: MOST_WORDS * LONGEST_WORD]).casefold()
    readable = "".join(c if c.isprintable() else " " for c in clean)
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in readable.split()))[:MOST_WORDS]


def asked() -> dict[str, str]:
    """The query as it was typed, for a form that shows it again."""
    return {name: request.args.get(name, "") for name in (*NARROWS, *DESK)}


def here(ending: str = "", **changes: object) -> str:
    """The list's address with the same query, less its page, and with `changes`."""
    path = request.path
    if ending:
        path = path.removesuffix(".json").removesuffix(".csv") + ending
    kept = {name: request.args.get(name, "") for name in (*NARROWS, *DESK, "on")} | changes
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{path}?{query}" if query else path


def _typed(name: str) -> str:
    """What was typed; no database takes a NUL, and no name has one."""
    return request.args.get(name, "").replace("\0", " ")


def _standings(typed: str) -> frozenset[Standing]:
    if not typed:
        return APPLIES
    if typed == ALL:
        return frozenset(Standing)
    if typed not in set(Standing):
        raise Refused(Problem(code=Code.BAD_VALUE, field="standing"))
    return frozenset({Standing(typed)})


def _sorting(typed: str) -> Sorting:
    return Sorting(typed) if typed in set(Sorting) else Sorting.STANDING


def _below(process: str) -> frozenset[str]:
    """The process and what is under it."""
    found = {process}
    processes = house().registers.processes
    while more := {s for s, p in processes.items() if p.parent in found} - found:
        found |= more
    return frozenset(found)
