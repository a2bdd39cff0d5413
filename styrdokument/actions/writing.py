"""From what was typed to a document's files, byte for byte where nothing was changed."""

from collections.abc import Iterable, Mapping, Sequence

from styrdokument.domain.document import (
    FIELDS,
    ROLES,
    TEXT,
    DocumentId,
    FieldKind,
    document_id,
    is_governed,
)
from styrdokument.domain.people import Actor
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.registers import Registers
from styrdokument.store import frontmatter, strictyaml
from styrdokument.store.sheet import read_sheet
from styrdokument.store.strictyaml import Writable
from styrdokument.text import lint

Change = Mapping[str, bytes | None]
"""Files by path; None takes one away."""


def text_with(
    files: Mapping[str, bytes],
    document: DocumentId,
    typed: Mapping[str, Sequence[str]],
    body: str | None,
) -> Change:
    """The document's two files with what was typed put in. Raises Refused with every problem.

    A field that is absent is unchanged, an empty one is cleared; lists are several values.
    """
    problems = [
        Problem(code=Code.GOVERNED_FIELD, field=key) for key in sorted(typed) if is_governed(key)
    ]
    changes: dict[str, dict[str, Writable]] = {TEXT: {}, ROLES: {}}
    for key, values in typed.items():
        if key in FIELDS and key != "id":
            changes[FIELDS[key].file][key] = _value(key, values, problems)
    if problems:
        raise Refused(*problems)
    cleaned = None if body is None else lint.clean(body)
    text = files.get(TEXT) or frontmatter.compose({"id": int(document)}, "")
    return {
        TEXT: frontmatter.change(text, changes[TEXT], cleaned),
        ROLES: strictyaml.change(files.get(ROLES, b""), changes[ROLES]),
    }


def new_text(
    registers: Registers, document: DocumentId, actor: Actor, *, title: str, kind: str, unit: str
) -> Change:
    """The first files of a new document: the type's headings, and the likeliest people."""
    type_ = registers.types[kind]
    fields: dict[str, Writable] = {
        "id": int(document),
        "title": _line(title),
        "type": kind,
        "language": "sv",
        "audience": "internal",
        "applies_to": [unit],
    }
    body = "\n".join(f"## {heading}\n" for heading in type_.headings)
    head = registers.head_of(unit)
    adopter = head if head in type_.may_decide else next(iter(type_.may_decide), "")
    roles: dict[str, Writable] = {
        "unit": unit,
        "case_officer": str(actor.id),
        "fact_owner": str(actor.id),
        "reviewers": [],
        "adopter": [adopter] if adopter else [],
    }
    return {TEXT: frontmatter.compose(fields, body), ROLES: strictyaml.write(roles)}


def check(document: DocumentId, typed: Change, names: Iterable[str]) -> None:
    """Refuse what may not even stand in a draft; `names` are of all its files."""
    text, roles = typed.get(TEXT), typed.get(ROLES)
    if text is None or roles is None:
        return
    sheet = read_sheet(document, text, roles, names)
    found = lint.findings(sheet.body, appendices=sheet.appendices)
    problems = [*sheet.problems, *(p for p in found if lint.blocks_saving(p))]
    if problems:
        raise Refused(*problems)


def _value(key: str, typed: Sequence[str], problems: list[Problem]) -> Writable:
    """A field's value as it is written; None clears it."""
    kind = FIELDS[key].kind
    entries = [clean for one in typed if (clean := _line(one))]
    if kind in {FieldKind.DOCUMENT, FieldKind.DOCUMENTS}:
        for entry in entries:
            if document_id(entry) is None:
                problems.append(Problem(code=Code.BAD_VALUE, field=key, rule="id"))
                return None
        numbers: list[Writable] = [int(entry) for entry in entries]
        return (numbers or None) if kind is FieldKind.DOCUMENTS else next(iter(numbers), None)
    if kind is FieldKind.MANY:
        return list(dict.fromkeys(entries)) or None
    return entries[0] if entries else None


def _line(typed: str) -> str:
    """What was typed, on one line."""
    return " ".join(lint.clean(typed).split())
