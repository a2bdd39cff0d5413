"""Front matter: a Markdown file whose first lines, between two `---`, are strict YAML.

What is not changed keeps its bytes: approvals and decisions bind to the hash of the whole file,
so a reader that tidied up would make them lapse.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.store import strictyaml
from styrdokument.store.strictyaml import Value, Writable

TEXT_LIMIT = 1024 * 1024 + strictyaml.LIMIT
"""Bytes of a whole file: 1 MB of body, and front matter."""

_FENCE = b"---\n"
_FIRST_LINE = 2
"""The line on which front matter starts, below the opening fence."""


@dataclass(frozen=True)
class Text:
    """A file taken apart; `body_line` is the line, from 1, on which the body starts."""

    fields: dict[str, Value]
    body: str
    body_line: int


def split(data: bytes) -> tuple[bytes, bytes, int]:
    """Front matter without its fences, the body, and the body's first line; unread.

    Raises `Refused` when the file is too large, or a fence is missing.
    """
    _check_size(data)
    if not data.startswith(_FENCE):
        raise Refused(_problem(_fault_of_opening(data), 1))
    # From the opening fence's own line feed, so that front matter may be empty.
    end = data.find(b"\n" + _FENCE, len(_FENCE) - 1)
    if end < 0:
        raise Refused(_problem("no_closing_fence", 1))
    front, body = data[len(_FENCE) : end + 1], data[end + 1 + len(_FENCE) :]
    return front, body, _line_below(front)


def read(data: bytes) -> Text:
    """The file's fields and body; raises `Refused` with all that is wrong with either."""
    front, body, body_line = split(data)
    problems: list[Problem] = []
    fields: dict[str, Value] = {}
    text = ""
    try:
        fields = strictyaml.read(front, first_line=_FIRST_LINE)
    except Refused as refused:
        problems += refused.problems
    try:
        text = _decode(body, body_line)
    except Refused as refused:
        problems += refused.problems
    if problems:
        raise Refused(*problems)
    return Text(fields, text, body_line)


def compose(fields: Mapping[str, Writable], body: str) -> bytes:
    """A new file; raises `Refused` for what `read` would not take."""
    front = strictyaml.write(fields, first_line=_FIRST_LINE)
    return _join(front, body.encode(errors="surrogatepass"))


def change(data: bytes, changes: Mapping[str, Writable], body: str | None = None) -> bytes:
    """The file with fields set or, when None, removed, and with a new body when one is given.

    Every other byte stays. Raises `Refused` for what `read` would not take, before or after.
    """
    front, old_body, _ = split(data)
    front = strictyaml.change(front, changes, first_line=_FIRST_LINE)
    return _join(front, old_body if body is None else body.encode(errors="surrogatepass"))


def _check_size(data: bytes) -> None:
    if len(data) > TEXT_LIMIT:
        values = {"size": len(data), "largest": TEXT_LIMIT}
        raise Refused(Problem(code=Code.BAD_TEXT, rule="too_large", values=values))


def _fault_of_opening(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        return "bom"
    return "line_ending" if data.startswith(b"---\r\n") else "no_front_matter"


def _problem(rule: str, line: int) -> Problem:
    return Problem(code=Code.BAD_FRONT_MATTER, rule=rule, line=line)


def _join(front: bytes, body: bytes) -> bytes:
    """The whole file, when front matter is known to be good and the rest is too."""
    data = _FENCE + front + _FENCE + body
    _check_size(data)
    _decode(body, _line_below(front))
    return data


def _line_below(front: bytes) -> int:
    return front.count(b"\n") + _FIRST_LINE + 1


def _decode(body: bytes, body_line: int) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        line = body_line + body.count(b"\n", 0, error.start)
        raise Refused(Problem(code=Code.BAD_TEXT, rule="not_utf8", line=line)) from error
