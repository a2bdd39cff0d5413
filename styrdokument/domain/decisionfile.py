"""A decision as it stands on the record: one file per decision about a document, never changed.

The bytes are the format (record.md §2): sorted keys, one space of indent, integers only, every
key present, NFC. Readers ignore unknown keys; signatures are checked over the stored bytes.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from styrdokument.domain.document import ContentHash, DocumentId
from styrdokument.domain.people import ActingFor, Entry, PersonId, Who, is_person

FORMAT = 1
_DAYS = ("decided_on", "effective_from", "valid_until", "review_on")
_LISTS = ("contributors", "replaces", "facts")
_NO_CONTENT = ContentHash("")


class DecisionKind(StrEnum):
    """What a decision does."""

    ADOPT = "adopt"
    EXTEND = "extend"
    CORRECT = "correct"
    REPEAL = "repeal"
    ASSIGN = "assign"
    IMPORT = "import"
    REGISTER = "register"
    INIT = "init"


ISSUES_A_VERSION = frozenset({DecisionKind.ADOPT, DecisionKind.CORRECT, DecisionKind.IMPORT})


class BasisKind(StrEnum):
    """With what support a decision is taken."""

    MINUTES = "minutes"
    DELEGATION = "delegation"
    IMPLEMENTATION = "implementation"
    HEAD_OF_OPERATIONS = "head_of_operations"
    COURT = "court"
    SOURCE = "source"
    OTHER = "other"


class Significance(StrEnum):
    """How much a new version changes for its readers."""

    MINOR = "minor"
    SIGNIFICANT = "significant"


class Meaning(StrEnum):
    """What an approval says."""

    REVIEWED = "reviewed"
    ATTESTED = "attested"


@dataclass(frozen=True, kw_only=True)
class Basis:
    """The ground of a decision; the minutes' facts stand here too."""

    kind: BasisKind
    mandate: str | None = None
    body: str | None = None
    minutes_date: date | None = None
    section: str | None = None
    confirmed_on: date | None = None
    minutes_sha256: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class ContentFile:
    """One file of a content: path within the document's folder, both its hashes, bytes."""

    path: str
    sha256: str
    git: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Somebody said yes to exactly one content of one document.

    `entries` are the reviewers' entries that they answered to; on the record stands the first
    function among them.
    """

    by: Who
    document: DocumentId
    content_hash: ContentHash
    base_version: int
    at: datetime
    method: str
    meaning: Meaning = Meaning.REVIEWED
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Everything that one decision file says. Days are days in Europe/Stockholm."""

    kind: DecisionKind
    recorded_at: datetime
    recorded_by: Who
    decided_on: date
    decided_by: Who | None
    basis: Basis
    document: DocumentId | None = None
    version: int | None = None
    seq: int = 0
    case: int | None = None
    corrects: int | None = None
    unit: str | None = None
    content: tuple[ContentFile, ...] = ()
    content_hash: ContentHash = _NO_CONTENT
    title: str | None = None
    type: str | None = None
    audience: str | None = None
    record_class: str | None = None
    registry_number: str | None = None
    effective_from: date | None = None
    valid_until: date | None = None
    review_on: date | None = None
    presented_by: str | None = None
    participants: tuple[Who, ...] = ()
    approvals: tuple[Approval, ...] = ()
    contributors: tuple[PersonId, ...] = ()
    significance: Significance | None = None
    change_note: str | None = None
    reason: str | None = None
    replaces: tuple[DocumentId, ...] = ()
    successor: DocumentId | None = None
    source: Mapping[str, str] | None = None
    facts: tuple[Mapping[str, str], ...] = ()
    second_look: str | None = None
    previous_document: str | None = None
    previous_record: str | None = None
    product: str = ""


def to_bytes(decision: Decision) -> bytes:
    """The file's bytes."""
    plain = _plain({"format": FORMAT} | vars(decision))
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, indent=1)
    if not unicodedata.is_normalized("NFC", text):
        # A combining mark after a line break would melt into the escape's letter: `\\ñ`.
        text = json.dumps(plain, sort_keys=True, indent=1)
    return f"{text}\n".encode()


def from_bytes(data: bytes) -> Decision:
    """Read a decision file of this or a later product. Raises ValueError for anything else."""
    try:
        return _decision(json.loads(data))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a decision file: {error}") from error


def who_to_plain(who: Who) -> dict[str, object]:
    """A person of the record as plain values."""
    plain = dict(vars(who))
    acting = plain.pop("acting_for")
    return plain | {"for": dict(vars(acting)) if acting else None}


def who_from_plain(raw: Mapping[str, Any]) -> Who:
    """A person of the record from plain values."""
    acting = raw.get("for")
    return Who(
        **{name: raw[name] for name in ("id", "name", "title", "unit")},
        acting_for=ActingFor(**_known(ActingFor, acting)) if acting else None,
    )


def basis_from_plain(raw: Mapping[str, Any]) -> Basis:
    """The ground of a decision from plain values."""
    days = _days(raw, "minutes_date", "confirmed_on")
    return Basis(**_known(Basis, raw) | days | {"kind": BasisKind(raw["kind"])})


def _plain(value: object) -> object:
    """What JSON can say, in NFC."""
    if isinstance(value, Who):
        value = who_to_plain(value)
    elif isinstance(value, Approval):
        value = _approval(value)
    elif isinstance(value, (Basis, ContentFile)):
        value = vars(value)
    if isinstance(value, Mapping):
        return {unicodedata.normalize("NFC", key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _approval(approval: Approval) -> dict[str, object]:
    function = next((e for e in approval.entries if not is_person(e)), None)
    said = {k: v for k, v in vars(approval).items() if k not in {"by", "document", "entries"}}
    return who_to_plain(approval.by) | said | {"function": function}


def _decision(raw: dict[str, Any]) -> Decision:
    read = _known(Decision, raw) | _days(raw, *_DAYS)
    read |= {
        "kind": DecisionKind(raw["kind"]),
        "recorded_at": datetime.fromisoformat(raw["recorded_at"]),
        "recorded_by": who_from_plain(raw["recorded_by"]),
        "decided_by": who_from_plain(raw["decided_by"]) if raw["decided_by"] else None,
        "basis": basis_from_plain(raw["basis"]),
        "content": tuple(ContentFile(**_known(ContentFile, file)) for file in raw["content"]),
        "participants": tuple(who_from_plain(who) for who in raw["participants"]),
        "approvals": tuple(_read_approval(a, raw["document"]) for a in raw["approvals"]),
        "significance": Significance(raw["significance"]) if raw["significance"] else None,
    }
    return Decision(**read | {name: tuple(raw[name]) for name in _LISTS})


def _known(shape: Any, raw: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - a dataclass
    """What a dataclass knows of; a later product may have written more."""
    return {name: raw[name] for name in shape.__dataclass_fields__ if name in raw}


def _days(raw: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: date.fromisoformat(raw[name]) if raw.get(name) else None for name in names}


def _read_approval(raw: dict[str, Any], document: DocumentId) -> Approval:
    read = _known(Approval, raw) | {
        "by": who_from_plain(raw),
        "document": document,
        "at": datetime.fromisoformat(raw["at"]),
        "meaning": Meaning(raw["meaning"]),
        "entries": (raw["function"] or raw["id"],),
    }
    return Approval(**read)
