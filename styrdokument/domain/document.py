"""A controlled document: its type, the fields that authors set, and who is who.

`FIELDS` is the one table of author's fields: forms, the guard, imports and pages all read it.
What is decided (version, dates, who adopted) is never among them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType

from styrdokument.domain.people import Entry

DocumentId = NewType("DocumentId", int)
ContentHash = NewType("ContentHash", str)

LOWEST_ID = 1000
HIGHEST_ID = 999_999
TEXT = "text.md"
ROLES = "roles.yaml"


class Audience(StrEnum):
    """Who may read: everybody, or those signed in and the configured networks."""

    PUBLIC = "public"
    INTERNAL = "internal"


class SecondLook(StrEnum):
    """When the one who acts must show again who they are."""

    DECISIONS = "decisions"
    APPROVALS = "approvals"


class FieldKind(StrEnum):
    """The shape of a field's value."""

    TEXT = "text"
    ONE = "one"
    MANY = "many"
    DOCUMENT = "document"
    DOCUMENTS = "documents"


class Register(StrEnum):
    """Where a field's values are listed."""

    TYPES = "types"
    UNITS = "units"
    FUNCTIONS = "functions"
    PROCESSES = "processes"
    LAWS = "laws"


@dataclass(frozen=True, kw_only=True)
class FieldRule:
    """One author's field: the file it stands in, its shape, and where its values are listed."""

    file: str
    kind: FieldKind
    listed_in: Register | None = None
    is_obligatory: bool = False


def _field(kind: FieldKind, listed_in: Register | None = None, *, must: bool = False) -> FieldRule:
    return FieldRule(file=TEXT, kind=kind, listed_in=listed_in, is_obligatory=must)


def _role(
    kind: FieldKind, listed_in: Register = Register.FUNCTIONS, *, must: bool = True
) -> FieldRule:
    return FieldRule(file=ROLES, kind=kind, listed_in=listed_in, is_obligatory=must)


FIELDS: Mapping[str, FieldRule] = {
    "id": _field(FieldKind.DOCUMENT, must=True),
    "title": _field(FieldKind.TEXT, must=True),
    "type": _field(FieldKind.ONE, Register.TYPES, must=True),
    "language": _field(FieldKind.TEXT),
    "audience": _field(FieldKind.TEXT),
    "applies_to": _field(FieldKind.MANY, must=True),
    "performed_at": _field(FieldKind.MANY),
    "target_group": _field(FieldKind.MANY),
    "keywords": _field(FieldKind.MANY),
    "processes": _field(FieldKind.MANY, Register.PROCESSES),
    "provisions": _field(FieldKind.MANY, Register.LAWS),
    "replaces": _field(FieldKind.DOCUMENTS),
    "parent": _field(FieldKind.DOCUMENT),
    "translations": _field(FieldKind.DOCUMENTS),
    "former_ids": _field(FieldKind.MANY),
    "record_class": _field(FieldKind.TEXT),
    "unit": _role(FieldKind.ONE, Register.UNITS),
    "case_officer": _role(FieldKind.ONE),
    "fact_owner": _role(FieldKind.ONE),
    "reviewers": _role(FieldKind.MANY, must=False),
    "adopter": _role(FieldKind.MANY),
}

GOVERNED = frozenset({"version", "status", "effective_from", "valid_until", "registry_number"})
GOVERNED_BEGINNINGS = ("adopted", "approved", "decided")


def is_governed(key: str) -> bool:
    """Whether only a decision sets `key`, so that no author may write it."""
    return key in GOVERNED or key.startswith(GOVERNED_BEGINNINGS)


@dataclass(frozen=True, kw_only=True)
class DocumentType:
    """What a type of document demands. Periods are whole months."""

    slug: str
    label: Mapping[str, str]
    validity_months: int = 24
    longest_months: int = 60
    until_further_notice: bool = False
    board_only: bool = False
    may_decide: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    min_approvals: int = 1
    second_look: SecondLook = SecondLook.DECISIONS
    headings: tuple[str, ...] = ()
    reminders: tuple[str, ...] = ("3 months", "1 month", "14 days", "7 days", "1 day", "0 days")
    obligatory: tuple[str, ...] = ()
    after_review_days: int = 30
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Fields:
    """The author's fields of `text.md`; unknown keys are kept in `others`."""

    id: DocumentId
    title: str
    type: str
    language: str = "sv"
    audience: Audience = Audience.INTERNAL
    applies_to: tuple[str, ...] = ()
    performed_at: tuple[str, ...] = ()
    target_group: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    provisions: tuple[str, ...] = ()
    replaces: tuple[DocumentId, ...] = ()
    parent: DocumentId | None = None
    translations: tuple[DocumentId, ...] = ()
    former_ids: tuple[str, ...] = ()
    record_class: str = ""
    others: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Who is who for one document (`roles.yaml`)."""

    unit: str = ""
    case_officer: Entry = ""
    fact_owner: Entry = ""
    reviewers: tuple[Entry, ...] = ()
    adopter: tuple[Entry, ...] = ()


def document_id(text: str) -> DocumentId | None:
    """The number that a text is, where it is a document's."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST_ID))
    return DocumentId(int(text)) if is_number and int(text) >= LOWEST_ID else None


def folder_of(document: DocumentId) -> str:
    """The document's folder in the record: `documents/00/10/1042`."""
    return f"documents/{document // 10000:02d}/{document // 100 % 100:02d}/{document}"


def content_hash(files: Iterable[tuple[str, str]]) -> ContentHash:
    """SHA-256 of what `sha256sum` prints for (path, sha256) pairs, sorted bytewise."""
    lines = sorted((path.encode(), sha256) for path, sha256 in files)
    printed = b"".join(sha256.encode() + b"  " + path + b"\n" for path, sha256 in lines)
    return ContentHash(hashlib.sha256(printed).hexdigest())


def snapshot_of(contents: Mapping[DocumentId, ContentHash]) -> str:
    """A case's snapshot, for forms: SHA-256 of the lines `<id> <content hash>`."""
    lines = "".join(f"{document} {contents[document]}\n" for document in sorted(contents))
    return hashlib.sha256(lines.encode()).hexdigest()
