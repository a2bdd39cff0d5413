"""Documents as folders on somebody's disk: where they are, what is in them, and whose registers.

Nothing outside a folder is read through it: a link in it is told, and never followed. A file is
read no further than where it is known to be too large.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from styrdokument.domain.document import ROLES, TEXT, document_id, folder_of
from styrdokument.store.registers import FOLDER as REGISTERS

DECISIONS = "decisions"
"""The service's own part of a document's folder."""


class NoDocuments(Exception):
    """There is nothing to look at; the text says where."""


@dataclass(frozen=True, kw_only=True)
class Files:
    """What is in a document's folder, by path below it, without decisions."""

    contents: Mapping[str, bytes] = field(default_factory=dict)
    links: tuple[str, ...] = ()


def documents_at(path: Path) -> list[Path]:
    """The folders of the documents that are at or below `path`, or that hold it.

    A file that is in none of them is itself the answer. Raises NoDocuments.
    """
    if path.is_file():
        return [_holder(path.parent) or path]
    if not path.is_dir():
        raise NoDocuments(f"{path}: there is no such file or folder")
    found = list(_below(path)) or [one for one in (_holder(path),) if one]
    if not found:
        raise NoDocuments(f"{path}: there are no documents here or below")
    return found


def files_in(folder: Path, *, most: int) -> Files:
    """Read a document's folder; of a file with more than `most` bytes, one byte more."""
    contents, links = {}, []
    for place, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if Path(place, name) != folder / DECISIONS)
        for name in (*names, *files):
            whole = Path(place, name)
            mode = whole.lstat().st_mode
            below = whole.relative_to(folder).as_posix()
            if stat.S_ISLNK(mode):
                links.append(below)
            elif stat.S_ISREG(mode):
                contents[below] = read_file(whole, most=most)
    return Files(contents=contents, links=tuple(sorted(links)))


def read_file(path: Path, *, most: int) -> bytes:
    """A file's bytes, or one more than `most`."""
    with path.open("rb") as file:
        return file.read(most + 1)


def root_above(path: Path) -> Path | None:
    """The nearest folder above that has registers: the top of a clone of the record."""
    above = path.resolve().parents
    return next((one for one in above if (one / REGISTERS / "types.yaml").is_file()), None)


def registers_in(root: Path, *, most: int) -> dict[str, bytes]:
    """The files of a clone's registers, by path below `registers/`."""
    top = root / REGISTERS
    files = (*top.glob("*.yaml"), *top.glob("laws/*.yaml"))
    return {path.relative_to(top).as_posix(): read_file(path, most=most) for path in files}


def _below(path: Path) -> Iterator[Path]:
    for place, names, files in os.walk(path):
        folder = Path(place)
        names[:] = sorted(name for name in names if not name.startswith("."))
        if _is_document(folder, files):
            names.clear()
            yield folder


def _holder(folder: Path) -> Path | None:
    """The document that a folder is in, or is."""
    for one in (folder, *folder.parents):
        if one.is_dir() and _is_document(one, [entry.name for entry in one.iterdir()]):
            return one
    return None


def _is_document(folder: Path, names: list[str]) -> bool:
    if TEXT in names or ROLES in names:
        return True
    place = folder.resolve()
    number = document_id(place.name)
    return bool(names) and number is not None and place.match(folder_of(number))
