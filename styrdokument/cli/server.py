"""The HTTP server: one worker of granian's, in this process and on a socket of our own.

granian's own way is a process that watches others. It leaves them behind when it is killed, and
shares a port that is taken without a word; so only its worker is used, which is not promised to
stay as it is: the version is pinned, and tests of the command hold what is relied on (decision
0009). A request waits for its body and its answer in one of `threads`.
"""

import asyncio
import ctypes
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from granian._futures import _new_cbscheduler
from granian._granian import SocketHolder, WorkerSignal, WSGIWorker
from granian.http import HTTP1Settings

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
WAITING = 1024
"""Connections that may wait to be accepted, and as many that may be open."""
HEADER_SECONDS = 10
"""A request's head has to come within this time, and an idle connection is closed after it."""
HEADER_BYTES = 64 * 1024
GRACE_SECONDS = 12
"""How long requests that have begun may go on when the server is told to stop."""
LOOK_SECONDS = 1.0
IDLE_THREAD_SECONDS = 60
SILENT_SECONDS, ASKED_EACH, ASKED_TIMES = 60, 20, 3
"""A client whose machine is away is told from one that is slow, and its place given to others."""
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
"""Of glibc's `mallopt`."""
LARGE_BYTES = 1_000_000
MOST_FILES = 65_536
"""Open files, where the system grants so many: each thread keeps every pack of the record open."""
HEAPS = 2


def listen(host: str, port: int) -> socket.socket:
    """Take the port, alone. Raises OSError where it is taken, or the host is none of ours."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = found[0]
    is_dual = host == "::" and socket.has_dualstack_ipv6()
    taken = socket.create_server(address, family=family, backlog=WAITING, dualstack_ipv6=is_dual)
    _set_for_all(taken)
    return taken


def serve(app: Wsgi, listening: socket.socket, *, threads: int) -> None:
    """Serve until SIGTERM or SIGINT, and return when the requests that had begun are answered.

    What is not answered in `GRACE_SECONDS` then is given up, and with it the process.
    """
    _give_memory_back()
    open_many_files()
    stop, ended = WorkerSignal(), threading.Event()
    told = threading.Event()
    stop.add_cb(ended.set)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    worker = _worker(listening, threads)
    loop = asyncio.new_event_loop()
    schedule: Any = _new_cbscheduler
    worker.serve_mtr(schedule(loop, _caller(app), impl_asyncio=True), loop, stop)
    while not told.wait(LOOK_SECONDS):
        pass  # a signal that another thread was given is seen when this one wakes, and not before
    stop.set()
    if not ended.wait(GRACE_SECONDS):
        sys.stdout.flush()
        os._exit(0)
    loop.close()


def _set_for_all(listening: socket.socket) -> None:
    """What each connection takes over: nothing waits to be sent, and who is gone is found out."""
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    gone = 1000 * (SILENT_SECONDS + ASKED_EACH * ASKED_TIMES)
    for name, value in (
        ("TCP_KEEPIDLE", SILENT_SECONDS),
        ("TCP_KEEPINTVL", ASKED_EACH),
        ("TCP_KEEPCNT", ASKED_TIMES),
        ("TCP_USER_TIMEOUT", gone),
    ):
        if hasattr(socket, name):  # not everywhere
            listening.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def open_many_files() -> None:
    """Use what the system lets us open, and not the small part that it gives at first."""
    given, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
    if given < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _give_memory_back() -> None:
    """Let what is large go back to the system when it is freed, and let threads share heaps.

    Each look at a password takes 19 MB; glibc would by and by keep as much for every thread.
    """
    with suppress(AttributeError, OSError, TypeError):  # another C library
        libc = ctypes.CDLL(None)
        libc.mallopt(_MMAP_THRESHOLD, LARGE_BYTES)
        libc.mallopt(_ARENA_MAX, HEAPS)


def _worker(listening: socket.socket, threads: int) -> Any:  # noqa: ANN401 - it has no types
    make: Any = WSGIWorker
    plain = HTTP1Settings(
        header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=HEADER_BYTES, keep_alive=True
    )
    return make(
        1,
        (None, SocketHolder(listening.detach(), False, WAITING)),  # type: ignore[call-arg] # noqa: FBT003 - no path
        None,  # no messages to a watching process
        1,  # thread of the runtime
        8,  # of its threads for files, which it serves none of
        threads,
        IDLE_THREAD_SECONDS,
        WAITING,
        "1",
        plain,
        None,  # no HTTP/2
        None,  # no files
        *(False, None, None, None, "tls1.3", None, [], False),  # no TLS
        (None, None),  # no metrics
    )


def _caller(app: Wsgi) -> Callable[[Any, dict[str, Any]], None]:
    """The app as granian calls it: with what it answers to, and the request's own environment."""
    always = {
        "SCRIPT_NAME": "",
        "wsgi.errors": sys.stderr,
        "wsgi.input_terminated": True,
        "wsgi.multiprocess": False,
        "wsgi.multithread": True,
        "wsgi.run_once": False,
        "wsgi.version": (1, 0),
    }

    def call(answering: Any, scope: dict[str, Any]) -> None:  # noqa: ANN401 - it has no types
        begun: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _fault: object = None) -> None:
            begun[:] = (int(status[:3]), headers)

        body = app(always | scope, start)
        if isinstance(body, list):
            answering.response_bytes(*begun, body[0] if len(body) == 1 else b"".join(body))
        else:
            answering.response_iter(*begun, _Closing(body))

    return call


class _Closing:
    """An answer's body, which its reader closes."""

    def __init__(self, body: Iterable[bytes]) -> None:
        self._body, self._parts = body, iter(body)

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def __next__(self) -> bytes:
        return next(self._parts)

    def close(self) -> None:
        """Let the app know that the answer is sent, or given up."""
        close = getattr(self._body, "close", None)
        if close:
            close()
