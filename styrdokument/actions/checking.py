"""Checking documents before anything is sent: what the service would say of a document's files.

One judge for files on a disk and for pushed ones: all that stands in the way of submission, or
what may not even stand in a draft. It asks no house, no git and no database, so
that an author's computer needs none. What depends on who pushes, or on what else is going on,
only the service can say.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from styrdokument.domain.document import (
    LOWEST_ID,
    ROLES,
    TEXT,
    DocumentId,
    document_id,
    folder_of,
)
from styrdokument.domain.fields import submission_problems
from styrdokument.domain.naming import problem_with_filename, twins
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.registers import Registers
from styrdokument.store import folders, frontmatter, registers
from styrdokument.store.sheet import Sheet, read_sheet
from styrdokument.text import appendix, lint

Tell = Callable[[str, int, int], None]
"""What is being done, how many are done, and of how many."""
MOST = appendix.LIMIT
"""Bytes that are read of a file: one larger is too large whatever it is."""


def check(paths: Iterable[Path], *, tell: Tell) -> list[Problem]:
    """All that is wrong with the documents at the paths; each problem's file as it was typed.

    Raises NoDocuments, and Refused for registers that cannot be read.
    """
    places = {place.resolve(): place for path in paths for place in folders.documents_at(path)}
    listings: dict[Path | None, Registers | None] = {None: None}
    found: list[Problem] = []
    for done, place in enumerate(places.values()):
        tell("documents", done, len(places))
        root = folders.root_above(place)
        if root and root not in listings:
            listings[root] = registers.read(folders.registers_in(root, most=registers.LIMIT))
        listed = listings[root]
        found += _in_folder(place, root, listed) if place.is_dir() else _loose(place, listed)
    return found


def document_problems(
    document: DocumentId, files: Mapping[str, bytes], listed: Registers | None
) -> list[Problem]:
    """All that stands in the way of a document's submission, in order, each with file and line.

    `files` are its own, by path below its folder, without decisions. Without registers nothing is
    said of what they list.
    """
    sheet = read_sheet(document, files.get(TEXT, b""), files.get(ROLES, b""), files)
    found = [*sheet.problems, *_missing(sheet, listed), *_in_text(sheet, listed)]
    found += _in_appendices(sheet.appendices, files)
    return _in_order(found, files)


def saving_problems(
    document: DocumentId, files: Mapping[str, bytes], names: Collection[str], *, folder: str
) -> tuple[Problem, ...]:
    """Why the files may not even stand in a draft, in order, each with file and line.

    `files` are those that are new, by name; `names` are all that the document has; `folder` is
    where they lie, for the problems. What a name may never be is for whoever reads the names.
    """
    sheet = read_sheet(document, files.get(TEXT, b""), files.get(ROLES, b""), names)
    found = [*sheet.problems, *(p for p in _in_text(sheet, None) if lint.blocks_saving(p))]
    found = [problem for problem in found if problem.file in files]
    found += [
        problem
        for problem in _in_appendices(sheet.appendices, files)
        if problem.rule != problem_with_filename(problem.file)
    ]
    ordered = _in_order(found, files)
    return tuple(replace(p, file=f"{folder}/{p.file}" if p.file else folder) for p in ordered)


def _missing(sheet: Sheet, listed: Registers | None) -> Iterator[Problem]:
    """What has to be filled in, and what no register lists; nothing of a file that is unread."""
    for problem in submission_problems(sheet.fields, sheet.roles, listed or Registers()):
        if problem.file not in sheet.unread and (listed or problem.code is Code.NEEDS_FIELD):
            yield problem


def _in_text(sheet: Sheet, listed: Registers | None) -> Iterator[Problem]:
    """What is wrong with the body; it is read also where what stands above it cannot be."""
    body, first_line = sheet.body, sheet.body_line
    if TEXT in sheet.unread:
        body, first_line = _body_of(sheet.text)
    kind = listed.types.get(sheet.fields.type) if listed else None
    headings = kind.headings if kind else ()
    for problem in lint.findings(
        body, appendices=sheet.appendices, headings=headings, first_line=first_line
    ):
        yield replace(problem, file=TEXT)


def _in_appendices(names: Collection[str], files: Mapping[str, bytes]) -> Iterator[Problem]:
    for name in sorted(files.keys() & set(names)):
        yield from (replace(one, file=name) for one in appendix.findings(name, files[name]))
    for name in sorted(twins(names)):
        yield Problem(code=Code.BAD_APPENDIX, field="file", rule="twin", file=name)
    if len(names) > appendix.MOST:
        yield Problem(code=Code.BAD_APPENDIX, field="file", rule="too_many")


def _in_order(found: Iterable[Problem], files: Mapping[str, bytes]) -> list[Problem]:
    placed = [_with_line(problem, files.get(problem.file, b"")) for problem in found]
    return sorted(placed, key=lambda p: (p.file != TEXT, p.file != ROLES, p.file, p.line))


def _with_line(problem: Problem, data: bytes) -> Problem:
    """A problem about a field, with the line that it stands on, where there is one."""
    if problem.line or problem.code is Code.BAD_TEXT or problem.file not in {TEXT, ROLES}:
        return problem
    front = data.split(b"\n---\n", 1)[0]
    key = re.escape(problem.field.encode(errors="replace"))
    found = re.search(rb"^[\"']?" + key + rb"[\"']?[ \t]*:", front, re.MULTILINE)
    return replace(problem, line=front.count(b"\n", 0, found.start()) + 1) if found else problem


def _in_folder(place: Path, root: Path | None, listed: Registers | None) -> Iterator[Problem]:
    files = folders.files_in(place, most=MOST)
    own = _own_id(files.contents.get(TEXT, b""))
    document = document_id(place.resolve().name) or own
    found = _judged(document, files.contents, listed)
    found += [Problem(code=Code.BAD_VALUE, rule="symlink", file=name) for name in files.links]
    if document and root and place.resolve() != root / folder_of(document):
        values = {"id": document, "folder": folder_of(document)}
        found.append(
            Problem(code=Code.BAD_FRONT_MATTER, rule="other_folder", file=TEXT, values=values)
        )
    return (replace(problem, file=str(place / problem.file)) for problem in found)


def _loose(place: Path, listed: Registers | None) -> Iterator[Problem]:
    """A file in no document's folder: a text that nobody answers for yet, or an appendix."""
    data = folders.read_file(place, most=MOST)
    if place.suffix == ".md":
        found = [p for p in _judged(_own_id(data), {TEXT: data}, listed) if p.file == TEXT]
    else:
        found = list(appendix.findings(place.name, data))
    return (replace(problem, file=str(place)) for problem in found)


def _judged(
    document: DocumentId | None, files: Mapping[str, bytes], listed: Registers | None
) -> list[Problem]:
    """A new document has no number until the service gives it one, and is not blamed for that."""
    if document:
        return document_problems(document, files, listed)
    found = document_problems(DocumentId(LOWEST_ID), files, listed)
    return [p for p in found if (p.code, p.field) != (Code.NEEDS_FIELD, "id")]


def _own_id(text: bytes) -> DocumentId | None:
    """The document that a text says it is."""
    return document_id(str(_fields_of(text).get("id")))


def _fields_of(text: bytes) -> Mapping[str, object]:
    """What stands above a text, nothing where it cannot be read."""
    try:
        return frontmatter.read(text).fields
    except Refused:
        return {}


def _body_of(text: bytes) -> tuple[str, int]:
    """A body and its first line, as far as they can be told where the whole cannot be read."""
    try:
        _, body, first_line = frontmatter.split(text)
        return body.decode(), first_line
    except (Refused, UnicodeDecodeError):
        return "", 1
