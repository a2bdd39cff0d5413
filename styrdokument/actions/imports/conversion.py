"""One foreign text as it becomes ours: characters, head, title; each change with a remark.

Nothing is lost in silence: what is not understood stays in the text, under its own name or as it
stood, and what has to go is told.
"""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from styrdokument.actions.imports import heads
from styrdokument.actions.imports.letters import readable
from styrdokument.actions.imports.mapping import NAMING, TEXTUAL, Defaults, SourceMap, adopting
from styrdokument.actions.imports.remark import Remark, short
from styrdokument.actions.imports.spelling import Spelled
from styrdokument.actions.imports.terms import Said, read_said
from styrdokument.domain.document import FIELDS, ROLES, TEXT, DocumentId, Roles, is_governed
from styrdokument.domain.fields import MOST_TEXT, form_problems, is_listed
from styrdokument.domain.problems import Refused
from styrdokument.domain.registers import Registers
from styrdokument.store.strictyaml import Value, Writable
from styrdokument.text import lint, markdown

_TAGS = {
    "ERB": re.compile(r"<%.*?%>", re.DOTALL),
    "Hugo": re.compile(r"\{\{[<%].*?[>%]\}\}", re.DOTALL),
    "Liquid": re.compile(r"\{%.*?%\}|\{\{(?![<%]).*?\}\}", re.DOTALL),
}
"""What another program would run; here it is text, and shown as it stands."""
_RENAMED = "source_"
_LONG, _MANY_LINES = 40_000, 2_000
_NESTED = re.compile(r"^[ \t>*+\-\d.):]{11}", re.MULTILINE)
"""Nesting as deep as lint allows takes eleven such signs at the start of a line."""
_DEFINED = re.compile(r"^ {0,3}\[[^\]\n]*\]:(.*)", re.MULTILINE)
_MOST_DEFINED = 100_000


@dataclass(frozen=True, kw_only=True)
class Converted:
    """A text of ours, less its id and where it came from.

    `roles` are who is who by the source and the map, `spelled` how the source names them, `said`
    the days of the source, and `twin` its value for what ties two languages together.
    """

    fields: Mapping[str, Writable]
    body: str
    roles: Roles
    said: Said
    spelled: tuple[Spelled, ...]
    remarks: tuple[Remark, ...]
    twin: str = ""

    @property
    def title(self) -> str:
        """The document's title."""
        return str(self.fields["title"])

    @property
    def type(self) -> str:
        """The slug of its type."""
        return str(self.fields["type"])


def convert(data: bytes, path: str, map_: SourceMap, registers: Registers) -> Converted:
    """The text in `data`, which stood at `path`. Raises Refused for what cannot be a text."""
    work = _Conversion(path, map_, registers)
    text, made_readable = readable(data)
    head = heads.read_head(text)
    work.remarks += [*made_readable, *head.remarks]
    roles, spelled = work.roles(head.fields)
    fields, body = work.fields(head.fields, head.body, roles.unit)
    body = lint.clean(body.lstrip("\n"))
    if _may_cost_much(body):
        problems = [p for p in lint.findings(body) if lint.blocks_saving(p)]
        if problems:
            raise Refused(*problems)
    said, unread = read_said(head.fields, map_.fields)
    return Converted(
        fields=fields,
        body=body,
        roles=adopting(roles, str(fields["type"]), registers),
        said=said,
        spelled=spelled,
        remarks=(*work.remarks, *unread, *_tags_in(body)),
        twin=str(head.fields.get(map_.twins.key) or "") if map_.twins.key else "",
    )


class _Conversion:
    """One text on its way, and the remarks so far."""

    def __init__(self, path: str, map_: SourceMap, registers: Registers) -> None:
        self.path, self.map, self.registers = path, map_, registers
        self.usual: Defaults = map_.at(path)
        self.remarks: list[Remark] = []

    def roles(self, front: Mapping[str, Value]) -> tuple[Roles, tuple[Spelled, ...]]:
        """Who is who, and how the source spells it; whom nobody knows gives way to the default."""
        found = {key: getattr(self.usual, key) for key in NAMING}
        spelled: list[Spelled] = []
        for key in sorted(NAMING & self.map.fields.keys()):
            theirs, value = self._said(front, key)
            known = self.map.units if key == "unit" else self.map.owners
            here = [Spelled(key=key, spelling=s, entry=known.find(s)) for s in _spellings(value)]
            entries = tuple(dict.fromkeys(one.entry for one in here if one.entry))
            if entries:
                found[key] = entries if isinstance(found[key], tuple) else entries[0]
            for one in here:
                if not one.entry:
                    self._note("unknown_owner", key=theirs, value=short(one.spelling))
            spelled += here
        return Roles(**found), tuple(spelled)

    def fields(
        self, front: Mapping[str, Value], body: str, unit: str
    ) -> tuple[dict[str, Writable], str]:
        """Ours first, in their order, then the source's own that fit; and the text."""
        ours, used = self._mapped(front)
        fields: dict[str, Writable] = {
            "title": self._title(ours.pop("title", None), body),
            "type": self.usual.type,
            "language": self.map.language_of(self.path),
            "audience": str(self.usual.audience),
            "applies_to": list(self.usual.applies_to or (unit,)),
        }
        fields |= ours
        others = {
            self._free_name(key, fields.keys() | front.keys()): value
            for key, value in front.items()
            if key not in used
        }
        moved = {key: others.pop(key) for key in heads.unfit(others)}
        if moved:
            self._note("fields_as_text", keys=", ".join(moved))
            body = heads.as_code(moved) + body.lstrip("\n")
        return fields | others, body

    def _said(self, front: Mapping[str, Value], key: str) -> tuple[str, Value]:
        """The first of the source's keys that says something, and what."""
        theirs = self.map.fields[key]
        return next(((k, front[k]) for k in theirs if front.get(k) is not None), ("", None))

    def _mapped(self, front: Mapping[str, Value]) -> tuple[dict[str, Writable], set[str]]:
        """The values that the map finds and that fit, and their keys; the rest keep their names."""
        found: dict[str, Writable] = {}
        used = set()
        for key in self.map.fields.keys() & TEXTUAL:
            theirs, value = self._said(front, key)
            if value is None:
                continue
            fitting = self.map.types.get(str(value), value) if key == "type" else value
            if self._fits(key, fitting):
                found[key] = fitting
                used.add(theirs)
            else:
                self._note("value_does_not_fit", key=theirs, value=short(value))
        return {key: found[key] for key in FIELDS if key in found}, used

    def _fits(self, key: str, value: Writable) -> bool:
        if any(form_problems({key: value}, TEXT, id_=DocumentId(0))):
            return False
        register = FIELDS[key].listed_in
        entries = value if isinstance(value, list) else [value]
        return not register or all(is_listed(register, str(e), self.registers) for e in entries)

    def _title(self, said: Writable, body: str) -> str:
        words = " ".join(str(said or "").split())
        if not words:
            headings = markdown.outline(body)
            words = headings[0].text if headings else ""
        if not words:
            stem = PurePosixPath(self.path).name.split(".")[0]
            words = " ".join(re.split(r"[-_\s]+", stem)).strip() or self.path
            self._note("title_from_name")
        if len(words) > MOST_TEXT:
            self._note("title_cut")
        return words[:MOST_TEXT].strip()

    def _free_name(self, key: str, taken: AbstractSet[str]) -> str:
        if key not in FIELDS and not is_governed(key):
            return key
        name = f"{_RENAMED}{key}"
        while name in taken:
            name = f"{_RENAMED}{name}"
        if not (key in FIELDS and FIELDS[key].file == ROLES and key in self.map.fields):
            self._note("key_renamed", key=key, name=name)
        return name

    def _note(self, rule: str, **values: object) -> None:
        self.remarks.append(Remark(rule=rule, values=values))


def under_title(text: Converted, **fields: Writable) -> Converted:
    """The text with fields set, in the order of ours."""
    set_ = {**text.fields, **fields}
    ours = {key: set_[key] for key in FIELDS if key in set_}
    return replace(text, fields={**ours, **set_})


def _tags_in(body: str) -> Iterator[Remark]:
    counts = {kind: len(tag.findall(body)) for kind, tag in _TAGS.items()}
    kinds = [f"{kind} ({count})" for kind, count in counts.items() if count]
    if kinds:
        yield Remark(rule="template_tags", values={"kinds": ", ".join(kinds)})


def _spellings(value: Value) -> list[str]:
    entries = value if isinstance(value, list) else [value]
    return [" ".join(one.split()) for one in entries if isinstance(one, str) and one.strip()]


def _may_cost_much(body: str) -> bool:
    """Whether a text must be parsed to be told fit to be saved: most are short and plain.

    Pages outgrow their texts by definitions: each bracket may stand for the longest one.
    """
    if len(body) > _LONG or body.count("\n") > _MANY_LINES or _NESTED.search(body):
        return True
    longest = max((len(found) for found in _DEFINED.findall(body)), default=0)
    return longest * body.count("[") > _MOST_DEFINED
