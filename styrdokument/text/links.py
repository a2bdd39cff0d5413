"""Where a link in a text may lead, decided once for showing and for checking.

A target is judged as the parser leaves it: entities resolved, odd characters
percent-encoded. What isn't clearly allowed is shown as text, never as a link, so a new
kind of link is an addition here and never a loosened pattern.
"""

import re
import unicodedata
from enum import StrEnum
from urllib.parse import quote, unquote

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_EXTERNAL = re.compile(
    r"https?://(?:[^\s/?#\\@:%\[\]]+|\[[0-9a-f:.]+\])(?::\d+)?(?:[/?#].*)?", re.IGNORECASE
)
_CONTACT = re.compile(r"(?:mailto|tel):[^\s/\\].*", re.IGNORECASE)
_PARTS = re.compile(r"(?:\./)*([^?#]*)([?#].*)?", re.DOTALL)
_OTHER_SECTION = re.compile(r"(/documents/\d+(?:/versions/\d+)?)#(?!section|note-)(.+)")
_IMAGES = (".png", ".jpg", ".jpeg", ".svg")


class Kind(StrEnum):
    """The kinds of target that may become a link."""

    EXTERNAL = "external"
    """Another site, over http or https, without a user name before the host."""
    CONTACT = "contact"
    """mailto or tel."""
    SITE = "site"
    """An address of this installation, such as `/documents/1042`."""
    SECTION = "section"
    """A place on the same page, `#…`."""
    APPENDIX = "appendix"
    """A file beside the text, such as `karta.png` or `./bilaga.pdf`."""


def kind_of(target: str) -> Kind | None:
    r"""Tell what kind of link `target` is, or None where it must stay text.

    `//host`, `/\host`, every scheme but http, https, mailto and tel, and anything that
    hides a control character are refused, however they are encoded.
    """
    readable = unquote(target)
    if not readable or _CONTROL.search(readable) or readable.startswith(("//", "/\\", "\\")):
        return None
    if ":" in re.split(r"[/?#]", readable, maxsplit=1)[0]:
        return _kind_by_scheme(readable)
    return {"/": Kind.SITE, "#": Kind.SECTION}.get(readable[0], Kind.APPENDIX)


def with_anchor(target: str) -> str:
    """Let `/documents/1042#syfte` lead to the heading whose anchor is `section-syfte`."""
    found = _OTHER_SECTION.fullmatch(target)
    return f"{found[1]}#section-{found[2]}" if found else target


def appendix_name(target: str) -> str:
    """Give the file name an `APPENDIX` target means; one with `/` in it names no appendix."""
    match = _PARTS.match(target)
    return unicodedata.normalize("NFC", unquote(match[1])) if match else ""


def is_picture(name: str) -> bool:
    """Tell whether an appendix may be shown in the page itself."""
    return name.lower().endswith(_IMAGES)


def address_of(target: str, *, appendices: str) -> str:
    """Give the address to put in the page; `appendices` goes before an appendix's name."""
    if kind_of(target) is not Kind.APPENDIX:
        return target
    name = appendix_name(target)
    match = _PARTS.match(target)
    if match is None or "/" in name or name in {"", ".", ".."}:
        return target
    return f"{appendices}{quote(name, safe='')}{match[2] or ''}"


def _kind_by_scheme(readable: str) -> Kind | None:
    if _EXTERNAL.fullmatch(readable):
        return Kind.EXTERNAL
    return Kind.CONTACT if _CONTACT.fullmatch(readable) else None
