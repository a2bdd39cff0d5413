"""A mail as bytes: headers and parts, written by hand and at a fiftieth of what Python's own take.

All is ASCII in lines of at most 76 characters that end in CRLF (addresses alone are never cut),
whatever the words hold (RFC 5322, RFC 2045 to 2047). What a header may say is settled before: here
it is only put in a form that nobody reads as anything else.
"""

import re
from base64 import encodebytes
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterable
from urllib.parse import quote

from styrdokument.domain.naming import in_pieces

LINE = 76
_LONGEST_PLAIN = LINE - len("Subject: ")
_PLAIN = re.compile(r"(?!.*=\?)[!-~](?:[ -~]*[!-~])?")
"""Fit to stand as they are after the name of a header, where they are no longer than that."""
_PHRASE = re.compile(r"[A-Za-z0-9'-]+(?: [A-Za-z0-9'-]+)*")
"""The same before an address."""
_FILE_NAME = re.compile(r"[A-Za-z0-9._-]+")
_ENCODED_BYTES = 39
"""What one encoded word holds, so that a line has room for it and for the name of its header."""


def headers(values: Iterable[tuple[str, str]]) -> bytes:
    """Lines of headers and the empty one after them; the values are ASCII, and folded."""
    return "".join(f"{name}: {value}\r\n" for name, value in values).encode("ascii") + b"\r\n"


def words(said: str) -> str:
    """Words on one line as a header has them: as they are, or as encoded words."""
    is_plain = len(said) <= _LONGEST_PLAIN and _PLAIN.fullmatch(said)
    return said if is_plain else _encoded(said)


def mailbox(name: str, address: str) -> str:
    """Somebody's name and address; the address is one that `mail_address` answers."""
    if not name:
        return address
    is_plain = len(name) <= _LONGEST_PLAIN and _PHRASE.fullmatch(name)
    phrase = name if is_plain else _encoded(name)
    last = phrase.rpartition("\n")[2]
    fits = len(f"From: {last} <{address}>") <= LINE
    return f"{phrase} <{address}>" if fits else f"{phrase}\r\n <{address}>"


def text(kind: str, said: str) -> bytes:
    """A part of words, `kind` plain or html."""
    lines = b"".join(line + b"\r\n" for line in said.encode().splitlines())
    head = (
        ("Content-Type", f'text/{kind}; charset="utf-8"'),
        ("Content-Transfer-Encoding", "quoted-printable"),
    )
    return headers(head) + b2a_qp(lines, istext=True)


def attached(kind: str, name: str, data: bytes) -> bytes:
    """A part that is a file; `kind` is like "text/calendar"."""
    named = f'filename="{name}"' if _FILE_NAME.fullmatch(name) else _far_named(name)
    head = (
        ("Content-Type", kind),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f"attachment;\r\n {named}"),
    )
    return headers(head) + encodebytes(data).replace(b"\n", b"\r\n")


def joined(kind: str, parts: Iterable[bytes]) -> bytes:
    """A part that holds others, `kind` alternative or mixed.

    No part has `=_` anywhere: neither quoted-printable nor base64 can, nor the heads above.
    """
    boundary = f"=_{kind}"
    head = headers([("Content-Type", f'multipart/{kind}; boundary="{boundary}"')])
    line = f"--{boundary}".encode()
    return b"".join((head, *(line + b"\r\n" + part + b"\r\n" for part in parts), line, b"--\r\n"))


def _encoded(said: str) -> str:
    """Words as encoded words, one to a line."""
    pieces = (b2a_base64(one, newline=False).decode() for one in in_pieces(said, _ENCODED_BYTES))
    return "\r\n ".join(f"=?utf-8?b?{one}?=" for one in pieces)


def _far_named(name: str) -> str:
    """A name that is not plain, in the way of RFC 2231."""
    return f"filename*=utf-8''{quote(name, safe='')}"
