"""Requests sent as bytes over a socket, and what a server takes of memory and files."""

import base64
import http.client
import re
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from tests.door import packs
from tests.door.conftest import wait_until


def connect(url: str) -> socket.socket:
    """A connection to the door's server."""
    return socket.create_connection(("127.0.0.1", urlsplit(url).port or 80), timeout=60)


def head(url: str, *lines: str, first: str = "POST /git/record.git/git-receive-pack") -> bytes:
    """How a push begins; `lines` are more headers."""
    parts = urlsplit(url)
    who = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    request = first if " HTTP/" in first else f"{first} HTTP/1.1"
    told = [request, "Host: 127.0.0.1", f"Authorization: Basic {who}"]
    if first.startswith("POST"):
        told.append(f"Content-Type: {packs.TYPE}")
    return ("\r\n".join([*told, *lines]) + "\r\n\r\n").encode()


def cut(url: str, body: bytes, at: int) -> None:
    """Send the beginning of a push, and hang up."""
    with connect(url) as sending:
        sending.sendall(head(url, f"Content-Length: {len(body)}") + body[:at])


def begin(url: str) -> socket.socket:
    """A client that sends a byte of its push, and then nothing."""
    sending = connect(url)
    sending.sendall(head(url, "Content-Length: 100000") + b"0")
    return sending


def all_of(url: str, bodies: Iterable[bytes]) -> list[int]:
    """Push all, one after the other on one connection; the statuses."""
    parts, found = urlsplit(url), []
    who = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    told = {"Authorization": f"Basic {who}", "Content-Type": packs.TYPE}
    with closing(http.client.HTTPConnection("127.0.0.1", parts.port, timeout=60)) as asking:
        for body in bodies:
            asking.request("POST", "/git/record.git/git-receive-pack", body, told)
            answer = asking.getresponse()
            answer.read()
            found.append(answer.status)
    return found


def wait_for_a_place(url: str) -> None:
    """The server lets go of a place once it has seen that its client is gone."""
    wait_until(
        lambda: packs.get(url, "info/refs?service=git-upload-pack").status == http.HTTPStatus.OK
    )


def status(sending: socket.socket) -> int:
    """The status that the server answers with."""
    data = b""
    while b"\r\n" not in data and (part := sending.recv(4096)):
        data += part
    found = re.match(rb"HTTP/1\.[01] (\d{3})", data)
    return int(found[1]) if found else 0


def descendants(pid: int) -> list[int]:
    """A process and all below it that still run."""
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for children in Path(f"/proc/{parent}/task").glob("*/children"):
                found += [int(child) for child in children.read_text().split()]
    return found


def files(pid: int) -> int:
    """How many files a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def megabytes(pid: int) -> float:
    """What a process has of memory, its share of what it has with others."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text().split("Pss:")[1]
    return int(told.split()[0]) / 1024


class Peak:
    """The most megabytes that processes had together, each counted with the most it ever had."""

    megabytes = 0.0

    def look(self, pid: int) -> None:
        """Take in what stands in /proc now."""
        together = sum(map(_most_of, descendants(pid))) / 1024
        self.megabytes = max(self.megabytes, together)


def _most_of(pid: int) -> int:
    """Kilobytes; 0 for a process that has ended."""
    with suppress(OSError):
        told = Path(f"/proc/{pid}/status").read_text()
        if found := re.search(r"VmHWM:\s*(\d+)", told):
            return int(found[1])
    return 0


@contextmanager
def watched(pid: int) -> Iterator[Peak]:
    """What a server and all that it starts take, looked at again and again."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # its most begins here
    peak, ended = Peak(), threading.Event()

    def watch() -> None:
        while not ended.is_set():
            peak.look(pid)
            time.sleep(0.01)

    watching = threading.Thread(target=watch)
    watching.start()
    yield peak
    peak.look(pid)
    ended.set()
    watching.join()
