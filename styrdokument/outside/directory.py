"""The organisation's directory as the house sees it: who there is, and who somebody is.

`outside.ldap` answers to it. Actions ask `Staff`, who has local accounts
beside it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from styrdokument.domain.sighting import Sighting


class Silent(Exception):
    """The directory does not answer, or not with all that was asked for; nothing is known."""


class Organisation(Protocol):
    """A directory that is not ours. Every question may raise Silent."""

    def authenticate(self, username: str, password: str) -> Sighting | None:
        """Whose name and password these are, or None."""

    def named(self, login: str, /) -> Sighting | None:
        """Whoever a login names, or None."""

    def look(self, key: str, /) -> Sighting | None:
        """Somebody now, with their groups; None where there is nobody of that key."""

    def everybody(self, keys: Iterable[str], /) -> Mapping[str, Sighting]:
        """Those of `keys` whom the directory has, by key; without their groups."""

    def groups(self, name: str, /) -> Mapping[str, str]:
        """The groups that are called so: their whole names, by key."""

    def members(self, group: str, /) -> Mapping[str, Sighting]:
        """All the people of a group and of the groups in it, by key; none where it is gone."""


def organisation_in(
    data: Path, stated: Mapping[str, str], now: Callable[[], datetime]
) -> Organisation | None:
    """The directory that the settings `directory_*` say; None where they say nothing.

    Raises ValueError, with words that name one of them.
    """
    given = {name: value for name, value in stated.items() if name.startswith("directory_")}
    if not any(given.values()):
        return None
    # ldap3 takes a while to import, and many installations do without it
    from styrdokument.outside.ldap.organisation import Ldap  # noqa: PLC0415
    from styrdokument.outside.ldap.settings import settings_in  # noqa: PLC0415

    return Ldap(settings_in(data, given), now)
