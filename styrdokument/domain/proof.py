"""How somebody has shown, again, who they are; it stands on the record with what they signed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from styrdokument.domain.problems import Code, Problem

_OF_A_LOOK = frozenset({Code.NEEDS_SECOND_LOOK, Code.THROTTLED, Code.DIRECTORY_AWAY})
"""What says that a second look was tried."""

LEAST_PASSWORD, LONGEST_PASSWORD = 10, 1024
"""Characters: at least so many for a new one; no more are ever compared."""


class Proof(StrEnum):
    """The ways."""

    PASSWORD = "password"  # noqa: S105 - the name of a way
    TOTP = "totp"
    PASSKEY = "passkey"
    OIDC = "oidc"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What somebody gave with a form to show who they are; one of it is enough.

    `passkey` is what the browser answered, and `challenge` the name of what it was asked; `session`
    is the secret of the session, for whoever has just signed in elsewhere again.
    """

    password: str = ""
    code: str = ""
    passkey: str = ""
    challenge: str = ""
    session: str = ""


def needs_look(looked: str | None, found: Iterable[Problem]) -> Iterator[Problem]:
    """The problem of no second look; none where `found` tells why one that was tried failed."""
    if not looked and not any(problem.code in _OF_A_LOOK for problem in found):
        yield Problem(code=Code.NEEDS_SECOND_LOOK, field="password")


def password_problems(password: str, *, field: str = "password") -> Iterator[Problem]:
    """What is wrong with a new password of a local account."""
    if not LEAST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        values = {"least": LEAST_PASSWORD}
        yield Problem(code=Code.BAD_VALUE, field=field, rule="length", values=values)
