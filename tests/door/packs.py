"""Packs and requests made by hand: what no git client sends, and a door has to stand."""

import base64
import hashlib
import struct
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

KINDS = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}
NONE = "0" * 40
TYPE = "application/x-git-receive-pack-request"
ABLE = "report-status side-band-64k object-format=sha1"


@dataclass(frozen=True)
class Answer:
    """What came back: a status, and a body."""

    status: int
    body: bytes

    @property
    def is_let_in(self) -> bool:
        """Whether any ref was let in."""
        return self.status == 200 and b"ok refs/" in self.body


def name_of(kind: str, raw: bytes) -> str:
    """The id that git gives an object."""
    return hashlib.sha1(b"%s %d\0%s" % (kind.encode(), len(raw), raw)).hexdigest()


def entry(mode: str | bytes, name: str | bytes, target: str) -> bytes:
    """One row of a tree."""
    mode = mode.encode() if isinstance(mode, str) else mode
    name = name.encode() if isinstance(name, str) else name
    return mode + b" " + name + b"\0" + bytes.fromhex(target)


def header(kind: int, size: int) -> bytes:
    """How an object begins in a pack."""
    byte, size, found = kind << 4 | size & 15, size >> 4, bytearray()
    while size:
        found.append(byte | 128)
        byte, size = size & 127, size >> 7
    return bytes(found) + bytes([byte])


def pack(objects: Iterable[tuple[str, bytes]]) -> bytes:
    """A pack of whole objects."""
    rows = [header(KINDS[kind], len(raw)) + zlib.compress(raw) for kind, raw in objects]
    return seal(rows, len(rows))


def seal(rows: Iterable[bytes], count: int) -> bytes:
    """A pack of what stands in `rows`, which says that it has `count` objects."""
    data = b"PACK" + struct.pack(">LL", 2, count) + b"".join(rows)
    return data + hashlib.sha1(data).digest()


def line(text: str | bytes) -> bytes:
    """A pkt-line."""
    data = text if isinstance(text, bytes) else text.encode()
    return b"%04x%s" % (len(data) + 4, data)


def request(new: str, data: bytes, *, ref: str = "refs/heads/draft/x", old: str = NONE) -> bytes:
    """The body of a push of one ref."""
    return line(f"{old} {new} {ref}\0{ABLE}") + b"0000" + data


def post(url: str, service: str, body: bytes, **headers: str) -> Answer:
    """Send a body to the door, with the name and token that stand in `url`."""
    return _send(
        url, service, body, {"Content-Type": f"application/x-{service}-request", **headers}
    )


def get(url: str, place: str, **headers: str) -> Answer:
    """Ask for an address below the door's."""
    return _send(url, place, None, headers)


def _send(url: str, place: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    scheme, _, rest = url.partition("://")
    who, _, door = rest.rpartition("@")
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    told["Authorization"] = "Basic " + base64.b64encode(who.encode()).decode()
    asked = urllib.request.Request(f"{scheme}://{door}/{place}", data=body, headers=told)
    try:
        with urllib.request.urlopen(asked, timeout=120) as answer:
            return Answer(answer.status, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read())
