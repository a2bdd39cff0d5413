"""The organisation's directory as the house sees it: who there is, and who somebody is.

Local accounts answer to it, and so will LDAP; nothing else in the house knows which it is.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from styrdokument.domain.people import Person, PersonId


class Directory(Protocol):
    """Who there is. People are known by an id that is never given to another."""

    def authenticate(self, username: str, password: str) -> PersonId | None:
        """Whose name and password these are, or None; never raises for what was typed."""

    def person(self, person: PersonId, /) -> Person | None:
        """Somebody as the directory knows them now."""

    def known(self, people: Collection[PersonId], /) -> Mapping[PersonId, Person]:
        """Those of `people` whom the directory knows, here or not."""

    def here(self, people: Collection[PersonId], /) -> frozenset[PersonId]:
        """Those of `people` who are known and have not left."""

    def people(self) -> Sequence[Person]:
        """Everybody who may be named on a document, by name."""
