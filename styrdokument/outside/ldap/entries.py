"""From an entry of a directory to a sighting: which key, which names, and whether they are here.

Everything is cleaned here, at the edge: a name of the directory reaches mail headers, git authors
and pages, and many may write in a directory.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from styrdokument.domain.sighting import Presence, Sighting, clean_address, clean_name
from styrdokument.outside.directory import Silent
from styrdokument.outside.ldap.kinds import Kind

Entry = Mapping[str, Any]
"""As ldap3 answers it: `dn`, and `raw_attributes` by name, each a list of bytes."""
DISABLED, LOCKED_OUT = 0x2, 0x10
"""Bits of `userAccountControl` and of its computed twin."""
BEGINNING = datetime(1601, 1, 1, tzinfo=UTC)
"""Where Active Directory counts from, in tenths of a microsecond; 0 is never, and so is what lies
past all years that there are names for."""
CLOSED_FOR_GOOD = "000001010000Z"
GUID_BYTES = 16


PERSON, COMPUTER = b"person", b"computer"


def wanted(kind: Kind) -> list[str]:
    """The attributes to ask for."""
    return sorted(
        {kind.key, *kind.login, *kind.name, *kind.unit, *kind.standing}
        | {"title", "mail", "objectClass"}
    )


def key_of(entry: Entry, kind: Kind) -> str:
    """The immutable key of a person or a group. Raises Silent where there is none to read."""
    values = _values(entry, kind.key)
    try:
        if len(values) == 1 and len(values[0]) == GUID_BYTES:
            return str(uuid.UUID(bytes_le=values[0]))
        (value,) = values
        return str(uuid.UUID(value.decode("ascii")))
    except ValueError as error:
        raise Silent(f"{entry.get('dn')}: no {kind.key} to know it by") from error


def sighting_of(
    entry: Entry, kind: Kind, *, now: datetime, groups: frozenset[str] | None = None
) -> Sighting:
    """Somebody's entry as a sighting. Raises Silent where there is none to read."""
    login = clean_name(_first(entry, kind.login))
    mails = (clean_address(_text(value)) for value in _values(entry, "mail"))
    return Sighting(
        key=key_of(entry, kind),
        login=login,
        name=clean_name(_first(entry, kind.name)) or login,
        title=clean_name(_first(entry, ("title",))),
        unit=clean_name(_first(entry, kind.unit)),
        mail=next(filter(None, mails), ""),
        groups=groups,
        presence=_presence(entry, now),
    )


def is_person(entry: Entry) -> bool:
    """Whether it is somebody, and not a group: of the class `person`, or one made of it.

    In Active Directory computers and accounts of services are of that class, too.
    """
    classes = {value.lower() for value in _values(entry, "objectClass")}
    return COMPUTER not in classes and any(value.endswith(PERSON) for value in classes)


def values_from(entry: Entry, name: str) -> tuple[list[str], int]:
    """The values of an attribute that an entry tells, and from which number there are more; or 0.

    Active Directory tells 1,500 of them at a time, as `member;range=0-1499`, and the last ones as
    `member;range=1500-*`.
    """
    attributes = entry.get("raw_attributes") or {}
    part = next((n for n in attributes if n.lower().startswith(f"{name.lower()};range=")), name)
    last = part.rpartition("-")[2] if part != name else "*"
    values = [_text(value) for value in _values(entry, part)]
    return values, int(last) + 1 if last.isdecimal() else 0


def _presence(entry: Entry, now: datetime) -> Presence:
    if _has_left(entry, now):
        return Presence.LEFT
    is_locked_out = _number(entry, "msDS-User-Account-Control-Computed") & LOCKED_OUT
    return Presence.LOCKED if is_locked_out or _held(entry) else Presence.HERE


def _has_left(entry: Entry, now: datetime) -> bool:
    ends = _number(entry, "accountExpires")
    is_past = 0 < ends <= (now - BEGINNING) // timedelta(microseconds=1) * 10
    days = _number(entry, "shadowExpire")
    return bool(
        _number(entry, "userAccountControl") & DISABLED
        or is_past
        or 0 < days <= now.astimezone(UTC).date().toordinal() - datetime(1970, 1, 1).toordinal()  # noqa: DTZ001
        or _held(entry) == CLOSED_FOR_GOOD
        or _first(entry, ("nsAccountLock",)).lower() == "true"
        or "0" < _first(entry, ("pwdEndTime",)) <= now.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")
    )


def _held(entry: Entry) -> str:
    """Since when an OpenLDAP server keeps somebody out, in its own writing; empty: not at all."""
    return _first(entry, ("pwdAccountLockedTime",))


def _number(entry: Entry, name: str) -> int:
    """A number; one that is none is as if it were not there."""
    try:
        return int(_first(entry, (name,)) or 0)
    except ValueError:
        return 0


def _first(entry: Entry, names: Sequence[str]) -> str:
    texts = (_text(value) for name in names for value in _values(entry, name))
    return next((text for text in texts if text.strip()), "")


def _values(entry: Entry, name: str) -> list[bytes]:
    """The values of an attribute, whose name a server may write in another case."""
    found: Mapping[str, list[bytes]] = entry.get("raw_attributes") or {}
    return next((list(v) for n, v in found.items() if n.lower() == name.lower()), [])


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
