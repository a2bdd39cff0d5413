"""Requests over connections that are kept, sent as bytes; and what they cost the processes asked.

The generator does as little as it can: it sends prepared requests on a few connections at once and
reads each answer to its end. What is measured is not its time but the servers' own: user and system
time from /proc, of every process given and all its children, living or reaped.
"""

# ruff: noqa: INP001 (scripts, not a package; they talk to the shell, and draw no secrets)

import os
import re
import selectors
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

TICK = os.sysconf("SC_CLK_TCK")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/html\r\nAccept-Language: sv\r\n"
)


def request(path: str, *, cookie: str = "", accepts: str = "gzip, deflate, br") -> bytes:
    """A browser's GET."""
    more = f"Cookie: {cookie}\r\n" if cookie else ""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{BROWSER}Accept-Encoding: {accepts}\r\n"
    return f"{head}{more}\r\n".encode()


def descendants(pid: int) -> list[int]:
    """A process and all that it started, which still run."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in children.read_text().split()]
    return found


def spent(pids: Sequence[int]) -> float:
    """CPU milliseconds that these processes and their children have used, reaped ones too."""
    ticks = 0
    for pid in {one for given in pids for one in descendants(given)}:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(fields[place]) for place in (11, 12, 13, 14))
    return ticks * 1000 / TICK


def memory(pids: Sequence[int]) -> float:
    """Proportional set size in MB of these processes and their children."""
    kilobytes = 0
    for pid in {one for given in pids for one in descendants(given)}:
        said = Path(f"/proc/{pid}/smaps_rollup").read_text()
        kilobytes += int(re.findall(r"^Pss: *(\d+)", said, re.MULTILINE)[0])
    return kilobytes / 1024


@dataclass
class Line:
    """A connection, with what it waits for."""

    port: int
    connection: socket.socket = field(init=False)
    read: bytes = b""

    def __post_init__(self) -> None:
        self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=120)

    def take(self) -> str:
        """Read what has come; the answer's status once it has come whole."""
        part = self.connection.recv(1 << 18)
        self.read += part
        head, found, body = self.read.partition(b"\r\n\r\n")
        length = LENGTH.search(head) if found else None
        is_whole = length is not None and len(body) >= int(length[1])
        is_chunked = b"chunked" in head and body.endswith(b"0\r\n\r\n")
        if part and not (found and (is_whole or is_chunked or b" 304 " in head[:20])):
            return ""
        self.read = b""
        if not part or b"connection: close" in head.lower():
            self.connection.close()
            self.__post_init__()
        return head[9:12].decode()


def cost(
    port: int, pids: Sequence[int], requests: Sequence[bytes], *, lines: int, rounds: int
) -> float:
    """CPU milliseconds for a request: the median of rounds, after one that is not counted."""
    send(port, requests, lines)
    measured = []
    for _ in range(rounds):
        before = spent(pids)
        send(port, requests, lines)
        measured.append((spent(pids) - before) / len(requests))
    return median(measured)


def send(port: int, requests: Sequence[bytes], count: int) -> None:
    """Send them all, so many at once. Raises RuntimeError for an answer that is not 200."""
    waiting = iter(requests)
    with selectors.DefaultSelector() as selector:
        for data, _ in zip(waiting, range(count), strict=False):
            line = Line(port)
            line.connection.sendall(data)
            selector.register(line.connection, selectors.EVENT_READ, line)
        while selector.get_map():
            for key, _ in selector.select():
                line, old = key.data, key.fileobj
                status = line.take()
                if not status:
                    continue
                if status not in {"200", "304"}:
                    raise RuntimeError(f"answered {status}")
                selector.unregister(old)
                if data := next(waiting, None):
                    line.connection.sendall(data)
                    selector.register(line.connection, selectors.EVENT_READ, line)
                else:
                    line.connection.close()
