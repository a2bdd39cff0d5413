"""Appendices: whether a file is what its name says, and nothing in it runs or calls outside.

Nothing is repaired and nothing unpacked: a file is taken as it is or refused with all the reasons,
so that what was reviewed is what readers get.
"""

import re
import struct
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple, cast

from lxml import etree
from lxml.etree import _Element

from styrdokument.domain.naming import problem_with_filename
from styrdokument.domain.problems import Code, Problem

MOST = 50
"""Appendices of one document."""
LIMIT = 20 * 1024 * 1024
"""Bytes of an appendix."""
PICTURE_LIMIT = 2 * 1024 * 1024
"""Bytes of an SVG picture: each of its elements is looked at, a second or so for each megabyte."""
UNPACKED_LIMIT = 10 * LIMIT
"""Bytes of a docx or xlsx when unpacked, by its own account."""

_ENOUGH = 100
"""Problems to mend before the rest is worth hearing."""

_SVG = "{http://www.w3.org/2000/svg}svg"
_FOREIGN = {"http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML"}
_XML = "http://www.w3.org/XML/1998/namespace"
_ACTIVE = {"script", "foreignobject", "handler", "listener", "iframe", "embed", "object"}
_PROLOGUE = re.compile(rb"<[!?](DOCTYPE|xml-stylesheet)")
_ENCODING = re.compile(rb"\A\s*<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8|us-ascii)", re.IGNORECASE)
_INSIDE = re.compile(r"#\S*|data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]*")
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)
_URL = re.compile(r"url\(\s*(\"[^\"]*\"|'[^']*'|[^)]*)", re.IGNORECASE)
_FETCH = re.compile(r"@import|(?:image|image-set|src)\(", re.IGNORECASE)
"""What else in a style sheet fetches, besides url()."""

_DIRECTORY_END = struct.Struct("<4s4H2IH")
_DIRECTORY_ENTRY = struct.Struct("<4s6H3I5H2I")
_LONGEST_COMMENT = 65_535
_ZIP64_LOCATOR = 20
_ENCRYPTED = 1
_STRAYS = re.compile(r"\A[/\\]|(?:\A|[/\\])\.\.(?:[/\\]|\Z)")
"""A part that would be unpacked outside its folder."""
_MACROS = re.compile(r"vbaproject|vbadata|macrosheets/|activex/", re.IGNORECASE)


def findings(name: str, data: bytes) -> tuple[Problem, ...]:
    """All that speaks against the file as an appendix of that name; empty when nothing does."""
    problems = []
    if rule := problem_with_filename(name):
        problems.append(_problem(rule))
    extension = name.rpartition(".")[2]
    limit = PICTURE_LIMIT if extension == "svg" else LIMIT
    if not data:
        problems.append(_problem("empty"))
    elif len(data) > limit:
        problems.append(_problem("too_large", limit=limit))
    elif extension in _CHECKS:
        problems += dict.fromkeys(islice(_CHECKS[extension](data), _ENOUGH))
    return tuple(
        Problem(
            code=p.code, field=p.field, rule=p.rule, line=p.line, values={"name": name, **p.values}
        )
        for p in problems
    )


def _problem(rule: str, line: int = 0, **values: object) -> Problem:
    return Problem(code=Code.BAD_APPENDIX, field="file", rule=rule, line=line, values=values)


def _png(data: bytes) -> Iterator[Problem]:
    if not (data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR"):
        yield _problem("wrong_type")


def _jpeg(data: bytes) -> Iterator[Problem]:
    if not data.startswith(b"\xff\xd8\xff"):
        yield _problem("wrong_type")


def _pdf(data: bytes) -> Iterator[Problem]:
    if not data.startswith(b"%PDF-"):
        yield _problem("wrong_type")


def _csv(data: bytes) -> Iterator[Problem]:
    try:
        is_text = "\0" not in data.decode()
    except UnicodeDecodeError:
        is_text = False
    if not is_text:
        yield _problem("wrong_type")


def _docx(data: bytes) -> Iterator[Problem]:
    return _office(data, "word/document.xml")


def _xlsx(data: bytes) -> Iterator[Problem]:
    return _office(data, "xl/workbook.xml")


class _Part(NamedTuple):
    """One file in a zip, as the central directory tells of it."""

    name: str
    size: int
    is_sound: bool


def _office(data: bytes, main_part: str) -> Iterator[Problem]:
    parts = list(_parts(data))
    names = {part.name for part in parts}
    is_zip = data.startswith(b"PK\x03\x04") and all(part.is_sound for part in parts)
    if not is_zip or len(names) < len(parts) or not {"[Content_Types].xml", main_part} <= names:
        yield _problem("wrong_type")
    if any(_MACROS.search(name) for name in names):
        yield _problem("macros")
    if sum(part.size for part in parts) > UNPACKED_LIMIT:
        yield _problem("too_large_unpacked", limit=UNPACKED_LIMIT)


def _parts(data: bytes) -> Iterator[_Part]:
    """The central directory, read without unpacking; none when it can't be trusted.

    A zip64 directory is refused: one file could then show two directories to two readers. The
    number of entries has 16 bits, so the work is bounded.
    """
    end = data.rfind(b"PK\5\6", max(0, len(data) - _DIRECTORY_END.size - _LONGEST_COMMENT))
    if end < 0 or end + _DIRECTORY_END.size > len(data):
        return
    if data[max(0, end - _ZIP64_LOCATOR) : end].startswith(b"PK\6\7"):
        return
    _, _, _, _, count, _, at, _ = _DIRECTORY_END.unpack_from(data, end)
    for _ in range(count):
        if at + _DIRECTORY_ENTRY.size > end or not data.startswith(b"PK\1\2", at):
            yield _Part("", 0, is_sound=False)
            return
        entry = _DIRECTORY_ENTRY.unpack_from(data, at)
        flags, size, lengths = entry[3], entry[9], entry[10:13]
        at += _DIRECTORY_ENTRY.size
        name = data[at : at + lengths[0]].decode("utf-8", "replace")
        is_sound = not flags & _ENCRYPTED and not _STRAYS.search(name)
        yield _Part(name, size, is_sound)
        at += sum(lengths)


def _svg(data: bytes) -> Iterator[Problem]:
    # Looked for before parsing, as entities would be expanded in attributes, and in UTF-8 whatever
    # the file says, as they could hide in another encoding.
    if found := _PROLOGUE.search(data):
        yield _problem(
            "active_svg", data.count(b"\n", 0, found.start()) + 1, what=found[1].decode()
        )
        return
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        yield _problem("wrong_type")
        return
    if root.tag != _SVG or _ENCODING.search(data):
        yield _problem("wrong_type")
    for element in root.iter(etree.Element):
        for what in dict.fromkeys(_active(element)):
            yield _problem("active_svg", cast("int", element.sourceline), what=what)


def _active(element: _Element) -> Iterator[str]:
    """Names of what in an SVG element runs, moves a link or fetches from outside."""
    namespace, tag = _name(str(element.tag))
    if tag in _ACTIVE or namespace in _FOREIGN:
        yield tag
    if tag == "style" and _fetches(_own_text(element)):
        yield tag
    for key, value in element.attrib.items():
        namespace, name = _name(str(key))
        if _is_active(namespace, name, str(value)):
            yield name


def _own_text(element: _Element) -> str:
    """The text of a style sheet; elements within it have their own turn."""
    return "".join(str(text or "") for text in (element.text, *(e.tail for e in element)))


def _name(qualified: str) -> tuple[str, str]:
    """Namespace and name, without regard to case: a reader in HTML mode has none."""
    namespace, _, name = qualified.rpartition("}")
    return namespace.removeprefix("{"), name.lower()


def _is_active(namespace: str, name: str, value: str) -> bool:
    if name.startswith("on") or (namespace == _XML and name == "base"):
        return True
    if name in {"href", "src"}:
        return not _INSIDE.fullmatch(value.strip())
    if name == "attributename":
        target = value.strip().lower().rpartition(":")[2]
        return target == "href" or target.startswith("on")
    return _fetches(value) if name == "style" else not namespace and _has_outside_url(value)


def _fetches(style: str) -> bool:
    return _has_outside_url(style) or bool(_FETCH.search(_unescape(style)))


def _has_outside_url(style: str) -> bool:
    """Whether a `url()` leads anywhere but to a part of the picture or a picture within it."""
    found = _URL.findall(_unescape(style))
    return not all(_INSIDE.fullmatch(url.strip().strip("\"'")) for url in found)


def _unescape(style: str) -> str:
    """CSS with its escapes undone: a browser reads the code of a letter as that letter."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1] or "0", 16)
        return found[2] or (chr(code) if code <= sys.maxunicode else "\ufffd")

    return _ESCAPE.sub(character, style)


_CHECKS: dict[str, Callable[[bytes], Iterator[Problem]]] = {
    "png": _png,
    "jpg": _jpeg,
    "jpeg": _jpeg,
    "svg": _svg,
    "pdf": _pdf,
    "docx": _docx,
    "xlsx": _xlsx,
    "csv": _csv,
}
