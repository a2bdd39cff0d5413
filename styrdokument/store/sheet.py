"""A document's sheet: what its two files say, and all that is wrong with how they say it.

The same reading for drafts in the record, pushes and files in somebody's own folder; so it knows
bytes, and no repository.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from styrdokument.domain.document import ROLES, TEXT, DocumentId, Fields, Roles
from styrdokument.domain.fields import form_problems, read_fields, read_roles
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.store import frontmatter, strictyaml

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A document's files, read: what could be read of them, and what is wrong with them.

    `unread` are those of the two that could not be read at all; each problem says its file.
    """

    text: bytes
    body: str
    body_line: int
    fields: Fields
    roles: Roles
    appendices: tuple[str, ...]
    problems: tuple[Problem, ...]
    unread: frozenset[str] = frozenset()


def read_sheet(document: DocumentId, text: bytes, roles: bytes, names: Iterable[str]) -> Sheet:
    """A document's sheet from the bytes of its two files and the names of all of them."""
    front, faults = _try(lambda: frontmatter.read(text), TEXT)
    who, faults_of_roles = _who_is_who(roles)
    raw = front.fields if front else {}
    nameless = front is not None and raw.get("id") is None
    return Sheet(
        text=text,
        body=front.body if front else "",
        body_line=front.body_line if front else 1,
        fields=read_fields(raw, id_=document),
        roles=read_roles(who or {}),
        appendices=tuple(sorted(path for path in names if path not in {TEXT, ROLES})),
        problems=(
            *faults,
            *faults_of_roles,
            *((Problem(code=Code.NEEDS_FIELD, field="id", file=TEXT),) if nameless else ()),
            *form_problems(raw, TEXT, id_=document),
            *form_problems(who or {}, ROLES, id_=document),
        ),
        unread=frozenset({TEXT} if front is None else ()) | ({ROLES} if who is None else set()),
    )


@lru_cache(maxsize=256)
def _who_is_who(roles: bytes) -> tuple[Mapping[str, object] | None, tuple[Problem, ...]]:
    """What the file says and what is wrong with it; many documents share the same bytes."""
    return _try(lambda: strictyaml.read(roles), ROLES)


def _try(read: Callable[[], T], file: str) -> tuple[T | None, tuple[Problem, ...]]:
    try:
        return read(), ()
    except Refused as refused:
        return None, tuple(replace(problem, file=file) for problem in refused.problems)
