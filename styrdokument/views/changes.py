"""How a page shows what changed in a text: both versions in one, side by side, or as a list.

The view and the change that is looked at stand in the query: each has an address of its own,
and nothing needs a script.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from flask import request

from styrdokument.text.redline import Redline, Words
from styrdokument.views.support import words

KEPT = ("from", "to", "since", "view")
"""What a step between views and changes leaves as it is in the query."""


class View(StrEnum):
    """The ways to show changes."""

    INLINE = "inline"
    SIDE = "side"
    LIST = "list"


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A text with its changes on the page at `path`; `folds` away what is far from any."""

    marked: Redline
    path: str
    old: str
    new: str
    folds: bool = False

    @property
    def view(self) -> View:
        """The view that is asked for, else both versions in one."""
        asked = request.args.get("view", "")
        return View(asked) if asked in set(View) else View.INLINE

    @property
    def views(self) -> Mapping[View, str]:
        """The address of each view."""
        return {view: self._address(view=view) for view in View}

    @property
    def number(self) -> int:
        """The number of the change that is looked at, 0 where it is none of these."""
        asked = request.args.get("change", "")
        anchors = [change.anchor for change in self.marked.changes]
        return anchors.index(asked) + 1 if asked in anchors else 0

    def at(self, number: int) -> str:
        """The address of a change, in a view that shows the text; empty where there is none."""
        if not 1 <= number <= len(self.marked.changes):
            return ""
        anchor = self.marked.changes[number - 1].anchor
        view = View.SIDE if self.view is View.SIDE else View.INLINE
        return f"{self._address(view=view, change=anchor)}#{anchor}"

    def _address(self, **asked: str) -> str:
        kept = {name: request.args.get(name, "") for name in KEPT} | asked
        return f"{self.path}?{urlencode({name: value for name, value in kept.items() if value})}"


def redline_words() -> Words:
    """What a screen reader says around a change."""
    say = words().say
    return Words(
        inserted=say("compare.inserted"), deleted=say("compare.deleted"), end=say("compare.end")
    )
