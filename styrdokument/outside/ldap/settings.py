"""What an administrator says of the directory, and whether it can be used.

A directory is set whole or not at all, and no password is sent in the open: plain LDAP is for this
machine alone.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from styrdokument.outside.ldap.kinds import KINDS, Kind

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
NEEDED = ("kind", "servers", "base", "user", "password")
PORTS = {"ldaps": 636, "starttls": 389, "ldap": 389}
"""Where servers listen, by how one speaks with them."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """A server: `speaks` is `ldaps`, `starttls`, or `ldap`, which is in the open."""

    speaks: str
    host: str
    port: int


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to reach the directory, and whom to look for; `tls` checks certificates.

    In `people`, where it is set, `{login}` is what was typed.
    """

    kind: Kind
    addresses: tuple[Address, ...]
    base: str
    user: str
    password: str
    people: str
    tls: ssl.SSLContext


def settings_in(data: Path, stated: Mapping[str, str]) -> Settings:
    """The settings `directory_*`, by name. Raises ValueError, with words that name one of them."""
    given = {name.removeprefix("directory_"): value for name, value in stated.items() if value}
    for name in NEEDED:
        if name not in given:
            raise ValueError(f"directory_{name}: is needed where there is a directory")
    if given["kind"] not in KINDS:
        raise ValueError(f"directory_kind: {given['kind']!r} is none of {', '.join(KINDS)}")
    people, ca = given.get("filter", ""), given.get("ca", "")
    if people and "{login}" not in people:
        raise ValueError("directory_filter: does not say where {login} goes")
    return Settings(
        kind=KINDS[given["kind"]],
        addresses=tuple(_address(one.strip()) for one in given["servers"].split(",")),
        base=given["base"],
        user=given["user"],
        password=given["password"],
        people=people,
        tls=_tls(data / ca if ca else None),
    )


def _address(stated: str) -> Address:
    try:
        parts = urlsplit(stated)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"directory_servers: {stated!r}: {error}") from error
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"directory_servers: {stated!r} is not like ldaps://directory.example")
    if parts.scheme == "ldap" and parts.hostname not in LOOPBACK:
        raise ValueError(
            f"directory_servers: {stated!r} would send passwords in the open; "
            "say ldaps:// or starttls://"
        )
    return Address(speaks=parts.scheme, host=parts.hostname, port=port or PORTS[parts.scheme])


def _tls(ca: Path | None) -> ssl.SSLContext:
    """Certificates checked against an authority, or against those that the machine trusts."""
    try:
        return ssl.create_default_context(cafile=ca)
    except FileNotFoundError as error:
        raise ValueError(f"directory_ca: there is no file {str(ca)!r}") from error
    except OSError as error:
        raise ValueError(f"directory_ca: {error}") from error
