"""Insides of pages, kept in memory: the same for all who may read the same, until something moves.

What is kept is made from the page's address alone, and from what its key holds: how far the index
has come, who is called what, the day, the language, and whether internal texts may be read. A
template that is shown this way may ask for nothing else: not who is here, not what they may do
beside reading. Whoever may not read it is refused while it is made, and so is never given it.
"""

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app, g, request
from markupsafe import Markup

from styrdokument.views.finished import people_known
from styrdokument.views.reading import sees_internal
from styrdokument.views.support import house, page, today, visitor, words

MOST_BYTES = 8_000_000
EXTENSION = "styrdokument-kept"


@dataclass(frozen=True, slots=True)
class Inside:
    """What stands in a page's frame, and what the page is called."""

    html: Markup
    title: str

    @property
    def size(self) -> int:
        """Bytes of memory."""
        return sys.getsizeof(self.html)


class Kept:
    """Insides by what they were made from; the ones longest unused make room."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        """With room for so many bytes."""
        self._most, self._size = most, 0
        self._insides: OrderedDict[Hashable, Inside] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> Inside | None:
        """What is kept under a key."""
        with self._lock:
            found = self._insides.get(key)
            if found is not None:
                self._insides.move_to_end(key)
            return found

    def keep(self, key: Hashable, inside: Inside) -> None:
        """Keep it, unless it alone would take a quarter of the room."""
        if inside.size > self._most // 4:
            return
        with self._lock:
            old = self._insides.pop(key, None)
            self._size += inside.size - (old.size if old else 0)
            self._insides[key] = inside
            while self._size > self._most:
                self._size -= self._insides.popitem(last=False)[1].size


def install(app: Flask) -> None:
    """Give the app its memory."""
    app.extensions[EXTENSION] = Kept()


def kept(template: str, make: Callable[[], Mapping[str, Any]]) -> Inside:
    """The inside of the page asked for, from the values of `make` where it is not kept.

    Among the values, `title` is what the page is called.
    """
    memory = cast("Kept", current_app.extensions[EXTENSION])
    begun, people = house().pages.begun(), people_known()
    reader = (words().language, sees_internal(), visitor() is not None)
    key = (request.full_path, begun, people, today(), *reader)
    inside = memory.find(key)
    if inside is None:
        values = make()
        html = Markup(page(template, **values))  # noqa: S704 - a template of ours, escaped
        inside = Inside(html=html, title=values.get("title", ""))
        if people is not None and not g.get("away") and house().pages.begun() == begun:
            memory.keep(key, inside)
    return inside
