"""What an address within a source means: a document, a file beside it, another site, or nothing.

Sites show their files under other names than git does, so each document answers to several: with
and without endings, as a folder's first page, by the addresses that it once had.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PARTS = re.compile(r"([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_PAGE = re.compile(r"\.html?$", re.IGNORECASE)
_FIRST_PAGES = frozenset({"index", "_index", "readme"})


class Kind(StrEnum):
    """What a target leads to."""

    DOCUMENT = "document"
    FILE = "file"
    """Perhaps a file beside the text: `paths` say where it may stand."""
    ADDRESS = "address"
    """The same page, on the source's own site."""
    ELSEWHERE = "elsewhere"
    """Not within the source: no concern of ours."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a target leads; `number` is a document's, `tail` what stood after its address."""

    kind: Kind
    number: int = -1
    address: str = ""
    tail: str = ""
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Known:
    """One document of a source: where it stands, where it has stood, and its former addresses."""

    number: int
    path: str
    earlier: Sequence[str] = ()
    former: Sequence[str] = ()


class Atlas:
    """All documents of one source; `links` says what beginnings of links stand for."""

    def __init__(self, known: Iterable[Known], links: Mapping[str, str]) -> None:
        self._links = sorted(links.items(), key=lambda pair: -len(pair[0]))
        self._numbers: dict[str, int] = {}
        known = list(known)
        for one in known:
            self._numbers.setdefault(_key(one.path), one.number)
        for one in known:
            self._add(one.number, _spellings(one.path))
        for one in known:
            self._add(one.number, one.former)
        for one in known:
            self._add(one.number, (s for path in one.earlier for s in _spellings(path)))

    def find(self, target: str, *, at: str, language: str = "") -> Place:
        """Where `target` leads from the document that stands at the path `at`."""
        whole = _PARTS.fullmatch(target)
        path, tail = (whole[1], (whole[2] or "") + (whole[3] or "")) if whole else (target, "")
        if not path:
            return Place(kind=Kind.ELSEWHERE)
        for beginning, meaning in self._links:
            if (rest := _below(path, beginning)) is not None:
                found = self._found([posixpath.join(meaning, rest), path], tail, language)
                if found.kind is not Kind.DOCUMENT and _SCHEME.match(meaning):
                    address = f"{meaning.rstrip('/')}/{rest}{tail}"
                    return Place(kind=Kind.ADDRESS, address=address)
                return found
        if _SCHEME.match(path) or path.startswith("//"):
            return Place(kind=Kind.ELSEWHERE)
        if path.startswith("/"):
            return self._found([path], tail, language)
        return self._found(_relative(path, at), tail, language)

    def _found(self, candidates: Iterable[str], tail: str, language: str) -> Place:
        paths = [unquote(posixpath.normpath(one.strip("/") or ".")) for one in candidates]
        paths = [path for path in paths if not path.startswith("..")]
        for path in paths:
            for spelling in (f"{path}.{language}", path, _PAGE.sub("", path)):
                if (number := self._numbers.get(_key(spelling))) is not None:
                    fragment = tail[tail.index("#") :] if "#" in tail else ""
                    return Place(kind=Kind.DOCUMENT, number=number, tail=fragment)
        return Place(kind=Kind.FILE, paths=tuple(dict.fromkeys(paths)), tail=tail)

    def _add(self, number: int, spellings: Iterable[str]) -> None:
        for spelling in spellings:
            self._numbers.setdefault(_key(spelling), number)


def _relative(path: str, at: str) -> tuple[str, str]:
    """From the file's folder as git has it, and from its page as a site has it.

    A target that ends in a slash was written for the site.
    """
    in_git = posixpath.join(posixpath.dirname(at), path)
    on_site = posixpath.join(list(_spellings(at))[-1], path)
    return (on_site, in_git) if path.endswith("/") else (in_git, on_site)


def _spellings(path: str) -> Iterator[str]:
    """The path, without one ending after another; for a folder's first page, the folder."""
    yield path
    folder, name = posixpath.split(path)
    while "." in name[1:]:
        name = name.rpartition(".")[0]
        yield posixpath.join(folder, name)
    if name.casefold() in _FIRST_PAGES:
        yield folder


def _below(path: str, beginning: str) -> str | None:
    """What is left of the path after the beginning, if it begins so at the end of a name."""
    bare = beginning.rstrip("/")
    if path == bare or path.startswith(f"{bare}/"):
        return path[len(bare) :].lstrip("/")
    return None


def _key(path: str) -> str:
    return path.strip("/").casefold()
