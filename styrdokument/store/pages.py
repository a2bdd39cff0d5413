"""Finished pages: the bytes that a text's readers get, kept until something in them may change.

A page is valid while it is here and its stamp holds. It goes when a decision is made about its
document, or about one that it names (`forget`, in the same transaction as the index's rows); the
stamp tells of everything else: the day, who is called what, and how pages are made. A page that
was begun before the index came further is not kept, for it may show what was (`keep`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, bindparam, delete, or_, select
from sqlalchemy.exc import DatabaseError

from styrdokument.domain.document import DocumentId
from styrdokument.store.sql import Away, insert_or_replace, writing
from styrdokument.store.straight import Straight, Unavailable
from styrdokument.store.tables import MAIN_CURSOR, cursors, page_names, pages

MOST_AT_ONCE = 500
"""Documents in one statement, fewer than any database's most."""
APPLYING = 0
"""In place of a version's number: the page of the document, with what applies now."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """Which page: of a document or one version of it, in a language."""

    document: DocumentId
    number: int = APPLYING
    language: str


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A page as it is kept: `body` is compressed with brotli, `tag` names its bytes."""

    stamp: str
    audience: str
    tag: str
    body: bytes


class Pages:
    """The finished pages of one index."""

    def __init__(self, engine: Engine) -> None:
        """Over an engine of the index's database that does not wait, see `open_cache`."""
        self._engine = engine
        self._straight = Straight(engine)
        p = pages.c
        asked = (p[name] == bindparam(name) for name in ("document", "number", "language"))
        self._find = self._straight.prepare(
            select(p.stamp, p.audience, p.tag, p.body).where(*asked)
        )

        self._begun = self._straight.prepare(
            select(cursors.c.value).where(cursors.c.name == MAIN_CURSOR)
        )

    def find(self, document: int, number: int, language: str) -> Finished | None:
        """The page that is kept, whether its stamp still holds or not; one statement."""
        values = {"document": document, "number": number, "language": language}
        row = self._straight.first(self._find, values)
        if row is None:
            return None
        stamp, audience, tag, body = row
        return Finished(stamp=stamp, audience=audience, tag=tag, body=body)

    def begun(self) -> str:
        """How far the index has come, to be asked before a page is made. Raises Away."""
        try:
            row = self._straight.first(self._begun, {})
        except Unavailable as error:
            raise Away(str(error.__cause__)) from error
        return row[0] if row else ""

    def keep(self, key: Key, page: Finished, *, named: Iterable[int], begun: str) -> bool:
        """Keep a page that names other documents, if the index stands where it was begun.

        It is made again at the next view where it could not be kept: the index is being written
        to, or the disk is full.
        """
        query = select(cursors.c.value).where(cursors.c.name == MAIN_CURSOR)
        names = ({"named": int(one), "document": int(key.document)} for one in sorted(set(named)))
        try:
            with writing(self._engine) as connection:
                if connection.execute(query.with_for_update(read=True)).scalar() != begun:
                    return False
                insert_or_replace(connection, pages, vars(key) | vars(page))
                insert_or_replace(connection, page_names, *names)
        except (DatabaseError, Away):
            return False
        return True

    def close(self) -> None:
        """Let go of every connection."""
        self._straight.close()
        self._engine.dispose()


def forget(connection: Connection, documents: Iterable[DocumentId]) -> None:
    """Take away the pages of these documents and those that name them.

    Called after the index's cursor has moved: whoever keeps a page holds on to the cursor.
    """
    touched = sorted(documents)
    for some in (touched[at : at + MOST_AT_ONCE] for at in range(0, len(touched), MOST_AT_ONCE)):
        naming = select(page_names.c.document).where(page_names.c.named.in_(some))
        chosen = or_(pages.c.document.in_(some), pages.c.document.in_(naming))
        connection.execute(delete(pages).where(chosen))
        connection.execute(delete(page_names).where(page_names.c.document.in_(some)))


def forget_all(connection: Connection) -> None:
    """Take away every page."""
    for table in (page_names, pages):
        connection.execute(delete(table))
