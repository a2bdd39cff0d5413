"""A refusal in git's own protocol, for what git itself never gets to see."""

from collections.abc import Iterator

from flask import Response

from styrdokument.store.packscan import Request

_LONGEST = 900
_TERMINAL, _REPORT = b"\x02", b"\x01"
_FLUSH = b"0000"


def report(request: Request, words: str) -> Response:
    """`words` on the author's terminal, and every ref refused."""
    body = b"".join(_report(request)) + _FLUSH
    if "side-band-64k" in request.abilities:
        told = _TERMINAL + words.encode()[:_LONGEST] + b"\n"
        body = _pkt(told) + _pkt(_REPORT + body) + _FLUSH
    response = Response(body, content_type="application/x-git-receive-pack-result")
    response.headers["Cache-Control"] = "no-cache"
    return response


def fault(words: str, asked: str) -> Response:
    """`words` instead of what was asked for, as the content type `asked` says."""
    response = Response(_pkt(f"ERR {words}".encode()[:_LONGEST]))
    response.headers["Content-Type"] = asked.replace("-request", "-result")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _report(request: Request) -> Iterator[bytes]:
    yield _pkt(b"unpack refused\n")
    for line in request.lines:
        ref = line.split(" ", 2)[-1]
        yield _pkt(f"ng {ref} refused\n".encode("utf-8", "surrogateescape"))


def _pkt(data: bytes) -> bytes:
    return b"%04x%s" % (len(data) + 4, data)
