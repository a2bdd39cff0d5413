"""One foreign text as it becomes ours: characters, front matter, title; each change with a remark.

Nothing is lost in silence: what is not understood stays in the text, under its own name or as it
stood, and what has to go is told.
"""

import re
import unicodedata
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath

from styrdokument.actions.imports.mapping import DAYS, SourceMap
from styrdokument.domain.document import FIELDS, TEXT, DocumentId, is_governed
from styrdokument.domain.fields import MOST_TEXT, form_problems, is_listed
from styrdokument.domain.naming import CONTROL, HIDDEN
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.registers import Registers
from styrdokument.store import strictyaml
from styrdokument.store.strictyaml import Value, Writable
from styrdokument.text import lint, markdown
from styrdokument.text.characters import suspects

_FENCE = re.compile(r"---[ \t]*\n(.*?\n|)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_BREAKS = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")
_STRIPPED = frozenset({"control_character", "bidi_control"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_RENAMED = "source_"
_LONG, _MANY_LINES = 100_000, 10_000
_COSTLY = re.compile(r"^(?:[ \t>*+\-\d.):]{11}| {0,3}\[[^\]\n]*\]:)", re.MULTILINE)
"""Nesting as deep as lint allows takes eleven such signs at the start of a line, and pages outgrow
their texts by definitions; a short text with neither is not parsed to be told fit to be saved."""


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something the import changed or could not take as it was; `rule` picks the words."""

    rule: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Converted:
    """A text of ours, less its id and where it came from; the days are what its source says."""

    fields: Mapping[str, Writable]
    body: str
    effective_from: date | None
    valid_until: date | None
    remarks: tuple[Remark, ...]

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
    text = work.characters(work.decoded(data))
    front, body = work.taken_apart(text)
    fields = work.fields(front, body)
    body = lint.clean(body.lstrip("\n"))
    if len(body) > _LONG or body.count("\n") > _MANY_LINES or _COSTLY.search(body):
        problems = [p for p in lint.findings(body) if lint.blocks_saving(p)]
        if problems:
            raise Refused(*problems)
    days = {key: work.day(front, key) for key in sorted(DAYS)}
    return Converted(fields=fields, body=body, remarks=tuple(work.remarks), **days)


class _Conversion:
    """One text on its way, and the remarks so far."""

    def __init__(self, path: str, map_: SourceMap, registers: Registers) -> None:
        self.path, self.map, self.registers = path, map_, registers
        self.remarks: list[Remark] = []

    def decoded(self, data: bytes) -> str:
        """UTF-8, or what else the bytes most likely are. Raises Refused for what is no text."""
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            self._note("not_utf8", encoding="UTF-16")
            return data.decode("utf-16", "replace")
        if b"\0" in data:
            raise Refused(Problem(code=Code.BAD_TEXT, rule="binary"))
        if data.startswith(b"\xef\xbb\xbf"):
            self._note("bom")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            self._note("not_utf8", encoding="Windows-1252")
            return data.decode("cp1252", "replace")

    def characters(self, text: str) -> str:
        """Line endings, composed letters, and nothing that hides or turns the text."""
        if "\r" in text or _BREAKS.search(text):
            self._note("line_endings")
        if not unicodedata.is_normalized("NFC", text):
            self._note("not_nfc")
        text = _BREAKS.sub("\n", lint.clean(text))
        unfit = {c for c in set(text) if {s.rule for s in suspects(c)} & _STRIPPED}
        if unfit:
            self._note("characters_removed", characters=_named(unfit))
        return lint.clean(text.translate(dict.fromkeys(map(ord, unfit))))

    def taken_apart(self, text: str) -> tuple[dict[str, Value], str]:
        """Front matter and body; front matter that cannot be read stays in the body as it stood."""
        found = _FENCE.match(text)
        if not found:
            return {}, text
        front, body = found[1], text[found.end() :]
        kept = "\n".join(HIDDEN.sub("", CONTROL.sub(" ", line)) for line in front.split("\n"))
        try:
            return strictyaml.read(kept.encode(), first_line=2), body
        except Refused as refused:
            first = refused.problems[0]
            if first.rule == "not_a_mapping":  # two rules across the page, and words between
                return {}, text
            self._note("front_matter_as_text", reason=first.rule, line=first.line)
            return {}, _as_code(front) + body.lstrip("\n")

    def fields(self, front: Mapping[str, Value], body: str) -> dict[str, Writable]:
        """Ours first, in their order, then the source's own under their names."""
        ours = self._mapped(front)
        used = {theirs for key, theirs in self.map.fields.items() if key in ours}
        fields: dict[str, Writable] = {
            "title": self._title(ours.pop("title", None), body),
            "type": self.map.type,
            "language": self.map.language_of(self.path),
            "audience": str(self.map.audience),
            "applies_to": list(self.map.applies_to),
        }
        fields |= ours
        for key, value in front.items():
            if key not in used:
                fields[self._free_name(key, fields.keys() | front.keys())] = value
        return fields

    def day(self, front: Mapping[str, Value], key: str) -> date | None:
        """The day that the source says, where the map tells under what name."""
        said = front.get(self.map.fields.get(key, ""))
        if said is None:
            return None
        found = _DAY.match(str(said))
        try:
            return date.fromisoformat(found[0] if found else "")
        except ValueError:
            self._note("no_day", key=self.map.fields[key], value=_short(said))
            return None

    def _mapped(self, front: Mapping[str, Value]) -> dict[str, Writable]:
        """The values that the map finds and that fit; what does not keeps its own name."""
        found: dict[str, Writable] = {}
        for key, theirs in self.map.fields.items():
            value = front.get(theirs)
            if key in DAYS or value is None:
                continue
            fitting = self._slug(value) if key == "type" else value
            if self._fits(key, fitting):
                found[key] = fitting
            else:
                self._note("value_does_not_fit", key=theirs, value=_short(value))
        return found

    def _fits(self, key: str, value: Value) -> bool:
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

    def _slug(self, said: Value) -> Value:
        return self.map.types.get(said, said) if isinstance(said, str) else said

    def _free_name(self, key: str, taken: AbstractSet[str]) -> str:
        if key not in FIELDS and not is_governed(key):
            return key
        name = f"{_RENAMED}{key}"
        while name in taken:
            name = f"{_RENAMED}{name}"
        self._note("key_renamed", key=key, name=name)
        return name

    def _note(self, rule: str, **values: object) -> None:
        self.remarks.append(Remark(rule=rule, values=values))


def _as_code(front: str) -> str:
    """A block that shows the lines as they stood, whatever is in them."""
    fence = max(re.findall("`{3,}", front), key=len, default="``") + "`"
    return f"{fence}yaml\n{front.rstrip()}\n{fence}\n\n"


def _named(characters: AbstractSet[str]) -> str:
    return " ".join(f"U+{ord(c):04X}" for c in sorted(characters))


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 - a line of a report
