"""The record's hooks, as git runs them: the question is put to the product, the answer to git.

For repositories that another server than the product's is pushed to. The product is started for
each question, and knows who pushes from that server. Whatever goes wrong, nothing enters.
Run as a file, with nothing of ours or of others on the path: imports only what Python brings.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

FAILED = "something went wrong; fetch, and see whether the push came in"
_PASSED = (
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "LANGUAGE",
    "LC_ALL",
    "LANG",
)

Row = tuple[str, str, str]
"""Old id, new id, ref."""


def main(hook: str) -> int:
    """Answer git; 0 lets the push go on."""
    hooks = {"pre-receive": _before, "proc-receive": _process}
    try:
        return hooks[hook]()
    except (OSError, ValueError, KeyError, TypeError, subprocess.SubprocessError) as error:
        _say([FAILED, f"{type(error).__name__}: {error}"[:200]])
        return 1


def _before() -> int:
    """Before anything is let in: one refusal refuses all."""
    lines = sys.stdin.buffer.read().decode("utf-8", "surrogateescape").splitlines()
    count = int(os.environ.get("GIT_PUSH_OPTION_COUNT") or 0)
    options = [os.environ.get(f"GIT_PUSH_OPTION_{n}", "") for n in range(count)]
    rows = [_row(line) for line in lines]
    told = _ask({"hook": "pre-receive", "commands": rows, "options": options})
    _say(told["lines"])
    return 1 if any(told["results"][row[2]] for row in rows) else 0


def _process() -> int:
    """Once all is let in: the product moves the branches, and git is told which it moved."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    features = _one(source).partition("\0")[2].split()
    _skip(source)
    ours = " ".join(one for one in features if one in {"push-options", "atomic"})
    _send(target, f"version=1\0{ours}")
    _send(target, None)
    rows = [_row(line) for line in _lines(source)]
    options = list(_lines(source)) if "push-options" in features else []
    question = {"hook": "proc-receive", "commands": rows, "options": options}
    told = _ask(question | {"is_atomic": "atomic" in features})
    _say(told["lines"])
    for _, _, ref in rows:
        reason = told["results"][ref]
        _send(target, f"ng {ref} {reason}" if reason else f"ok {ref}")
    _send(target, None)
    return 0


def _ask(question: dict[str, Any]) -> dict[str, Any]:
    """Ask a product started for it, which finds the record around the repository."""
    environment = {name: _absolute(name) for name in _PASSED if name in os.environ}
    sent = json.dumps(question | {"environment": environment}).encode() + b"\n"
    command = [sys.executable, "-I", "-m", "styrdokument", "guard", str(Path.cwd())]
    done = subprocess.run(command, input=sent, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own program
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _absolute(name: str) -> str:
    """A variable of git's as it means the same in another folder."""
    value = os.environ[name]
    if not name.startswith("GIT_"):
        return value
    places = value.split(":") if "ALTERNATE" in name and '"' not in value else [value]
    return ":".join(
        place if place.startswith('"') else str(Path(place).absolute()) for place in places
    )


def _row(line: str) -> Row:
    old, new, ref = line.split(" ", 2)
    return old, new, ref


def _say(lines: list[str]) -> None:
    """To the author's terminal, before which git puts `remote:`."""
    text = "".join(f"{line}\n" for line in lines)
    sys.stderr.buffer.write(text.encode("utf-8", "replace"))
    sys.stderr.flush()


def _lines(source: IO[bytes]) -> Iterator[str]:
    """The pkt-lines up to the next flush."""
    while length := int(source.read(4), 16):
        data = source.read(length - 4)
        yield data.decode("utf-8", "surrogateescape").removesuffix("\n")


def _one(source: IO[bytes]) -> str:
    return next(_lines(source))


def _skip(source: IO[bytes]) -> None:
    for _ in _lines(source):
        pass


def _send(target: IO[bytes], line: str | None) -> None:
    """One pkt-line; None is a flush."""
    data = b"" if line is None else line.encode("utf-8", "surrogateescape")
    target.write(b"0000" if line is None else b"%04x%s" % (len(data) + 4, data))
    target.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
