"""A directory that speaks as Active Directory does where OpenLDAP does not, in two hundred lines.

No such server runs here. What it does is what Microsoft documents: `objectGUID` as sixteen bytes,
the rule that follows groups in groups ([MS-ADTS] 3.1.1.3.4.4.3), members some at a time
(`member;range=0-1499`, 3.1.1.3.1.3.3), references to other domains among what is found
and referrals for their names, `u:REGION\\alma` as the answer to who one is, and code 49 with the
reason in its words. Names and filters are compared without case, and without accents.
"""

import socket
import threading
import unicodedata
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

BASE = "DC=region,DC=example"
SERVICE, SECRET = f"CN=styrdokument,OU=Service,{BASE}", "tjänstens-lösenord"
IN_CHAIN = "1.2.840.113556.1.4.1941"
PAGED = b"1.2.840.113556.1.4.319"
USER = [b"top", b"person", b"organizationalPerson", b"user"]
Values = list[bytes]


@dataclass
class Forest:
    """One domain of a forest. At most `page` entries and `part` members are told at a time."""

    part: int = 3
    page: int = 1000
    entries: dict[str, dict[str, Values]] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=lambda: {SERVICE: SECRET})
    busy_at: int = 0
    """The number of the search that the server is too busy for; from 1."""

    def add(self, login: str, password: str = "", **more: Any) -> str:
        """Add a person; their immutable key."""
        dn = f"CN={login.title()}\\, Ek,OU=Staff,{BASE}"
        self.passwords[dn] = password
        usual = {"sAMAccountName": login, "displayName": f"{login.title()} Ek"}
        names = {"userPrincipalName": f"{login}@region.example", "userAccountControl": 512}
        return self._put(dn, USER, usual | names | more)

    def add_group(self, name: str, *members: str) -> str:
        """Add a group of whatever has these names; its key."""
        return self._put(f"CN={name},OU=Groups,{BASE}", [b"top", b"group"], {"member": members})

    def add_computer(self, login: str) -> str:
        """Add a computer, which is a person, too."""
        dn = f"CN={login},OU=Computers,{BASE}"
        return self._put(dn, [*USER, b"computer"], {"sAMAccountName": f"{login}$"})

    def add_contact(self, name: str) -> str:
        """Add somebody who has an address and no account."""
        dn = f"CN={name},OU=Contacts,{BASE}"
        return self._put(dn, [*USER[:3], b"contact"], {"mail": f"{name}@else.example"})

    def _put(self, dn: str, classes: Values, values: Mapping[str, Any]) -> str:
        key = uuid.uuid4()
        # bytes that mean something in a filter, among those of the key
        key = uuid.UUID(bytes_le=b"\0*()\\\xff" + key.bytes_le[6:])
        self.entries[dn] = {"objectClass": classes, "objectGUID": [key.bytes_le]} | {
            name: [_bytes(one) for one in (value if isinstance(value, tuple) else (value,))]
            for name, value in values.items()
        }
        return str(key)

    def dn(self, name: str) -> str:
        """The name of the entry whose login or name this is."""
        return next(
            dn for dn in self.entries if dn.startswith((f"CN={name.title()}\\,", f"CN={name},"))
        )

    def serve(self) -> "Serving":
        """Answer on a free port of the loopback."""
        return Serving(self)


class Serving:
    """A domain controller that listens."""

    def __init__(self, forest: Forest) -> None:
        self.forest, self.asked = forest, 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._take, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def settings(self, **more: str) -> dict[str, str]:
        """What an administrator of the product would say of it."""
        usual = {
            "kind": "active_directory",
            "servers": f"ldap://127.0.0.1:{self.port}",
            "base": BASE,
            "user": SERVICE,
            "password": SECRET,
        }
        return {f"directory_{name}": value for name, value in (usual | more).items()}

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        who = ""
        with suppress(OSError), line, line.makefile("rb") as told:
            while message := _message(told):
                number, tag, body, controls = message
                if tag == 0x60:
                    dn, password = body[1][1].decode(), body[2][1].decode()
                    is_known = dn in self.forest.passwords and self.forest.passwords[dn] == password
                    who = dn if is_known else ""
                    wrong = (
                        "80090308: LdapErr: DSID-0C090439, AcceptSecurityContext, data 52e, v4563"
                    )
                    line.sendall(_answer(number, 0x61, *((0, "") if is_known else (49, wrong))))
                elif tag == 0x63:
                    line.sendall(self._search(number, body, controls, is_known=bool(who)))
                elif tag == 0x77:
                    login = self.forest.entries.get(who, {}).get("sAMAccountName", [b""])[0]
                    line.sendall(_answer(number, 0x78, 0, "", _tlv(0x8B, b"u:REGION\\" + login)))

    def _search(self, number: int, body: Any, controls: Any, *, is_known: bool) -> bytes:
        self.asked += 1
        base, scope, wanted = (
            body[0][1].decode(),
            body[1][1][0],
            [v.decode() for _, v in _parts(body[7][1])],
        )
        if not is_known:
            return _answer(number, 0x65, 1, "000004DC: a successful bind must be completed")
        if self.asked == self.forest.busy_at:
            return _answer(number, 0x65, 51, "busy")
        if not base.lower().endswith(BASE.lower()):
            return _answer(number, 0x65, 10, "", _tlv(0xA3, _tlv(4, b"ldap://other.example/")))
        if scope == 0:
            found = [(dn, e) for dn, e in self.forest.entries.items() if dn.lower() == base.lower()]
            if not found:
                return _answer(number, 0x65, 32, "0000208D: NameErr: DSID-03100245, NO_OBJECT")
            return self._entries(number, found, wanted) + _answer(number, 0x65, 0, "")
        matching = [(dn, e) for dn, e in self.forest.entries.items() if self._fits(dn, e, body[6])]
        size, start = _page(controls)
        many = min(size, self.forest.page)
        told, is_more = matching[start : start + many], len(matching) > start + many
        value = _tlv(0x30, _tlv(2, b"\0"), _tlv(4, str(start + many).encode() if is_more else b""))
        control = _tlv(0xA0, _tlv(0x30, _tlv(4, PAGED), _tlv(4, value)))
        elsewhere = _tlv(0x73, _tlv(4, b"ldap://ForestDnsZones.region.example/DC=ForestDnsZones"))
        return (
            self._entries(number, told, wanted)
            + _tlv(0x30, _int(number), elsewhere)
            + _answer(number, 0x65, 0, "", after=control)
        )

    def _entries(self, number: int, found: Any, wanted: list[str]) -> bytes:
        made = b""
        for dn, entry in found:
            shown = b""
            for name, values in self._shown(entry, wanted):
                listed = b"".join(_tlv(4, value) for value in values)
                shown += _tlv(0x30, _tlv(4, name.encode()), _tlv(0x31, listed))
            made += _tlv(0x30, _int(number), _tlv(0x64, _tlv(4, dn.encode()), _tlv(0x30, shown)))
        return made

    def _shown(self, entry: dict[str, Values], wanted: list[str]) -> Iterator[tuple[str, Values]]:
        """Members past the first few are had by asking for them by number."""
        for asked in wanted:
            name, _, numbers = asked.partition(";range=")
            values = next((v for n, v in entry.items() if n.lower() == name.lower()), [])
            if not values:
                continue
            start, most = int(numbers.partition("-")[0] or 0), self.forest.part
            if name != "member" or (not numbers and len(values) <= most):
                yield name, values
                continue
            is_last = start + most >= len(values)
            yield name, []
            yield (
                f"{name};range={start}-{'*' if is_last else start + most - 1}",
                values[start:][:most],
            )

    def _fits(self, dn: str, entry: dict[str, Values], asked: tuple[int, bytes]) -> bool:
        tag, body = asked
        if tag in {0xA0, 0xA1}:
            return (all if tag == 0xA0 else any)(self._fits(dn, entry, one) for one in _parts(body))
        if tag == 0xA2:
            return not self._fits(dn, entry, _parts(body)[0])
        if tag == 0x87:
            return bool(_named(entry, body.decode()))
        parts = dict(_parts(body)) if tag == 0xA9 else {}
        if parts:
            assert parts[0x81].decode() == IN_CHAIN
            return self._is_in(parts[0x83].decode().lower(), entry, set())
        (_, name), (_, value) = _parts(body)
        return _folded(value) in map(_folded, _named(entry, name.decode()))

    def _is_in(self, dn: str, group: dict[str, Values], seen: set[str]) -> bool:
        for member in (value.decode() for value in _named(group, "member")):
            if member.lower() == dn:
                return True
            if member not in seen:
                seen.add(member)
                if self._is_in(dn, self.forest.entries.get(member, {}), seen):
                    return True
        return False


def _named(entry: dict[str, Values], name: str) -> Values:
    return next((values for n, values in entry.items() if n.lower() == name.lower()), [])


def _folded(value: bytes) -> bytes:
    """Text as it is compared; sixteen bytes that are no text as they are."""
    try:
        plain = unicodedata.normalize("NFKD", value.decode())
    except UnicodeDecodeError:
        return value
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold().encode()


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


# BER, as little of it as there is in these messages


def _tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body).to_bytes(4)
    return bytes([tag, 0x84]) + size + body


def _int(number: int) -> bytes:
    return _tlv(2, number.to_bytes(4))


def _answer(
    number: int, tag: int, code: int, words: str, *more: bytes, after: bytes = b""
) -> bytes:
    told = _tlv(tag, _tlv(10, bytes([code])), _tlv(4), _tlv(4, words.encode()), *more)
    return _tlv(0x30, _int(number), told, after)


def _message(told: Any) -> tuple[int, int, list[tuple[int, bytes]], bytes] | None:
    head = told.read(2)
    if len(head) < 2:
        return None
    size = head[1]
    if size & 0x80:
        size = int.from_bytes(told.read(size & 0x7F))
    parts = _parts(told.read(size))
    (_, number), (tag, body) = parts[:2]
    inside = [] if tag == 0x42 else _parts(body)
    return int.from_bytes(number), tag, inside, parts[2][1] if len(parts) > 2 else b""


def _parts(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    while data:
        tag, size, start = data[0], data[1], 2
        if size & 0x80:
            start += size & 0x7F
            size = int.from_bytes(data[2:start])
        found.append((tag, data[start : start + size]))
        data = data[start + size :]
    return found


def _page(controls: bytes) -> tuple[int, int]:
    """How many entries are asked for, and from where on."""
    for _, control in _parts(controls):
        name, *_, (_, value) = _parts(control)
        if name[1] == PAGED:
            (_, size), (_, cookie) = _parts(_parts(value)[0][1])
            return int.from_bytes(size), int(cookie or b"0")
    return 10**6, 0
