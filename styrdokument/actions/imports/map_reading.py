"""Reading a map file: every key is known or refused with its line, every name is in a register.

All of it is judged against the registers as they stand, before anything is read from the source.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from styrdokument.actions.house import House
from styrdokument.actions.imports.map_shapes import Place, Shapes
from styrdokument.actions.imports.mapping import MAPPED, Defaults, SourceMap, Twins
from styrdokument.actions.imports.spelling import Known, known_by
from styrdokument.domain.document import Audience
from styrdokument.domain.people import Actor, Entry, PersonId
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.store import strictyaml

LIMIT = 256 * 1024
"""Bytes of a map: a large region has many spellings to correct."""

_SECTIONS = frozenset(
    {"fields", "types", "owners", "units", "defaults", "folders", "language_by_folder"}
    | {"links", "twins", "stagger", "copies", "deleted"}
)
_PEOPLE = ("case_officer", "fact_owner", "reviewers", "adopter")
_DEFAULTS = frozenset({"type", "unit", "audience", "language", "applies_to", *_PEOPLE})
_TWINS = frozenset({"key", "paths", "endings"})
_YES_OR_NO = {"true": True, "false": False}
_COPIES = {"one": True, "each": False}
_LONGEST_STAGGER = 120


def read_map(house: House, actor: Actor, data: bytes = b"") -> SourceMap:
    """The map that `data` says; what it leaves out is as follows from the registers and `actor`.

    Raises Refused with every problem, each with its line.
    """
    raw = strictyaml.read(data, limit=LIMIT)
    reading = _Reading(house, actor, raw, data.decode())
    found = reading.map()
    if reading.problems:
        raise Refused(*reading.problems)
    return found


class _Reading(Shapes):
    """One pass over a map file, held against the registers."""

    def __init__(self, house: House, actor: Actor, raw: Mapping[str, Any], text: str) -> None:
        super().__init__(raw, text)
        self.house, self.actor = house, actor
        self.registers = house.registers

    def map(self) -> SourceMap:
        """The map, as far as it can be read."""
        self.refuse_unknown((), self.raw, _SECTIONS)
        fields = self.section("fields")
        self.refuse_unknown(("fields",), fields, MAPPED)
        usual = self._usual()
        return SourceMap(
            defaults=usual,
            folders=self._folders(usual),
            fields={"title": ("title",)} | {key: self.many("fields", key) for key in fields},
            types={key: self._listed("types", "types", key) for key in self.section("types")},
            owners=self._owners(),
            units=self._units(),
            links={key: self.one("links", key) for key in self.section("links")},
            twins=self._twins(),
            stagger=self._stagger(),
            are_copies_one=self._choice("copies", _COPIES, "one_or_each"),
            deleted=self._choice("deleted", _YES_OR_NO, "yes_or_no"),
        )

    def _usual(self) -> Defaults:
        """The defaults, with what is left out taken from the registers and from who imports."""
        types, units = self.registers.types.values(), self.registers.units
        open_ = next((t.slug for t in types if not t.board_only and t.until is None), "")
        own = self.actor.person.unit if self.actor.person.unit in units else ""
        top = own or next((u.slug for u in units.values() if not u.parent), "")
        known = Defaults(type=open_, unit=top, case_officer=self.actor.id, fact_owner=self.actor.id)
        found = self._overlaid(known, "defaults")
        for key in ("type", "unit"):
            if not getattr(found, key):
                self.problems.append(Problem(code=Code.NEEDS_FIELD, field=key))
        return found

    def _overlaid(self, known: Defaults, *place: str) -> Defaults:
        """`known`, with what the section at `place` says instead."""
        said = self.section(*place)
        self.refuse_unknown(place, said, _DEFAULTS)
        entries = {key: self._entries(*place, key) for key in _PEOPLE if key in said}
        found: dict[str, Any] = {
            "type": self._listed("types", *place, "type"),
            "unit": self._listed("units", *place, "unit"),
            "audience": self._audience(*place),
            "language": self.one(*place, "language"),
            "applies_to": self.many(*place, "applies_to"),
            **{key: entries[key] for key in ("reviewers", "adopter") if key in entries},
            **{
                key: next(iter(entries[key]), "")
                for key in ("case_officer", "fact_owner")
                if key in entries
            },
        }
        return replace(known, **{key: value for key, value in found.items() if value})

    def _folders(self, usual: Defaults) -> dict[str, Defaults]:
        """Longer names build on shorter ones above them."""
        found: dict[str, Defaults] = {}
        languages = {key.strip("/"): key for key in self.section("language_by_folder")}
        folders = {key.strip("/"): key for key in self.section("folders")}
        for name in sorted(languages | folders, key=len):
            above = [known for key, known in found.items() if name.startswith(f"{key}/")]
            known = above[-1] if above else usual
            if name in folders:
                known = self._overlaid(known, "folders", folders[name])
            if name in languages:
                spoken = self.one("language_by_folder", languages[name])
                known = replace(known, language=spoken or known.language)
            found[name] = known
        return found

    def _owners(self) -> Known:
        """Functions by slug and label, people by name; then what the map says."""
        people = [(person.name, person.id) for person in self.house.directory.people()]
        functions = list(_named(self.registers.functions.values()))
        said = {key: self._first_entry("owners", key) for key in self.section("owners")}
        return known_by([*people, *functions]).with_more(said)

    def _units(self) -> Known:
        said = {key: self._listed("units", "units", key) for key in self.section("units")}
        return known_by(_named(self.registers.units.values())).with_more(said)

    def _twins(self) -> Twins:
        section = self.section("twins")
        self.refuse_unknown(("twins",), section, _TWINS)
        paths = self.section("twins", "paths") if "paths" in section else {}
        return Twins(
            key=self.one("twins", "key"),
            paths={k.strip("/"): self.one("twins", "paths", k).strip("/") for k in paths},
            endings=self.many("twins", "endings"),
        )

    def _stagger(self) -> int:
        said = self.one("stagger") or "0"
        if said.isascii() and said.isdigit() and int(said) <= _LONGEST_STAGGER:
            return int(said)
        self.refuse("months", ("stagger",), longest=_LONGEST_STAGGER)
        return 0

    def _choice(self, key: str, known: Mapping[str, bool], rule: str) -> bool:
        said = self.one(key)
        if said and said not in known:
            self.refuse(rule, (key,))
        return known.get(said, False)

    def _entries(self, *place: str) -> tuple[Entry, ...]:
        """Functions by their slug, people by their login or id."""
        entries = [self._entry(place, named) for named in self.many(*place)]
        return tuple(dict.fromkeys(entry for entry in entries if entry))

    def _first_entry(self, *place: str) -> Entry:
        named = self.one(*place)
        return self._entry(place, named) if named else ""

    def _entry(self, place: Place, named: str) -> Entry:
        if named in self.registers.functions:
            return named
        account = self.house.accounts.named(named)
        person = account.person if account else self.house.directory.person(PersonId(named))
        if person is None:
            self.refuse("unlisted", place, value=named)
            return ""
        return person.id

    def _listed(self, register: str, *place: str) -> str:
        named = self.one(*place)
        if named and named not in getattr(self.registers, register):
            self.refuse("unlisted", place, value=named)
        return named

    def _audience(self, *place: str) -> Audience | None:
        named = self.one(*place, "audience")
        if named and named not in set(Audience):
            self.refuse("unlisted", (*place, "audience"), value=named)
            return None
        return Audience(named) if named else None


def _named(entries: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - functions or units
    for entry in entries:
        yield entry.slug, entry.slug
        yield from ((label, entry.slug) for label in entry.label.values())
