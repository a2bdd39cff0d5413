"""The organisation's directory over LDAP: whose password this is, who is here, and in which groups.

A password is proven by binding as the entry that was found, and by the server's own word for whom
it then takes us. An answer is whole or there is none: `Silent` is raised for whatever is cut short.
"""

import logging
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from ldap3.utils.conv import escape_filter_chars

from styrdokument.domain.sighting import Sighting
from styrdokument.outside.ldap.entries import (
    Entry,
    is_person,
    key_of,
    sighting_of,
    wanted,
)
from styrdokument.outside.ldap.line import Line, Servers
from styrdokument.outside.ldap.settings import Settings

LOG = logging.getLogger("styrdokument")
LOOK_SECONDS = 2.0
"""A look-up on behalf of somebody who waits; a sign-in is two of them."""
SWEEP_SECONDS = 900.0
LONGEST = 1024
"""Characters of a name or a password."""
AT_ONCE = 50
"""Keys, or names of groups, that one search asks for."""


class Ldap:
    """The directory behind some servers."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        """`now` says which accounts have ended."""
        self._settings, self._kind, self._now = settings, settings.kind, now
        self._servers = Servers(settings)

    def authenticate(self, username: str, password: str) -> Sighting | None:
        """Whose name and password these are; as many questions for nobody's as for somebody's."""
        secret = _as_bytes(password)
        if secret is None:
            return None
        entry = self._servers.ask(lambda line: self._find(line, username), seconds=LOOK_SECONDS)
        if entry is None:
            nobody = f"cn={secrets.token_hex(8)},{self._settings.base}"
            never = secrets.token_hex().encode()
            self._servers.ask_as(nobody, never, lambda _: None, seconds=LOOK_SECONDS)
            return None
        seen = sighting_of(entry, self._kind, now=self._now())
        taken_for = self._servers.ask_as(entry["dn"], secret, self._taken_for, seconds=LOOK_SECONDS)
        if taken_for not in {seen.key, seen.login.casefold()}:
            return None
        return self._servers.ask(lambda line: self._seen(line, entry), seconds=LOOK_SECONDS)

    def named(self, login: str) -> Sighting | None:
        """Whoever a login names, or None."""

        def look(line: Line) -> Sighting | None:
            entry = self._find(line, login)
            return self._seen(line, entry) if entry else None

        return self._servers.ask(look, seconds=LOOK_SECONDS)

    def look(self, key: str) -> Sighting | None:
        """Somebody now, with their groups; None where there is nobody of that key."""

        def look(line: Line) -> Sighting | None:
            entries = line.search(self._with_key([key]), wanted(self._kind))
            return self._seen(line, entries[0]) if entries else None

        return self._servers.ask(look, seconds=2 * LOOK_SECONDS)

    def everybody(self, keys: Iterable[str]) -> dict[str, Sighting]:
        """Those of `keys` whom the directory has, by key; without their groups."""
        ordered = sorted(keys)

        def look(line: Line) -> dict[str, Sighting]:
            entries = (
                entry
                for some in _parts(ordered)
                for entry in line.search(self._with_key(some), wanted(self._kind))
            )
            return self._by_key(entries)

        return self._servers.ask(look, seconds=SWEEP_SECONDS) if ordered else {}

    def groups(self, name: str) -> dict[str, str]:
        """The groups that are called so: their whole names, by key."""
        if _as_bytes(name) is None:
            return {}
        holding = "".join(f"({attribute}=*)" for attribute in self._kind.members)
        filter_ = f"(&(cn={escape_filter_chars(name.strip())})(|(objectClass=group){holding}))"

        def look(line: Line) -> dict[str, str]:
            entries = line.search(filter_, [self._kind.key])
            return {key_of(entry, self._kind): str(entry["dn"]) for entry in entries}

        return self._servers.ask(look, seconds=2 * LOOK_SECONDS)

    def members(self, group: str) -> dict[str, Sighting]:
        """All the people of a group and of the groups in it, by key; none where it is gone."""

        def look(line: Line) -> dict[str, Sighting]:
            names = [*self._kind.members, *wanted(self._kind)]
            waiting = line.search(self._with_key([group]), names)
            seen = {entry["dn"].casefold() for entry in waiting}
            people: list[Entry] = []
            while waiting:
                entry = waiting.pop()
                if is_person(entry):
                    people.append(entry)
                for dn in self._members_in(line, entry):
                    if dn.casefold() not in seen:
                        seen.add(dn.casefold())
                        waiting += filter(None, [line.read(dn, names)])
            return self._by_key(people)

        return self._servers.ask(look, seconds=SWEEP_SECONDS)

    def _members_in(self, line: Line, entry: Entry) -> list[str]:
        """The names of all that a group holds by itself; none for what is no group."""
        return [dn for name in self._kind.members for dn in line.all_values(entry, name)]

    def _find(self, line: Line, login: str) -> Entry | None:
        """The one entry that a login names; where it names several, nobody, and an alarm."""
        typed = unicodedata.normalize("NFC", login).strip()
        if self._kind.has_domains:
            typed = typed.rpartition("\\")[2]
        if _as_bytes(typed) is None:
            return None
        people = self._settings.people or self._kind.people
        filter_ = people.replace("{login}", escape_filter_chars(typed))
        entries = line.search(filter_, wanted(self._kind))
        if len(entries) > 1:
            named = "; ".join(entry["dn"] for entry in entries)
            LOG.critical("directory: one login names several, and lets nobody in: %s", named)
        return entries[0] if len(entries) == 1 else None

    def _seen(self, line: Line, entry: Entry) -> Sighting:
        groups = self._groups(line, entry["dn"])
        return sighting_of(entry, self._kind, now=self._now(), groups=groups)

    def _by_key(self, entries: Iterable[Entry]) -> dict[str, Sighting]:
        found = (sighting_of(entry, self._kind, now=self._now()) for entry in entries)
        return {one.key: one for one in found if one.login}

    def _groups(self, line: Line, dn: str) -> frozenset[str]:
        """The keys of all groups that a name is in, by itself or through other groups."""
        if self._kind.nested:
            rule = f"{self._kind.members[0]}:{self._kind.nested}:"
            if found := line.search(f"({rule}={escape_filter_chars(dn)})", [self._kind.key]):
                return frozenset(key_of(entry, self._kind) for entry in found)
        return self._walk(line, dn)

    def _walk(self, line: Line, dn: str) -> frozenset[str]:
        """The same, group by group: also where a group is, by several steps, in itself."""
        keys: set[str] = set()
        seen, waiting = {dn.casefold()}, [dn]
        while waiting:
            some, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
            for entry in line.search(self._holding(some), [self._kind.key]):
                keys.add(key_of(entry, self._kind))
                if entry["dn"].casefold() not in seen:
                    seen.add(entry["dn"].casefold())
                    waiting.append(entry["dn"])
        return frozenset(keys)

    def _holding(self, names: Sequence[str]) -> str:
        safe = [escape_filter_chars(name) for name in names]
        return "(|" + "".join(f"({a}={n})" for a in self._kind.members for n in safe) + ")"

    def _with_key(self, keys: Sequence[str]) -> str:
        return (
            "(|" + "".join(f"({self._kind.key}={self._kind.in_filter(key)})" for key in keys) + ")"
        )

    def _taken_for(self, line: Line) -> str:
        """The key, or in Active Directory the login, of whom the server takes us for."""
        kind, _, name = line.whoami().partition(":")
        if kind == "u":
            return name.rpartition("\\")[2].casefold()
        entry = line.read(name, [self._kind.key]) if kind == "dn" and name else None
        return key_of(entry, self._kind) if entry else ""


def _as_bytes(typed: str) -> bytes | None:
    """A name or a password as it is sent; None for what can be neither."""
    try:
        sent = typed.encode()
    except UnicodeEncodeError:
        return None
    is_one = typed.strip() and "\0" not in typed and len(typed) <= LONGEST
    return sent if is_one else None


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
