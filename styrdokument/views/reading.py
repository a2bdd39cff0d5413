"""Which version a visitor asks for, and whether they may read it: asked by every reading page.

A text is shown only after `admitted` has let it through, and a list only with `sees_internal`; so
an internal title never reaches somebody who may not read the text.
"""

from datetime import date

from flask import request

from styrdokument.domain.access import Act, reading
from styrdokument.domain.decisionfile import Decision, from_bytes
from styrdokument.domain.document import Audience, DocumentId
from styrdokument.domain.problems import NotFound
from styrdokument.store.catalogue import Row
from styrdokument.views.support import house, may_here, require, site, today

DOCUMENT = "<int(min=1000,max=999999):document>"
"""A document's number in a route."""
NUMBER = "<int(min=1,max=999999):number>"
"""A version's number in a route."""


def sees_internal() -> bool:
    """Whether internal texts are among what the visitor may read."""
    return may_here(Act.READ_INTERNAL)


def admitted(row: Row | None) -> Row:
    """The version, if the visitor may read it. Raises NotFound, or Refused without a title."""
    if row is None:
        raise NotFound
    require(reading(Audience(row["audience"])))
    return row


def shown(document: int) -> Row:
    """What the document's page shows today (rule 24). Raises NotFound and Refused."""
    return admitted(house().catalogue.shown(DocumentId(document), on=today()))


def applied(document: int, day: date) -> Row | None:
    """The version that applied on a day, None where none did. Raises NotFound and Refused."""
    row = house().catalogue.applying(DocumentId(document), on=day)
    if row is None:
        shown(document)
        return None
    return admitted(row)


def issued(document: int, number: int) -> Row:
    """One version as it was issued. Raises NotFound and Refused."""
    return admitted(house().catalogue.version(DocumentId(document), number, on=today()))


def versions_of(document: int) -> list[Row]:
    """The document's versions that the visitor may read, newest first."""
    return _versions(document, internal=sees_internal())


def versions_for_readers_of(row: Row) -> list[Row]:
    """The document's versions that everybody who may read this one may read, newest first."""
    return _versions(row["document"], internal=row["audience"] == Audience.INTERNAL)


def root() -> str:
    """Where the addresses of pages begin, without a slash at the end."""
    return (site().base_url or request.host_url).rstrip("/")


def decision_of(seq: int) -> Decision:
    """A decision, from the index's copy of its file. Raises NotFound."""
    row = house().catalogue.decision(seq)
    if row is None:
        raise NotFound
    return from_bytes(row["file"].encode())


def address(path: str) -> str:
    """The whole address of a page, as it can be written on paper."""
    return root() + path


def _versions(document: int, *, internal: bool) -> list[Row]:
    found = house().catalogue.versions(DocumentId(document), on=today())
    return [row for row in found if internal or row["audience"] == Audience.PUBLIC]
