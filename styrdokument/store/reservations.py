"""Numbers kept for authors of new documents, until a document of theirs has taken them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select

from styrdokument.domain.document import DocumentId
from styrdokument.domain.people import PersonId
from styrdokument.store.journal import reservations
from styrdokument.store.sql import writing


class Reservations:
    """The kept numbers, in the journal."""

    def __init__(self, engine: Engine) -> None:
        """Over the journal's engine."""
        self._engine = engine

    def of(self, person: PersonId) -> list[DocumentId]:
        """The numbers that are kept for somebody, rising."""
        query = select(reservations.c.document).where(reservations.c.person == person)
        with self._engine.connect() as connection:
            found = connection.execute(query.order_by(reservations.c.document)).scalars()
            return [DocumentId(number) for number in found]

    def reserve(self, person: PersonId, document: DocumentId, *, at: datetime) -> DocumentId:
        """Keep a number, that nobody else has, for somebody."""
        row = {"document": int(document), "person": person, "at": at}
        with writing(self._engine) as connection:
            connection.execute(insert(reservations), row)
        return document

    def use(self, documents: Iterable[DocumentId]) -> None:
        """Keep these no longer: documents have them now."""
        used = sorted(int(document) for document in documents)
        with writing(self._engine) as connection:
            connection.execute(delete(reservations).where(reservations.c.document.in_(used)))
