"""What is wrong with a document's files, each problem with the file and line that it is in.

The same findings as the web has when a draft is saved, for whoever brings files instead of typing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from styrdokument.domain.document import ROLES, TEXT, DocumentId
from styrdokument.domain.fields import form_problems
from styrdokument.domain.naming import problem_with_filename, twins
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.store import frontmatter, strictyaml
from styrdokument.text import appendix, lint

MOST_APPENDICES = 50


def saving_problems(
    document: DocumentId, files: Mapping[str, bytes], names: frozenset[str], *, folder: str
) -> tuple[Problem, ...]:
    """Why the files may not even stand in a draft.

    `files` are those to be looked at, by name; `names` are all that the document has; `folder` is
    where they lie, for the problems.
    """
    found = [*_of_text(document, files), *_of_roles(document, files)]
    found = [_at_its_line(problem, files.get(problem.file, b"")) for problem in found]
    found += _of_appendices(files, names)
    return tuple(replace(p, file=f"{folder}/{p.file}" if p.file else folder) for p in found)


def _at_its_line(problem: Problem, data: bytes) -> Problem:
    """The problem with the line where its field stands, if it has none."""
    if problem.line or not problem.field:
        return problem
    found = re.search(rb"^%s\s*:" % re.escape(problem.field.encode()), data, re.MULTILINE)
    return replace(problem, line=data.count(b"\n", 0, found.start()) + 1) if found else problem


def _of_text(document: DocumentId, files: Mapping[str, bytes]) -> Iterator[Problem]:
    if TEXT not in files:
        return
    try:
        text = frontmatter.read(files[TEXT])
    except Refused as refused:
        yield from (replace(problem, file=TEXT) for problem in refused.problems)
        return
    found = [*form_problems(text.fields, TEXT, id_=document)]
    read = lint.findings(text.body, first_line=text.body_line)
    found += [problem for problem in read if lint.blocks_saving(problem)]
    yield from (replace(problem, file=TEXT) for problem in found)


def _of_roles(document: DocumentId, files: Mapping[str, bytes]) -> Iterator[Problem]:
    if ROLES not in files:
        return
    try:
        who = strictyaml.read(files[ROLES])
    except Refused as refused:
        yield from (replace(problem, file=ROLES) for problem in refused.problems)
        return
    found = form_problems(who, ROLES, id_=document)
    yield from (replace(problem, file=ROLES) for problem in found)


def _of_appendices(files: Mapping[str, bytes], names: frozenset[str]) -> Iterator[Problem]:
    appendices = names - {TEXT, ROLES}
    for name in sorted(appendices & files.keys()):
        # what a name may not be is told with its path
        found = [p for p in appendix.findings(name, files[name]) if not problem_with_filename(name)]
        yield from (replace(problem, file=name) for problem in found)
    for name in sorted(twins(appendices)):
        yield Problem(code=Code.BAD_APPENDIX, rule="twin", file=name)
    if len(appendices) > MOST_APPENDICES:
        yield Problem(code=Code.BAD_APPENDIX, rule="too_many")
