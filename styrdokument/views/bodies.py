"""Bodies of requests, read whole before Flask sees them, and by a few threads at a time.

A server of threads waits for a slow sender in one of them. Only some may, so that readers never
wait for senders; and a body that ends before its time is refused, for half a form is another form.
"""

import threading
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from styrdokument.words import ORIGINAL, Words

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
PATIENCE_SECONDS = 10.0
IN_MEMORY = 1_000_000
PART = 65_536
READ_ELSEWHERE = "application/x-git-"
"""How bodies' types begin that are read as they come, once it is known who sends them."""


class Bodies:
    """The function that reads bodies, before an app."""

    def __init__(self, behind: Wsgi, *, most: int, at_once: int) -> None:
        """Bodies of over `most` bytes are left unread, for the app to refuse."""
        self._behind, self._most = behind, most
        self._places = threading.BoundedSemaphore(at_once)
        self._waiting = threading.BoundedSemaphore(max(1, at_once // 2))

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Let the app have the body, or refuse the request."""
        if environ.get("CONTENT_TYPE", "").startswith(READ_ELSEWHERE):
            return self._behind(environ, start_response)
        if environ.get("HTTP_TRANSFER_ENCODING"):  # its end cannot be told from a broken line
            return _refuse(start_response, "411 LENGTH REQUIRED", "error.cut_off")
        stated = environ.get("CONTENT_LENGTH") or ""
        length = int(stated) if stated.isascii() and stated.isdigit() else 0
        if not 0 < length <= self._most:
            return self._behind(environ, start_response)
        if not self._has_place():
            return _refuse(start_response, "503 SERVICE UNAVAILABLE", "error.crowded")
        with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                read = _copy(environ["wsgi.input"], body, length)
            finally:
                self._places.release()
            if read < length:
                return _refuse(start_response, "400 BAD REQUEST", "error.cut_off")
            body.seek(0)
            return self._behind(environ | {"wsgi.input": body}, start_response)

    def _has_place(self) -> bool:
        """Whether there is a place for one more; only some may wait for one, for they hold up too.

        So threads are always left for those who read.
        """
        if self._places.acquire(blocking=False):
            return True
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._places.acquire(timeout=PATIENCE_SECONDS)
        finally:
            self._waiting.release()


def _copy(source: IO[bytes], target: IO[bytes], most: int) -> int:
    """Copy at most so many bytes; how many there were."""
    read = 0
    while read < most and (part := source.read(min(PART, most - read))):
        read += target.write(part)
    return read


def _refuse(start_response: Callable[..., Any], status: str, key: str) -> list[bytes]:
    body = Words(ORIGINAL).say(key).encode()
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Retry-After": "10",
        "Connection": "close",
    }
    start_response(status, list(headers.items()))
    return [body]
