"""What the organisation's directory says of somebody at one moment.

A person is known by the directory's own immutable key, never by a name that somebody typed: a login
is given to another in time, and is written in many ways.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST_NAME = 200
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z0-9-]{2,60}"
)
_UNWANTED = re.compile(r"[<>]")


class Presence(StrEnum):
    """Whether somebody is here, as the directory has it."""

    HERE = "here"
    LOCKED = "locked"
    """Kept out for a while, as after many wrong passwords; they have not left."""
    LEFT = "left"
    """Closed, or past its last day."""


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """Somebody as the directory has them. `groups` are the immutable keys of all their groups.

    `groups` is None where they were not asked for.
    """

    key: str
    login: str
    name: str
    title: str = ""
    unit: str = ""
    mail: str = ""
    groups: frozenset[str] | None = None
    presence: Presence = Presence.HERE


def clean_name(text: str) -> str:
    """A name, title or unit as one line that breaks no header: see threats F14."""
    line = _UNWANTED.sub("", unicodedata.normalize("NFC", text))
    readable = "".join(c if c.isprintable() else " " for c in line)
    return " ".join(readable.split())[:LONGEST_NAME].strip()


def clean_address(text: str) -> str:
    """An address for mail, or nothing where it is not plainly one."""
    return text.strip() if _ADDRESS.fullmatch(text.strip()) else ""
