"""Texts as readers see them: finished when they are first looked at, and kept.

A version's text never changes, and what is made of it follows from it alone and from how texts are
made; `maker` names that. So a text that was kept by the same maker holds good for as long as it is
here; a rebuilt index begins without any.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import DatabaseError

from styrdokument.store.catalogue import Row
from styrdokument.store.sql import Away, insert_or_replace, writing
from styrdokument.store.tables import texts


@dataclass(frozen=True, kw_only=True)
class Text:
    """A finished text: safe HTML, and its headings as level, words and anchor."""

    html: str
    outline: tuple[tuple[int, str, str], ...] = ()


Finish = Callable[[str, str], Text]
"""From a body and the address of its appendices to a text."""


class Texts:
    """The finished texts of one index."""

    def __init__(self, engine: Engine, finish: Finish, *, maker: Callable[[], str]) -> None:
        """Over an engine of the index's database that does not wait, see `open_cache`."""
        self._engine, self._finish, self._maker = engine, finish, maker

    def of(self, row: Row) -> Text:
        """The text of a version, from its whole row."""
        key = {"document": row["document"], "version": row["version"]}
        kept = self._kept(key, row["seq"])
        if kept is not None:
            return kept
        place = f"/documents/{row['document']}/versions/{row['version']}/appendices/"
        text = self._finish(row["body"], place)
        outline = [list(heading) for heading in text.outline]
        made = {"seq": row["seq"], "maker": self._maker(), "html": text.html, "outline": outline}
        try:
            with writing(self._engine) as connection:
                insert_or_replace(connection, texts, key | made)
        except (DatabaseError, Away):
            pass  # somebody else is writing: it is made again at the next look
        return text

    def _kept(self, key: dict[str, Any], seq: int) -> Text | None:
        t = texts.c
        is_it = [t[name] == value for name, value in key.items()]
        query = select(t.html, t.outline).where(*is_it, t.seq == seq, t.maker == self._maker())
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return Text(html=row.html, outline=tuple((one[0], one[1], one[2]) for one in row.outline))
