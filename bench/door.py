"""The git door, measured with real git clients: clones and pushes, and what they leave behind."""

# ruff: noqa: INP001, S603, S607 (scripts, not a package; they run git, found as the shell does)

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from statistics import median

from load import memory
from ours import Person, Rows, served

from tests.door import packs
from tests.door.test_bombs import BOMBS, zeros

QUIET = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
}


def measure(data: Path, port: int, *, rounds: int, soak: int) -> Rows:
    """Seconds on the clock of whoever waits; `soak` pushes at the end, and fewer clones."""
    made = [sys.executable, "-m", "styrdokument", "token", "create", "alma", "--data", str(data)]
    secret = subprocess.run(made, capture_output=True, check=True, text=True).stdout.split()[-1]
    with tempfile.TemporaryDirectory() as place, served(data, port) as (pid, _):
        ours = f"http://alma:{secret}@127.0.0.1:{port}/git/record.git"
        with plain(data / "record.git") as theirs:
            clones = {name: [] for name in ("door", "plain")}
            for number in range(rounds):
                clones["plain"].append(_clone(theirs, Path(place, f"p{number}")))
                clones["door"].append(_clone(ours, Path(place, f"d{number}")))
        rows = {
            "clone through the door, s": median(clones["door"]),
            "clone through git http-backend alone, s": median(clones["plain"]),
        }
        clone = Path(place, "d0")
        _git(clone, "config", "user.email", "alma@example.org")
        _git(clone, "config", "user.name", "Alma")
        listed = json.loads(Person(port).get("/documents.json?q=del"))["documents"]
        numbers = [document["id"] for document in listed]
        Random().shuffle(numbers)  # noqa: S311 - other documents than an earlier run, cut off, took
        rows["push of a changed document, s"] = median(_pushes(clone, numbers[: rounds * 3]))
        rows |= _bombs(ours, port)
        return rows | _soak(clone, ours, pid, numbers[rounds * 3], soak)


def _bombs(url: str, port: int) -> Rows:
    """How long the bombs of the tests take to be refused, and a reader meanwhile, at the worst."""
    ended, read, refused = threading.Event(), [], []

    def look() -> None:
        reader = Person(port)
        while not ended.is_set():
            begun = time.monotonic()
            reader.get("/documents.json")
            read.append(time.monotonic() - begun)

    reading = threading.Thread(target=look)
    reading.start()
    bodies = [packs.request("e" * 40, data) for data, _ in BOMBS.values()]
    for body in [*bodies, packs.request("e" * 40, zeros(1 << 30))]:
        begun = time.monotonic()
        packs.post(url, "git-receive-pack", body)
        refused.append(time.monotonic() - begun)
    ended.set()
    reading.join()
    return {"the slowest bomb, s": max(refused), "a list while bombs come, slowest, s": max(read)}


def _soak(clone: Path, address: str, pid: int, document: int, pushes: int) -> Rows:
    """Open files and memory of the server before and after many pushes of one draft, and clones."""
    before = _files(pid), memory([pid])
    branch = f"HEAD:refs/heads/draft/soak-{time.time_ns()}"
    _git(clone, "switch", "-q", "--detach", "origin/main")
    for number in range(pushes):
        _write(clone, document, number)
        _git(clone, "push", "-q", "-o", "kind=correct", "origin", branch)
    with tempfile.TemporaryDirectory() as place:
        for number in range(pushes * 2 // 5):
            _clone(address, Path(place, str(number)), "--depth", "1")
    return {
        f"open files before, and after {pushes} pushes and {pushes * 2 // 5} clones": before[0],
        "open files after": _files(pid),
        "memory before, PSS MB": before[1],
        "memory after, PSS MB": memory([pid]),
    }


def _pushes(clone: Path, documents: list[int]) -> Iterator[float]:
    for document in documents:
        _git(clone, "switch", "-q", "--detach", "origin/main")
        _write(clone, document, document)
        branch = f"HEAD:refs/heads/draft/b-{document}-{time.time_ns()}"
        begun = time.monotonic()
        _git(clone, "push", "-q", "-o", "kind=correct", "origin", branch)
        yield time.monotonic() - begun


def _write(clone: Path, document: int, number: int) -> None:
    place = f"documents/{document // 10000:02d}/{document // 100 % 100:02d}/{document}/text.md"
    file = clone / place
    file.write_text(f"{file.read_text('utf-8')}\nMening {number}.\n", "utf-8")
    _git(clone, "commit", "-q", "-a", "-m", "Mening")


def _clone(address: str, to: Path, *words: str) -> float:
    begun = time.monotonic()
    command = ["git", "clone", "-q", "--no-checkout", *words, address, str(to)]
    subprocess.run(command, env=QUIET, check=True, capture_output=True)
    seconds = time.monotonic() - begun
    _run(to, "reset", "-q", "--hard")
    return seconds


def _git(clone: Path, *words: str) -> None:
    _run(clone, *words)


def _run(clone: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(clone), *words], env=QUIET, check=True, capture_output=True)


def _files(pid: int) -> float:
    return float(len(list(Path(f"/proc/{pid}/fd").iterdir())))


@contextmanager
def plain(repository: Path) -> Iterator[str]:
    """The same repository behind `git http-backend` and as little else as can be."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, repository, b"")

        def do_POST(self) -> None:
            _answer(self, repository, self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{repository.name}"
    server.shutdown()


def _answer(handler: BaseHTTPRequestHandler, repository: Path, body: bytes) -> None:
    path, _, query = handler.path.partition("?")
    told = {
        "GIT_PROJECT_ROOT": str(repository.parent.absolute()),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": handler.command,
        "CONTENT_TYPE": handler.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": handler.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": handler.headers.get("Git-Protocol", ""),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(["git", "http-backend"], env=QUIET | told, **pipes) as process:
        process.stdin.write(body)
        process.stdin.close()
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
        while part := process.stdout.read1(65_536):
            handler.wfile.write(part)
