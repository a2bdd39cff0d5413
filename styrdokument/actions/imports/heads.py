"""The head of a foreign text: YAML of any size and depth that is safe to read, or none at all.

What is YAML but does not fit in ours (too deep, too large) goes into the text as a block of code,
key by key; what is not YAML goes there whole, as it stood. Nothing is lost.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from styrdokument.actions.imports.remark import Remark
from styrdokument.domain.naming import CONTROL, HIDDEN
from styrdokument.domain.problems import Refused
from styrdokument.store import strictyaml
from styrdokument.store.strictyaml import DEPTH, Value, Writable

_FENCE = re.compile(r"---[ \t]*\n(.*?\n|)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LIMIT, _DEPTH = 256 * 1024, 16
_BORNE_WITH = frozenset({"no_such_day", "block_scalar"})
_MOST_KEPT = 10_000
"""Bytes of the source's own keys in our front matter; the largest go to the text instead."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a head says, and the text below it; a head that cannot be read is part of the text."""

    fields: Mapping[str, Value]
    body: str
    remarks: tuple[Remark, ...] = ()


def read_head(text: str) -> Head:
    """Take a text apart; two rules across a page with words between are no head."""
    found = _FENCE.match(text)
    if not found:
        return Head(fields={}, body=text)
    front, body = found[1], text[found.end() :]
    kept = "\n".join(HIDDEN.sub("", CONTROL.sub(" ", line)) for line in front.split("\n"))
    try:
        fields = strictyaml.read(
            kept.encode(), limit=_LIMIT, depth=_DEPTH, first_line=2, borne_with=_BORNE_WITH
        )
    except Refused as refused:
        first = refused.problems[0]
        if first.rule == "not_a_mapping":
            return Head(fields={}, body=text)
        values = {"reason": first.rule, "line": first.line}
        remark = Remark(rule="front_matter_as_text", values=values)
        return Head(fields={}, body=_as_code(front) + body.lstrip("\n"), remarks=(remark,))
    return Head(fields=fields, body=body)


def unfit(others: Mapping[str, Writable]) -> list[str]:
    """The keys that our front matter cannot hold, in their order."""
    left = {key: _size(value) for key, value in others.items() if _levels(value) < DEPTH}
    while sum(left.values()) > _MOST_KEPT:
        del left[max(left, key=lambda key: left[key])]
    return [key for key in others if key not in left]


def as_code(values: Mapping[str, Writable]) -> str:
    """A block of code that shows keys with their values."""
    data = strictyaml.write(values, limit=2 * _LIMIT, depth=_DEPTH)
    return _as_code(data.decode())


def _as_code(front: str) -> str:
    """A block that shows the lines as they stood, whatever is in them."""
    fence = max(re.findall("`{3,}", front), key=len, default="``") + "`"
    return f"{fence}yaml\n{front.rstrip()}\n{fence}\n\n"


def _levels(value: Writable) -> int:
    """Lists and mappings within each other."""
    if value is None or isinstance(value, str | int):
        return 0
    items = value.values() if isinstance(value, Mapping) else value
    return 1 + max(map(_levels, items), default=0)


def _size(value: Writable) -> int:
    return len(str(value).encode(errors="surrogatepass"))
