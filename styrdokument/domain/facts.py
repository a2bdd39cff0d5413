"""Reads the facts of a recorded event: what has another shape than ours counts as not said.

Folding a log never stops at one odd event, so nothing here raises, whatever JSON stands there.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from styrdokument.domain.document import HIGHEST_ID, ContentHash, DocumentId

Facts = Mapping[str, Any]
Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")

_BASE = "base_version"
_DIGITS = len(str(HIGHEST_ID))


def text(facts: Facts, key: str) -> str:
    """The text under `key`; empty where there is none."""
    value = facts.get(key)
    return value if isinstance(value, str) else ""


def number(facts: Facts, key: str) -> int | None:
    """The whole number under `key`."""
    value = facts.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def document(facts: Facts, key: str) -> DocumentId | None:
    """The document that `key` names."""
    value = number(facts, key)
    return None if value is None else DocumentId(value)


def choice(facts: Facts, key: str, default: Choice) -> Choice:
    """One of the default's own kind."""
    value = facts.get(key)
    return next((one for one in type(default) if one == value), default)


def texts(facts: Facts, key: str) -> tuple[str, ...]:
    """The texts in the list under `key`."""
    return tuple(one for one in _several(facts, key) if isinstance(one, str))


def named_contents(facts: Facts) -> Iterable[tuple[DocumentId, ContentHash, int, Facts]]:
    """Document, content hash and base version of each entry under `documents`, and the entry."""
    for one in _several(facts, "documents"):
        if not isinstance(one, Mapping):
            continue
        named, content, base = document(one, "id"), text(one, "content_hash"), number(one, _BASE)
        if named is not None and content and base is not None:
            yield named, ContentHash(content), base, one


def by_document(facts: Facts, key: str, shape: type[Value]) -> dict[DocumentId, Value]:
    """What stands under `key` by document id (a JSON key, so in digits), where it has the shape."""
    value = facts.get(key)
    found = value if isinstance(value, Mapping) else {}
    return {
        DocumentId(int(name)): one
        for name, one in found.items()
        if name.isascii() and name.isdigit() and len(name) <= _DIGITS and isinstance(one, shape)
    }


def _several(facts: Facts, key: str) -> Iterable[object]:
    value = facts.get(key)
    return value if isinstance(value, (list, tuple)) else ()
