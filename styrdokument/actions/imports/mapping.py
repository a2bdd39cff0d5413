"""A judged map of an import: how a source's front matter becomes ours, and what it leaves unsaid.

What a map may say is told in `docs/importing.md`, and read in `map_reading`. Nothing that a map
leaves out is guessed in secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from styrdokument.actions.imports.spelling import Known
from styrdokument.domain.document import FIELDS, ROLES, TEXT, Audience, Roles
from styrdokument.domain.people import Entry
from styrdokument.domain.registers import Registers

DAYS = frozenset({"effective_from", "valid_until", "reviewed_on", "review_on"})
PERIODS = frozenset({"valid_for", "review_in"})
NAMING = frozenset(key for key, rule in FIELDS.items() if rule.file == ROLES)
"""The fields of `roles.yaml`: the unit, and who is who."""
TEXTUAL = frozenset(
    key
    for key, rule in FIELDS.items()
    if rule.file == TEXT and key not in {"id", "replaces", "parent", "translations"}
)
MAPPED = DAYS | PERIODS | NAMING | TEXTUAL
"""What `fields` may set. Ids are given here, and links to other documents need theirs."""


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What a document is and who is who, where it does not say so itself."""

    type: str
    unit: str
    case_officer: Entry
    fact_owner: Entry
    reviewers: tuple[Entry, ...] = ()
    adopter: tuple[Entry, ...] = ()
    applies_to: tuple[str, ...] = ()
    audience: Audience = Audience.INTERNAL
    language: str = "sv"


@dataclass(frozen=True, kw_only=True)
class Twins:
    """How the same document in two languages is told: any of three ways, none where all are empty.

    `key` has the same value in both; `paths` says which beginning of a path stands for which;
    `endings` are languages before the names' extension (`file.sv.md`).
    """

    key: str = ""
    paths: Mapping[str, str] = field(default_factory=dict)
    endings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SourceMap:
    """A judged map: types are slugs, people are entries, `fields` is ours -> theirs.

    `folders` are the defaults below a folder; `stagger` is the months over which the reviews of
    texts with no last day of their own are spread; `links` says which folder of the source, or
    which address, the beginning of a link stands for.
    """

    defaults: Defaults
    folders: Mapping[str, Defaults] = field(default_factory=dict)
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"title": ("title",)})
    types: Mapping[str, str] = field(default_factory=dict)
    owners: Known = field(default_factory=Known)
    units: Known = field(default_factory=Known)
    links: Mapping[str, str] = field(default_factory=dict)
    twins: Twins = field(default_factory=Twins)
    stagger: int = 0
    are_copies_one: bool = False
    deleted: bool = False

    def at(self, path: str) -> Defaults:
        """The defaults of the nearest folder that is named, else the usual ones."""
        nearest = self._nearest(path)
        return self.folders[nearest] if nearest else self.defaults

    def language_of(self, path: str) -> str:
        """The language that a name's ending says, else that of the folder."""
        ends = path.rpartition("/")[2].split(".")[1:-1]
        return next((one for one in ends if one in self.twins.endings), self.at(path).language)

    def _nearest(self, path: str) -> str:
        folders = (one for one in self.folders if path.startswith(f"{one}/") or path == one)
        return max(folders, key=len, default="")


def adopting(roles: Roles, type_: str, registers: Registers) -> Roles:
    """The roles, with the unit's head to adopt where nobody is named and the type lets it."""
    if roles.adopter or type_ not in registers.types:
        return roles
    may_decide, head = registers.types[type_].may_decide, registers.head_of(roles.unit)
    return replace(roles, adopter=(head,) if head in may_decide else may_decide[:1])
