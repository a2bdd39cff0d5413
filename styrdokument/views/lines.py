"""The lines of a list of documents, in words: each word looked up once for the whole list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from styrdokument.domain.validity import APPLIES
from styrdokument.store.catalogue import Row
from styrdokument.views.support import label_of, words


@dataclass(frozen=True, slots=True)
class Line:
    """What a list shows of one version; `number` is the document's and the version's, in words."""

    address: str
    title: str
    number: str
    version: int
    standing: str
    type: str
    unit: str
    since: str
    until: str


def lines(rows: Iterable[Row], *, on: date | None = None) -> Sequence[Line]:
    """The lines of the versions found; `on` is the day that they are looked back to."""
    say, said = words(), cache(lambda value: words().day(value))
    label = cache(label_of)
    return [
        Line(
            address=f"/documents/{row['document']}?on={on}" if on else text_address(row),
            title=row["title"],
            number=say.say("list.number_version", id=row["document"], version=row["version"]),
            version=row["version"],
            standing=row["standing"],
            type=label("types", row["type"]),
            unit=label("units", row["unit"]),
            since=said(row["effective_from"]),
            until=said(row["valid_until"]) if row["valid_until"] else _open_end(row),
        )
        for row in rows
    ]


def text_address(row: Row) -> str:
    """The document for what applies; an older or coming text by its number."""
    document = f"/documents/{row['document']}"
    return document if row["standing"] in APPLIES else f"{document}/versions/{row['version']}"


def _open_end(row: Row) -> str:
    return words().say("list.until_further_notice" if row["review_on"] else "card.unknown_validity")
