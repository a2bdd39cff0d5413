"""A remark: something that the import changed, or could not take as it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Remark:
    """`rule` picks the words (`remark.<rule>` in the labels)."""

    rule: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)


def short(value: object) -> str:
    """A value as it fits on a line of a report."""
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 - a line of a report
