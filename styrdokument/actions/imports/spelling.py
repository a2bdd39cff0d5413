"""Spellings of people, functions and units that mean the same, and whom they mean here.

Folding only brings together; it never decides. What no register and no map knows stays unknown.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_TITLES = frozenset(
    {"dr", "doktor", "docent", "prof", "professor", "leg", "legitimerad", "med", "tekn", "fil"}
    | {"öl", "överläkare", "bitr", "biträdande", "specialistläkare", "distriktsläkare", "läkare"}
    | {"ssk", "sjuksköterska", "barnmorska", "mr", "mrs", "ms"}
)
_FEWEST_WORDS = 2
"""So many are left of a name; a title before less (`Överläkare anestesi`) is no title."""
_LAST_FIRST = re.compile(r"\s*([^\s,]+(?:-[^\s,]+)?)\s*,\s*([^\s,]+)\s*")


def fold(spelling: str) -> str:
    """What is left when capitals, white space, signs, a title and the order of names do not count.

    Letters are composed; `Ek, Anna` is `Anna Ek`.
    """
    text = unicodedata.normalize("NFC", spelling)
    if (turned := _LAST_FIRST.fullmatch(text)) and turned[2].casefold() not in _TITLES:
        text = f"{turned[2]} {turned[1]}"
    words = re.sub(r"[\W_]+", " ", text.casefold()).split()
    bare = [word for word in words if word not in _TITLES]
    return " ".join(bare if len(bare) >= _FEWEST_WORDS else words)


@dataclass(frozen=True)
class Known:
    """Whom each spelling means, by its fold; what two would share means nobody."""

    by_fold: Mapping[str, str] = field(default_factory=dict)

    def find(self, spelling: str) -> str:
        """The entry, or empty."""
        return self.by_fold.get(fold(spelling), "")

    def with_more(self, more: Mapping[str, str]) -> "Known":
        """The same, where `more` (spelling -> entry) has the last word; empty entries say none."""
        said = {fold(spelling): entry for spelling, entry in more.items() if entry}
        return Known({**self.by_fold, **said})


def known_by(names: Iterable[tuple[str, str]]) -> Known:
    """From (spelling, entry) pairs."""
    found: dict[str, set[str]] = defaultdict(set)
    for spelling, entry in names:
        found[fold(spelling)].add(entry)
    return Known({key: min(means) for key, means in found.items() if key and len(means) == 1})


@dataclass(frozen=True, kw_only=True)
class Spelled:
    """What a document's head says in a field that names somebody; `entry` is empty if unknown."""

    key: str
    spelling: str
    entry: str = ""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """One line of the table to correct: all spellings of one, with how many documents have each."""

    section: str
    spellings: Mapping[str, int]
    entry: str

    @property
    def name(self) -> str:
        """The most usual spelling."""
        return min(self.spellings, key=lambda one: (-self.spellings[one], one))


def table_of(said: Iterable[Spelled]) -> tuple[Owner, ...]:
    """The table, unknown ones first; units and people apart."""
    groups: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    entries: dict[tuple[str, str], str] = {}
    for one in said:
        key = "units" if one.key == "unit" else "owners", fold(one.spelling)
        groups[key][one.spelling] += 1
        entries[key] = one.entry
    rows = (
        Owner(section=key[0], spellings=dict(sorted(count.items())), entry=entries[key])
        for key, count in groups.items()
    )
    return tuple(sorted(rows, key=lambda row: (row.section, bool(row.entry), row.name.casefold())))


def as_map(owners: Iterable[Owner]) -> str:
    """The table as two sections of a map file, to be filled in and put there."""
    rows = list(owners)
    lines: list[str] = []
    for section in ("owners", "units"):
        found = [row for row in rows if row.section == section]
        if found:
            lines += [f"{section}:", *(line for row in found for line in _lines(row))]
    return "".join(f"{line}\n" for line in lines)


def _lines(row: Owner) -> Iterator[str]:
    others = [f"{_quoted(one)}" for one in row.spellings if one != row.name]
    if others:
        yield f"  # {sum(row.spellings.values())}, also: {', '.join(others)}"
    yield f"  {_quoted(row.name)}: {_quoted(row.entry)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
