"""How somebody has shown, again, who they are; it stands on the record with what they signed."""

from dataclasses import dataclass
from enum import StrEnum


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
