"""From what stands in `text.md` and `roles.yaml` to fields and roles, with every problem found.

A scalar arrives as the text that was written; `FIELDS` says its shape. Reading never stops at the
first problem: what could be read is answered beside all that is wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from styrdokument.domain.document import (
    FIELDS,
    HIGHEST_ID,
    LOWEST_ID,
    ROLES,
    TEXT,
    Audience,
    DocumentId,
    FieldKind,
    Fields,
    Register,
    Roles,
    is_governed,
)
from styrdokument.domain.naming import unfit_characters
from styrdokument.domain.people import is_person
from styrdokument.domain.problems import Code, Problem
from styrdokument.domain.registers import Registers

Raw = Mapping[str, Any]
MOST_TEXT = 500
LONGEST_LABEL = 100
"""Characters of what somebody calls a thing of their own: a token, a passkey."""


def read_fields(raw: Raw, *, id_: DocumentId) -> Fields:
    """The fields of `text.md` as far as they can be read; `form_problems` says what is wrong."""
    known = {key: _value(key, raw[key]) for key in raw if _is_in(TEXT, key)}
    known = {key: value for key, value in known.items() if value is not None}
    audience = known.pop("audience", "")
    return Fields(
        **known
        | {
            "id": id_,
            "title": known.get("title", ""),
            "type": known.get("type", ""),
            "audience": Audience(audience) if audience in set(Audience) else Audience.INTERNAL,
            "others": {key: value for key, value in raw.items() if key not in FIELDS},
        }
    )


def read_roles(raw: Raw) -> Roles:
    """Who is who, as far as it can be read."""
    known = {key: _value(key, raw[key]) for key in raw if _is_in(ROLES, key)}
    return Roles(**{key: value for key, value in known.items() if value is not None})


def form_problems(raw: Raw, file: str, *, id_: DocumentId) -> Iterator[Problem]:
    """What may never be written: governed fields, wrong shapes, another document's id."""
    for key, value in raw.items():
        if is_governed(key):
            yield Problem(code=Code.GOVERNED_FIELD, field=key, file=file)
        elif key in FIELDS and not _is_in(file, key):
            yield Problem(code=Code.BAD_FRONT_MATTER, field=key, rule="other_file", file=file)
        elif key in FIELDS and value is not None and not _has_shape(FIELDS[key].kind, value):
            yield Problem(code=Code.BAD_FRONT_MATTER, field=key, rule="shape", file=file)
    if file == TEXT and raw.get("id") is not None and _value("id", raw["id"]) not in {id_, None}:
        values = {"id": id_}
        yield Problem(
            code=Code.BAD_FRONT_MATTER, field="id", rule="other_id", file=file, values=values
        )
    audience = raw.get("audience")
    if isinstance(audience, str) and audience not in set(Audience):
        yield Problem(code=Code.BAD_VALUE, field="audience", file=file)


def submission_problems(fields: Fields, roles: Roles, registers: Registers) -> Iterator[Problem]:
    """What must be mended before submission: what is missing, and what no register lists."""
    values = vars(fields) | vars(roles)
    kind = registers.types.get(fields.type)
    demanded = kind.obligatory if kind else ()
    for key, rule in FIELDS.items():
        value = values[key]
        if not value and (rule.is_obligatory or key in demanded):
            yield Problem(code=Code.NEEDS_FIELD, field=key, file=rule.file)
        for entry in value if isinstance(value, tuple) else (value,):
            if entry and rule.listed_in and not is_listed(rule.listed_in, str(entry), registers):
                said = {"value": entry}
                yield Problem(
                    code=Code.BAD_VALUE, field=key, rule="unlisted", file=rule.file, values=said
                )
    for key in demanded:
        if key not in FIELDS and not fields.others.get(key):
            yield Problem(code=Code.NEEDS_FIELD, field=key, file=TEXT)


def is_listed(register: Register, entry: str, registers: Registers) -> bool:
    """Whether the register has `entry`; people stand beside functions."""
    if register is Register.FUNCTIONS:
        return is_person(entry) or entry in registers.functions
    if register is Register.LAWS:
        return registers.has_provision(entry)
    return entry in getattr(registers, register)


def ended(register: Register, entry: str, registers: Registers, *, on: date) -> bool:
    """Whether the register ended `entry` before the day."""
    found = getattr(registers, register).get(entry)
    until = getattr(found, "until", None)
    return until is not None and until < on


def label_problems(name: str) -> Iterator[Problem]:
    """What is wrong with what somebody calls a thing of their own."""
    if not name.strip():
        yield Problem(code=Code.NEEDS_FIELD, field="name")
    if len(name.strip()) > LONGEST_LABEL:
        values = {"most": LONGEST_LABEL}
        yield Problem(code=Code.BAD_VALUE, field="name", rule="too_long", values=values)
    if any(unfit_characters(name)):
        yield Problem(code=Code.BAD_VALUE, field="name", rule="characters")


def _is_in(file: str, key: str) -> bool:
    return key in FIELDS and FIELDS[key].file == file


def _value(key: str, raw: object) -> Any:  # noqa: ANN401 - the field says which
    """The value in its field's shape, or None where it has another."""
    kind = FIELDS[key].kind
    if raw is None or not _has_shape(kind, raw):
        return None
    if kind is FieldKind.DOCUMENT:
        return DocumentId(int(str(raw)))
    entries: Sequence[object] = raw if isinstance(raw, list) else [raw]
    if kind is FieldKind.DOCUMENTS:
        return tuple(DocumentId(int(str(entry))) for entry in entries)
    if kind is FieldKind.MANY:
        return tuple(str(entry) for entry in entries)
    return str(raw)


def _has_shape(kind: FieldKind, raw: object) -> bool:
    if kind in {FieldKind.MANY, FieldKind.DOCUMENTS}:
        one = FieldKind.DOCUMENT if kind is FieldKind.DOCUMENTS else FieldKind.TEXT
        entries = raw if isinstance(raw, list) else [raw]
        return all(_has_shape(one, entry) for entry in entries)
    if not isinstance(raw, str) or "\n" in raw or len(raw) > MOST_TEXT:
        return False
    if kind is FieldKind.DOCUMENT:
        return (
            raw.isascii()
            and raw.isdigit()
            and len(raw) <= len(str(HIGHEST_ID))
            and int(raw) >= LOWEST_ID
        )
    return bool(raw.strip())
