"""The record's hooks, as git runs them: the question is put to the product, the answer to git.

A push through the product finds it on an open socket, named by STYRDOKUMENT_GUARD, which nobody
else has; so nothing here says who pushes. Where another server runs git there is none, and the
product is started for the question. Whatever goes wrong, nothing enters.
Run as a file, with nothing of ours or of others on the path: imports only what Python brings, and
of that only what costs nothing, for an author waits for it twice at each push.
"""

from __future__ import annotations

import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any

CONNECTION = "STYRDOKUMENT_GUARD"
PLAIN = 2
"""The form of marshal's that every Python reads."""
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
    except Exception as error:  # noqa: BLE001 - whatever it is
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
    environment = {name: _absolute(name) for name in _PASSED if name in os.environ}
    asked = question | {"environment": environment}
    number = os.environ.get(CONNECTION)
    return _over(int(number), asked) if number else _started(asked)


def _absolute(name: str) -> str:
    """A variable of git's as it means the same in another folder."""
    value = os.environ[name]
    if not name.startswith("GIT_"):
        return value
    places = value.split(":") if "ALTERNATE" in name and '"' not in value else [value]
    return ":".join(
        place if place.startswith('"') else os.path.abspath(place)  # noqa: PTH100 - see above
        for place in places
    )


def _over(number: int, asked: dict[str, Any]) -> dict[str, Any]:
    """Ask the product that serves the push."""
    with open(os.dup(number), "wb") as question:  # noqa: PTH123 - it has no path
        marshal.dump(asked, question, PLAIN)
    with open(os.dup(number), "rb") as answer:  # noqa: PTH123
        told: dict[str, Any] = marshal.load(answer)  # noqa: S302 - from nobody but the product
    return told


def _started(asked: dict[str, Any]) -> dict[str, Any]:
    """Ask a product started for it, which finds the record around the repository."""
    import json  # noqa: PLC0415 - dear, see above
    import subprocess  # noqa: PLC0415

    command = [sys.executable, "-I", "-m", "styrdokument", "guard", os.getcwd()]  # noqa: PTH109
    sent = json.dumps(asked).encode() + b"\n"
    done = subprocess.run(command, input=sent, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own program
    told: dict[str, Any] = json.loads(done.stdout)
    return told


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
