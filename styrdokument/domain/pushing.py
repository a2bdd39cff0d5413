"""What a push may bring: to which branch, in whose name, and at which places.

Pure: names in, problems out. What the files themselves may hold is judged as it is for the web.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from styrdokument.domain.case import HAS_DRAFT, Kind
from styrdokument.domain.decisionfile import Significance
from styrdokument.domain.document import (
    ROLES,
    TEXT,
    DocumentId,
    document_id,
    folder_of,
)
from styrdokument.domain.naming import problem_with_filename
from styrdokument.domain.people import Person
from styrdokument.domain.problems import Code, Problem, Refused

HEADS = "refs/heads/"
DRAFT = "draft/"
"""How a draft's branch begins: `draft/17-revise`, and as a ref `refs/heads/draft/17-revise`."""
LONGEST_BRANCH = 150
"""Bytes of a branch's name: it has to fit a file's name, with room for git's own endings."""
FILE = 0o100644
MOST_REFS = 20
MOST_COMMITS = 500
NUL_ID = "0" * 40
OPTIONS = frozenset({"kind", "document", "submit", "change-note", "significance"})

_BRANCH = re.compile(r"draft(?:/[^\W_][\w.+-]*)+")
_OF_A_CASE = re.compile(r"draft/\d+-(?:{})".format("|".join(Kind)))
_PLACE = re.compile(r"documents/[0-9]{2}/[0-9]{2}/([0-9]{4,6})/(.*)", re.DOTALL)
_NEW_TEXT = re.compile(r"documents/(?:.*/)?text\.md")


@dataclass(frozen=True, kw_only=True)
class Command:
    """What a client asks of one ref: to move it from `old` to `new`; None: there is none."""

    ref: str
    old: str | None
    new: str | None


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the author said with the push (`git push -o`)."""

    kind: Kind | None = None
    documents: tuple[DocumentId, ...] = ()
    is_submission: bool = False
    change_note: str = ""
    significance: Significance = Significance.SIGNIFICANT


def branch_of(command: Command) -> str:
    """The draft branch that a push names (`draft/handhygien`). Raises Refused for all else."""
    branch = command.ref.removeprefix(HEADS)
    if branch == command.ref or not branch.startswith(DRAFT):
        raise Refused(push_problem("ref", ref=command.ref))
    if not _is_branch(branch):
        raise Refused(push_problem("branch", ref=branch))
    if command.new is None:
        raise Refused(push_problem("deletion", ref=branch))
    return branch


def is_kept_for_cases(branch: str) -> bool:
    """Whether the web may give a case of its own this branch (`draft/17-revise`)."""
    return _OF_A_CASE.fullmatch(branch) is not None


def is_committer(person: Person, login: str, address: str) -> bool:
    """Whether a committer's e-mail address is the person's own: by their id, or by their login."""
    name, _, _ = address.casefold().partition("@")
    return bool(name) and name in {person.id.casefold(), login.casefold()}


def document_at(path: str) -> DocumentId | None:
    """The document in whose folder a path lies."""
    found = _PLACE.fullmatch(path)
    document = document_id(found[1]) if found else None
    is_there = document is not None and path.startswith(f"{folder_of(document)}/")
    return document if is_there else None


def wants_a_number(path: str) -> bool:
    """Whether a path looks like a new document that has not been given its number."""
    return _NEW_TEXT.fullmatch(path) is not None


def problem_with_path(path: str, mode: int) -> Problem | None:
    """Why no author may have a file at the path; `mode` is git's."""
    document = document_at(path)
    name = path.removeprefix(f"{folder_of(document)}/") if document else ""
    if rule := _misplaced(path, name):
        return push_problem(rule, path)
    if mode != FILE:
        return push_problem("mode", path)
    bad = None if name in {TEXT, ROLES} else problem_with_filename(name)
    if bad is None:
        return None
    return Problem(code=Code.BAD_APPENDIX, rule=bad, file=path, values={"name": name})


def _misplaced(path: str, name: str) -> str:
    """The rule that a place breaks; `name` is what is left of it in a document's folder."""
    if path.startswith("registers/"):
        return "registers"
    if name.startswith("decisions/"):
        return "decisions"
    return "place" if not name or "/" in name else ""


def push_problem(rule: str, file: str = "", **values: object) -> Problem:
    """A problem with a push itself."""
    return Problem(code=Code.BAD_PUSH, rule=rule, file=file, values=values)


def number_problem(folder: str, document: DocumentId) -> Problem:
    """A new document in `folder` has no number of its author's; `document` is kept for it."""
    _, first, second, _ = folder_of(document).split("/")
    return push_problem("number", folder, document=document, first=first, second=second)


def read_options(lines: list[str]) -> Options:
    """The options of a push, each `key=value`. Raises Refused with every one that is none."""
    said: dict[str, list[str]] = {}
    for line in lines:
        key, _, value = line.partition("=")
        said.setdefault(key.strip(), []).append(value.strip())
    problems = [push_problem("option", option=key) for key in said if key not in OPTIONS]
    kind, significance = _last(said, "kind"), _last(said, "significance")
    if kind and kind not in set(Kind):
        problems.append(push_problem("kind", kind=kind))
    if significance and significance not in set(Significance):
        problems.append(push_problem("significance", significance=significance))
    numbers = [one for one in said.get("document", []) if one]
    documents = [document for one in numbers if (document := document_id(one))]
    problems += [push_problem("document", document=n) for n in numbers if not document_id(n)]
    if problems:
        raise Refused(*problems)
    return Options(
        kind=Kind(kind) if kind else None,
        documents=tuple(documents),
        is_submission="submit" in said,
        change_note=_last(said, "change-note"),
        significance=Significance(significance) if significance else Significance.SIGNIFICANT,
    )


def kind_of_push(asked: Kind | None, *, is_new: bool, is_old: bool, is_roles: bool) -> Kind:
    """The kind of case that a push opens, from what it changes. Raises Refused.

    `is_new`: it has new documents; `is_old`: it changes others; `is_roles`: who is who alone.
    """
    if is_new and is_old:
        raise Refused(push_problem("mixed"))
    kind = asked or (Kind.NEW if is_new else Kind.REVISE)
    if (kind is Kind.NEW) != is_new or kind not in HAS_DRAFT:
        raise Refused(push_problem("kind_unfit", kind=str(kind)))
    if kind is Kind.ASSIGN and not is_roles:
        raise Refused(push_problem("only_roles"))
    return kind


def _last(said: Mapping[str, list[str]], key: str) -> str:
    return said.get(key, [""])[-1]


def _is_branch(branch: str) -> bool:
    return (
        _BRANCH.fullmatch(branch) is not None
        and len(branch.encode("utf-8", "surrogateescape")) <= LONGEST_BRANCH
        and unicodedata.is_normalized("NFC", branch)
        and ".." not in branch
        and not any(part.endswith((".", ".lock")) for part in branch.split("/"))
    )
