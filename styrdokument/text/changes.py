"""The changes of one comparison, as they are listed: what stood, what stands, and where.

They are numbered in the order of the page, and an anchor follows from the number alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from styrdokument.text.inline import Word, text_of

Kind = Literal["inserted", "deleted", "replaced"]
_LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change; `before` and `after` are at most 200 characters, `anchor` an id on the page.

    Where only emphasis or a link's target changed, `before` and `after` are the same words.
    `heading` is the one it stands under, empty above the first.
    """

    kind: Kind
    before: str
    after: str
    lead: str = ""
    trail: str = ""
    """A few words that stand on either side of it, in the same paragraph."""
    heading: str
    anchor: str


@dataclass(frozen=True)
class Marked:
    """A change as it is written: its anchor goes to the first element that shows it."""

    anchor: str
    is_blank: bool
    """Nothing to read in it: then an empty element shows it."""


class Changes:
    """The changes of one comparison, in the order they are found: that of the page."""

    def __init__(self, prefix: str) -> None:
        self.found: list[Change] = []
        self.heading = ""
        self._prefix = prefix

    def begin(
        self, before: Iterable[Word], after: Iterable[Word], lead: str = "", trail: str = ""
    ) -> Marked:
        """Note a change from the words `before` to the words `after`; one may be none."""
        old, new = _short(before), _short(after)
        has_old, has_new = old is not None, new is not None
        kind: Kind = "replaced" if has_old and has_new else "deleted" if has_old else "inserted"
        anchor = f"{self._prefix}change-{len(self.found) + 1}"
        self.found.append(
            Change(
                kind=kind,
                before=old or "",
                after=new or "",
                lead=lead,
                trail=trail,
                heading=self.heading,
                anchor=anchor,
            )
        )
        return Marked(anchor=anchor, is_blank=not (has_old or has_new))


def _short(words: Iterable[Word]) -> str | None:
    """Give the beginning of words as plain text, None where there are none."""
    taken, length = [], 0
    for word in words:
        taken.append(word)
        length += len(word.space) + len(word.text)
        if length > 2 * _LONGEST:
            break
    if not taken:
        return None
    text = text_of(taken)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
