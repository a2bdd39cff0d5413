"""Native git at work for one client: what it may see, what it sends, and what it is answered.

`git http-backend` does the work. It gets a body that has come whole and has been looked through,
and settings of ours alone; refs that the client may not see are hidden from it, and what leads from
them is refused here, for git's second protocol serves any object that a client can name.
"""

import os
import subprocess
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from styrdokument.store import programs
from styrdokument.store.packscan import NotAPush

UPLOAD, RECEIVE = "git-upload-pack", "git-receive-pack"
"""The two services of git, named from the server's side."""
PUSHED = "application/x-git-receive-pack-request"
"""The type of a push's body."""
LARGEST_FETCH = 20_000_000
LARGEST_PUSH = 100 * 1024 * 1024
"""Bytes of a body, as git reads it."""
PART = 65_536
HEADS = "refs/heads/"
_HIDDEN = ("refs/cases", "refs/meta", "refs/heads/draft", "refs/tags", "refs/notes", "refs/replace")
_FILTERS = ("blob:none", "blob:limit", "tree")
_SERVED = {b"ls-refs", b"fetch"}
"""The commands of git's second protocol, but `object-info`, which tells of any object."""
_WANT, _COMMAND = b"want ", b"command="
_ID_DIGITS = 40


class TooLong(Exception):
    """The body is longer than is taken."""


class NotServed(Exception):
    """The client asks for what git could do, and is not let to."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request to git: `protocol` is the client's `Git-Protocol`, `path` begins with a slash."""

    method: str
    path: str
    query: str = ""
    content_type: str = ""
    protocol: str = ""
    person: str = ""


def settings(branches: Iterable[str], *, is_writing: bool) -> list[tuple[str, str]]:
    """What git is told for one request: `branches` are the drafts that the client may see."""
    shown = [("transfer.hideRefs", f"!{HEADS}{branch}") for branch in sorted(branches)]
    return [
        *(("transfer.hideRefs", name) for name in _HIDDEN),
        *shown,
        ("http.receivepack", "true" if is_writing else "false"),
        ("http.getanyfile", "false"),
        ("receive.advertisePushOptions", "true"),
        ("uploadpack.allowFilter", "true"),
        ("uploadpackfilter.allow", "false"),  # one of them reads any file that a client can name
        *((f"uploadpackfilter.{kind}.allow", "true") for kind in _FILTERS),
        ("uploadpack.allowAnySHA1InWant", "true"),
        ("gc.auto", "0"),
    ]


def take_in(source: IO[bytes], *, encoding: str, most: int) -> IO[bytes]:
    """The whole body in a file of its own, unpacked. Raises TooLong and NotAPush."""
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS) if encoding in {"gzip", "x-gzip"} else None
    if encoding not in {"", "identity"} and unpacking is None:
        raise NotAPush("an encoding that is not known")
    taken: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        _fill(taken, _parts(source, unpacking), most)
    except BaseException:
        taken.close()
        raise
    taken.seek(0)
    return taken


def _fill(taken: IO[bytes], parts: Iterable[bytes], most: int) -> None:
    for part in parts:
        taken.write(part)
        if taken.tell() > most:
            raise TooLong


def wants(body: IO[bytes]) -> set[str]:
    """The ids that a client asks for, in either protocol. Raises NotAPush and NotServed."""
    found = set()
    while head := body.read(4):
        try:
            length = int(head, 16)
        except ValueError as error:
            raise NotAPush("not a pkt-line") from error
        line = body.read(length - 4) if length > len(head) else b""
        if line.startswith(_WANT):
            found.add(line[len(_WANT) :][:_ID_DIGITS].decode("ascii", "replace"))
        if line.startswith(_COMMAND) and line[len(_COMMAND) :].rstrip(b"\n") not in _SERVED:
            raise NotServed
    body.seek(0)
    return found


class Backend:
    """A running `git http-backend`. Its status and headers are read; `close` ends it."""

    def __init__(
        self,
        repository: Path,
        asked: Asked,
        body: IO[bytes] | None,
        told: list[tuple[str, str]],
    ) -> None:
        """Over a bare repository; `told` are git's settings for this one request."""
        variables = _variables(repository, asked, body)
        self._process = subprocess.Popen(
            ["git", "http-backend"],  # noqa: S607 - found as the shell does
            env=programs.environment(told) | variables,
            stdin=body if body is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._output: IO[bytes] = self._process.stdout  # type: ignore[assignment] # it is a pipe
        self._body = body
        self.status, self.headers = _read_head(self._output)

    def parts(self) -> Iterator[bytes]:
        """The answer's body, as it comes."""
        while part := self._output.read1(PART):  # type: ignore[attr-defined] # it is buffered
            yield part
        self._process.wait()

    def close(self) -> None:
        """End it, whether or not all was read."""
        with suppress(OSError):
            self._output.close()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._body is not None:
            self._body.close()


def _variables(repository: Path, asked: Asked, body: IO[bytes] | None) -> dict[str, str]:
    variables = {
        "GIT_PROJECT_ROOT": str(repository.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{repository.name}{asked.path}",
        "REQUEST_METHOD": asked.method,
        "QUERY_STRING": asked.query,
        "CONTENT_TYPE": asked.content_type,
        "GIT_PROTOCOL": asked.protocol,
        "REMOTE_USER": asked.person,
        "REMOTE_ADDR": "",
    }
    if body is not None:
        # the file itself, not what was read of it ahead, has to stand at its beginning
        body.flush()
        os.lseek(body.fileno(), 0, os.SEEK_SET)
        variables["CONTENT_LENGTH"] = str(os.fstat(body.fileno()).st_size)
    return variables


def _read_head(output: IO[bytes]) -> tuple[int, list[tuple[str, str]]]:
    """Status and headers of a program's answer; 500 where it gave none."""
    status, headers, is_whole = 200, [], False
    for line in output:
        name, colon, value = line.decode("latin-1").strip().partition(":")
        if not name:
            is_whole = True
            break
        if name.casefold() == "status":
            status = int(value.split()[0])
        elif colon:
            headers.append((name, value.strip()))
    return (status, headers) if is_whole else (500, [])


def _parts(source: IO[bytes], unpacking: "zlib._Decompress | None") -> Iterator[bytes]:
    try:
        while part := source.read(PART):
            if unpacking is None:
                yield part
                continue
            while part:
                yield unpacking.decompress(part, PART)
                part = unpacking.unconsumed_tail
        if unpacking is not None and not unpacking.eof:
            raise NotAPush("the body ends too early")
    except zlib.error as error:
        raise NotAPush("the body cannot be unpacked") from error
