"""What git's own protocol answers to a push, and to a fetch that is refused."""

from collections.abc import Iterator

from flask import Response

from styrdokument.actions.pushes.taking import Told
from styrdokument.store.packscan import Request

_LONGEST = 900
_PART = 60_000
_TERMINAL, _REPORT = b"\x02", b"\x01"
_FLUSH = b"0000"


def report(request: Request, told: Told) -> Response:
    """What was told, on the author's terminal; and which refs were let in."""
    asks = {"report-status", "report-status-v2"} & request.abilities
    body = b"".join(_report(request, told)) + _FLUSH if asks and request.commands else b""
    if "side-band-64k" in request.abilities:
        rows = [_pkt(_TERMINAL + f"{line}\n".encode()[:_LONGEST]) for line in told.lines]
        parts = (body[at : at + _PART] for at in range(0, len(body), _PART))
        body = b"".join([*rows, *(_pkt(_REPORT + part) for part in parts), _FLUSH])
    response = Response(body, content_type="application/x-git-receive-pack-result")
    response.headers["Cache-Control"] = "no-cache"
    return response


def fault(words: str, asked: str) -> Response:
    """`words` instead of what was asked for, as the content type `asked` says."""
    response = Response(_pkt(f"ERR {words}".encode()[:_LONGEST]))
    response.headers["Content-Type"] = asked.replace("-request", "-result")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _report(request: Request, told: Told) -> Iterator[bytes]:
    yield _pkt(f"unpack {told.fault or 'ok'}\n".encode())
    for ref in request.refs:
        reason = told.results.get(ref, "refused")
        line = f"ng {ref} {reason}\n" if reason else f"ok {ref}\n"
        yield _pkt(line.encode("utf-8", "surrogateescape"))


def _pkt(data: bytes) -> bytes:
    return b"%04x%s" % (len(data) + 4, data)
