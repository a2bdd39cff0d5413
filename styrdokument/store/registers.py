"""Registers between their YAML files and the domain's one value.

Reading keeps what it knows and passes over what it does not; what makes a register unfit to be
decided is told by `problems_in`.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any, TypeVar

from styrdokument.domain.document import DocumentType, SecondLook
from styrdokument.domain.naming import is_slug
from styrdokument.domain.people import Function, Grant, Holding, PersonId, Unit
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.registers import LegalAct, Process, Registers
from styrdokument.domain.reminders import is_ladder
from styrdokument.store import strictyaml

FOLDER = "registers"
LIMIT = 1_000_000
DEPTH = 6
_LISTS = ("types", "units", "functions", "processes")

Raw = Mapping[str, Any]
T = TypeVar("T")


def read(files: Mapping[str, bytes]) -> Registers:
    """The registers from their files, by path below `registers/` ("types.yaml", "laws/x.yaml").

    Raises Refused, with file and line, for what is not strict YAML or has a wrong shape.
    """
    laws = {
        PurePosixPath(path).stem: _read_file(path, data)
        for path, data in files.items()
        if path.startswith("laws/") and path.endswith(".yaml")
    }
    return Registers(
        types=_each("types.yaml", files, _type),
        units=_each("units.yaml", files, _unit),
        functions=_each("functions.yaml", files, _function),
        processes=_each("processes.yaml", files, _process),
        laws={slug: _entry(f"laws/{slug}.yaml", slug, raw, _law) for slug, raw in laws.items()},
    )


def problems_in(before: Registers, after: Registers) -> Iterator[Problem]:
    """Why `after` may not take the place of `before`."""
    yield from removed_entries(before, after)
    for register, slug in _named(after):
        if slug and slug not in getattr(after, register):
            yield Problem(
                code=Code.BAD_VALUE, field=register, rule="unlisted", values={"value": slug}
            )
    for name in ("types", "units", "functions"):
        for slug in sorted(getattr(after, name).keys() - getattr(before, name).keys()):
            if not is_slug(slug):
                yield Problem(code=Code.BAD_VALUE, field=name, rule="slug", values={"value": slug})
    for slug, kind in after.types.items():
        if not is_ladder(kind.reminders):
            yield Problem(code=Code.BAD_VALUE, field="types", rule="ladder", values={"value": slug})


def removed_entries(before: Registers, after: Registers) -> Iterator[Problem]:
    """A problem for each entry that `after` has not: entries end, and are never removed."""
    for name in (*_LISTS, "laws"):
        for slug in sorted(getattr(before, name).keys() - getattr(after, name).keys()):
            yield Problem(
                code=Code.BAD_VALUE, field=name, rule="removed_entry", values={"value": slug}
            )


def _named(registers: Registers) -> Iterator[tuple[str, str]]:
    """What one register names in another."""
    for unit in registers.units.values():
        yield "units", unit.parent
        yield "functions", unit.head
    for kind in registers.types.values():
        yield from (("functions", function) for function in kind.may_decide)


def _read_file(path: str, data: bytes) -> Raw:
    try:
        raw = strictyaml.read(data, limit=LIMIT, depth=DEPTH)
    except Refused as refused:
        found = [
            Problem(code=p.code, field=path, rule=p.rule, line=p.line, values=p.values)
            for p in refused.problems
        ]
        raise Refused(*found) from refused
    if not path.startswith("laws/") and any(not isinstance(entry, dict) for entry in raw.values()):
        raise Refused(Problem(code=Code.BAD_FRONT_MATTER, field=path, rule="shape"))
    return raw


def _each(path: str, files: Mapping[str, bytes], build: Callable[[str, Raw], T]) -> dict[str, T]:
    raw = _read_file(path, files.get(path, b""))
    return {slug: _entry(path, slug, entry, build) for slug, entry in raw.items()}


def _entry(path: str, slug: str, raw: Raw, build: Callable[[str, Raw], T]) -> T:
    try:
        return build(slug, raw)
    except (ValueError, TypeError, AttributeError) as error:
        problem = Problem(
            code=Code.BAD_FRONT_MATTER, field=path, rule="entry", values={"value": slug}
        )
        raise Refused(problem) from error


def _type(slug: str, raw: Raw) -> DocumentType:
    return DocumentType(
        slug=slug,
        label=_label(slug, raw),
        validity_months=_whole(raw, "validity_months", 24),
        longest_months=_whole(raw, "longest_months", 60),
        until_further_notice=_yes(raw, "until_further_notice"),
        board_only=_yes(raw, "board_only"),
        may_decide=_many(raw, "may_decide"),
        basis=_many(raw, "basis"),
        min_approvals=_whole(raw, "min_approvals", 1),
        second_look=SecondLook(_one(raw, "second_look") or SecondLook.DECISIONS),
        headings=_many(raw, "headings"),
        reminders=_many(raw, "reminders") or DocumentType.reminders,
        obligatory=_many(raw, "obligatory"),
        after_review_days=_whole(raw, "after_review_days", 30),
        until=_day(raw, "until"),
    )


def _unit(slug: str, raw: Raw) -> Unit:
    return Unit(
        slug=slug,
        label=_label(slug, raw),
        parent=_one(raw, "parent"),
        head=_one(raw, "head"),
        until=_day(raw, "until"),
        succeeded_by=_one(raw, "succeeded_by"),
    )


def _function(slug: str, raw: Raw) -> Function:
    return Function(
        slug=slug,
        label=_label(slug, raw),
        unit=_one(raw, "unit"),
        holders=_holdings(raw, "holders"),
        stand_ins=_holdings(raw, "stand_ins"),
        grants=frozenset(Grant(grant) for grant in _many(raw, "grants")),
        until=_day(raw, "until"),
        group=_key(raw, "group"),
    )


def _process(slug: str, raw: Raw) -> Process:
    return Process(
        slug=slug, label=_label(slug, raw), parent=_one(raw, "parent"), owner=_one(raw, "owner")
    )


def _law(slug: str, raw: Raw) -> LegalAct:
    provisions = raw.get("provisions") or {}
    return LegalAct(
        slug=slug,
        label=_label(slug, raw),
        number=_one(raw, "number"),
        provisions={key: _label(key, entry or {}) for key, entry in provisions.items()},
    )


def _label(slug: str, raw: Raw) -> Mapping[str, str]:
    label = raw.get("label") or {}
    return {"sv": slug, **{k: str(v) for k, v in label.items() if v}}


def _holdings(raw: Raw, key: str) -> tuple[Holding, ...]:
    return tuple(
        Holding(
            person=PersonId(_one(entry, "person")),
            since=_day(entry, "from"),
            until=_day(entry, "until"),
        )
        for entry in raw.get(key) or ()
    )


def _one(raw: Raw, key: str) -> str:
    return str(raw.get(key) or "")


def _many(raw: Raw, key: str) -> tuple[str, ...]:
    value = raw.get(key) or ()
    return tuple(str(v) for v in value) if isinstance(value, (list, tuple)) else (str(value),)


def _whole(raw: Raw, key: str, otherwise: int) -> int:
    return int(_one(raw, key) or otherwise)


def _yes(raw: Raw, key: str) -> bool:
    return _one(raw, key).lower() in {"true", "yes"}


def _key(raw: Raw, name: str) -> str:
    """An immutable key of the directory, as it writes them; a name is none."""
    value = _one(raw, name)
    if value and str(uuid.UUID(value)) != value.lower():
        raise ValueError(value)
    return value.lower()


def _day(raw: Raw, key: str) -> date | None:
    value = _one(raw, key)
    return date.fromisoformat(value) if value else None
