"""The map file of an import: how a source's front matter becomes ours, and what it leaves unsaid.

What a map may say is told in `docs/importing.md`. Everything is judged against the registers as
they stand, before anything is read from the source; nothing a map leaves out is guessed in secret.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from styrdokument.actions.house import House
from styrdokument.domain.document import FIELDS, TEXT, Audience, Roles
from styrdokument.domain.people import Actor, Entry, PersonId
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.registers import Registers
from styrdokument.store import strictyaml

DAYS = frozenset({"effective_from", "valid_until"})
MAPPED = DAYS | {
    key
    for key, rule in FIELDS.items()
    if rule.file == TEXT and key not in {"id", "replaces", "parent"}
}
"""What `fields` may set. Ids are given here, and links to other documents need theirs."""

_SECTIONS = frozenset({"fields", "types", "defaults", "language_by_folder", "deleted"})
_PEOPLE = ("case_officer", "fact_owner", "reviewers", "adopter")
_DEFAULTS = frozenset({"type", "unit", "audience", "language", "applies_to", *_PEOPLE})
_YES_OR_NO = {"true": True, "false": False}


@dataclass(frozen=True, kw_only=True)
class SourceMap:
    """A judged map: types are slugs, people are entries, `fields` is ours -> theirs."""

    type: str
    roles: Roles
    applies_to: tuple[str, ...]
    audience: Audience = Audience.INTERNAL
    language: str = "sv"
    fields: Mapping[str, str] = field(default_factory=lambda: {"title": "title"})
    types: Mapping[str, str] = field(default_factory=dict)
    language_by_folder: Mapping[str, str] = field(default_factory=dict)
    deleted: bool = False

    def language_of(self, path: str) -> str:
        """The language of the nearest folder that is named, else the usual one."""
        folders = (f for f in self.language_by_folder if path.startswith(f"{f.strip('/')}/"))
        nearest = max(folders, key=len, default="")
        return self.language_by_folder.get(nearest, self.language)

    def roles_for(self, type_: str, registers: Registers) -> Roles:
        """Who is who; the unit's head adopts where nobody is named and the type lets it."""
        if self.roles.adopter or type_ not in registers.types:
            return self.roles
        may_decide, head = registers.types[type_].may_decide, registers.head_of(self.roles.unit)
        return replace(self.roles, adopter=(head,) if head in may_decide else may_decide[:1])


def read_map(house: House, actor: Actor, data: bytes = b"") -> SourceMap:
    """The map that `data` says; what it leaves out is as follows from the registers and `actor`.

    Raises Refused with every problem, each with its line.
    """
    raw = strictyaml.read(data)
    reading = _Reading(house, raw, data.decode())
    found = reading.map(actor)
    if reading.problems:
        raise Refused(*reading.problems)
    return found


class _Reading:
    """One pass over a map file, and all that is wrong with it."""

    def __init__(self, house: House, raw: Mapping[str, object], text: str) -> None:
        self.house, self.raw, self.text = house, raw, text
        self.problems: list[Problem] = []

    def map(self, actor: Actor) -> SourceMap:
        """The map, as far as it can be read."""
        self._refuse_unknown((), self.raw, _SECTIONS)
        fields, defaults = self._section("fields"), self._section("defaults")
        self._refuse_unknown(("fields",), fields, MAPPED)
        self._refuse_unknown(("defaults",), defaults, _DEFAULTS)
        unit = self._unit(actor)
        return SourceMap(
            type=self._type(),
            roles=self._roles(actor, unit),
            applies_to=self._many("applies_to") or (unit,),
            audience=self._audience(),
            language=self._one("defaults", "language") or "sv",
            fields={"title": "title"} | {key: self._one("fields", key) for key in fields},
            types={key: self._listed("types", ("types", key)) for key in self._section("types")},
            language_by_folder={
                key: self._one("language_by_folder", key)
                for key in self._section("language_by_folder")
            },
            deleted=self._deleted(),
        )

    def _section(self, name: str) -> Mapping[str, object]:
        section = self.raw.get(name) or {}
        if isinstance(section, Mapping):
            return section
        self._refuse("shape", name)
        return {}

    def _one(self, section: str, key: str) -> str:
        value = self._section(section).get(key)
        if isinstance(value, (list, Mapping)):
            self._refuse("shape", section, key)
            return ""
        return str(value or "")

    def _many(self, key: str) -> tuple[str, ...]:
        value = self._section("defaults").get(key)
        entries = value if isinstance(value, list) else [value] if value else []
        if any(not isinstance(entry, str) for entry in entries):
            self._refuse("shape", "defaults", key)
            return ()
        return tuple(str(entry) for entry in entries)

    def _type(self) -> str:
        """The type named, else the first that a board need not decide."""
        if named := self._listed("types", ("defaults", "type")):
            return named
        types = self.house.registers.types.values()
        open_ = (t.slug for t in types if not t.board_only and t.until is None)
        return next(open_, "") or self._missing("type")

    def _unit(self, actor: Actor) -> str:
        """The unit named, else that of who imports, else the topmost."""
        if named := self._listed("units", ("defaults", "unit")):
            return named
        units = self.house.registers.units
        if actor.person.unit in units:
            return actor.person.unit
        return next((u.slug for u in units.values() if not u.parent), "") or self._missing("unit")

    def _missing(self, key: str) -> str:
        self.problems.append(Problem(code=Code.NEEDS_FIELD, field=key))
        return ""

    def _roles(self, actor: Actor, unit: str) -> Roles:
        return Roles(
            unit=unit,
            case_officer=next(iter(self._entries("case_officer")), actor.id),
            fact_owner=next(iter(self._entries("fact_owner")), actor.id),
            reviewers=self._entries("reviewers"),
            adopter=self._entries("adopter"),
        )

    def _entries(self, key: str) -> tuple[Entry, ...]:
        """Functions by their slug, people by their login or id."""
        entries = [self._entry(key, named) for named in self._many(key)]
        return tuple(dict.fromkeys(entry for entry in entries if entry))

    def _entry(self, key: str, named: str) -> Entry:
        if named in self.house.registers.functions:
            return named
        account = self.house.accounts.named(named)
        person = account.person if account else self.house.directory.person(PersonId(named))
        if person is None:
            self._refuse("unlisted", "defaults", key, value=named)
            return ""
        return person.id

    def _listed(self, register: str, place: tuple[str, str]) -> str:
        named = self._one(*place)
        if named and named not in getattr(self.house.registers, register):
            self._refuse("unlisted", *place, value=named)
        return named

    def _audience(self) -> Audience:
        named = self._one("defaults", "audience") or Audience.INTERNAL
        if named in set(Audience):
            return Audience(named)
        self._refuse("unlisted", "defaults", "audience", value=named)
        return Audience.INTERNAL

    def _deleted(self) -> bool:
        said = str(self.raw.get("deleted") or "false")
        if said not in _YES_OR_NO:
            self._refuse("yes_or_no", "deleted")
        return _YES_OR_NO.get(said, False)

    def _refuse_unknown(
        self, above: tuple[str, ...], found: Mapping[str, object], known: frozenset[str]
    ) -> None:
        for key in found:
            if key not in known:
                self._refuse("unknown_key", *above, key, known=", ".join(sorted(known)))

    def _refuse(self, rule: str, *place: str, **values: object) -> None:
        problem = Problem(
            code=Code.BAD_VALUE,
            field="map",
            rule=rule,
            line=_line_of(self.text, place),
            values={"key": ".".join(place), **values},
        )
        if problem not in self.problems:
            self.problems.append(problem)


def _line_of(text: str, place: tuple[str, ...]) -> int:
    """The line, from 1, of a key within others; that of the nearest one above, if in brackets."""
    lines, line = text.split("\n"), 0
    for key in place:
        spelled = re.compile(rf"""\s*(["']?){re.escape(key)}\1\s*:""")
        found = (n for n, one in enumerate(lines, 1) if n > line and spelled.match(one))
        line = next(found, line)
    return line
