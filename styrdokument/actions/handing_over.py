"""Handing over what somebody answers for to another, all of it in one act.

It is a case of kind `assign` that is opened with the change made, and decided in the same breath:
whoever hands over has written in nobody's text, and decides as rule 14 lets them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from styrdokument.actions.deciding import decide
from styrdokument.actions.house import House
from styrdokument.actions.opening import MOST_DOCUMENTS, begin, obstacles_on
from styrdokument.actions.reviewing import withdraw
from styrdokument.actions.writing import text_with
from styrdokument.domain.case import CaseNumber, Kind
from styrdokument.domain.document import (
    ROLES,
    TEXT,
    ContentHash,
    DocumentId,
    Roles,
    folder_of,
    snapshot_of,
)
from styrdokument.domain.matter import Given
from styrdokument.domain.people import Actor, Entry, PersonId
from styrdokument.domain.problems import Code, Conflict, NotFound, Problem, Refused
from styrdokument.domain.proof import needs_look
from styrdokument.store.git import Batch, ObjectId
from styrdokument.store.record import hash_of


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """What is handed over: the documents on which `person` is named, and to whom."""

    person: PersonId
    to: Entry
    documents: Sequence[DocumentId]


@dataclass(frozen=True, kw_only=True)
class _Changed:
    content: ContentHash
    version: int
    roles: ObjectId


def snapshot_after(house: House, wanted: HandOver) -> str:
    """The snapshot of the documents as they are to be: what the form shows, and is decided on."""
    changed = _changed(house, house.git.batch(), wanted)
    return snapshot_of({document: one.content for document, one in changed.items()})


def hand_over(house: House, actor: Actor, wanted: HandOver, given: Given) -> CaseNumber:
    """Name another where the person is named, on all the documents or on none.

    Raises Refused with every problem, Conflict where something was changed meanwhile, NotFound.
    """
    _check(wanted, given)
    with house.record.lock():
        house.index.catch_up()
        batch = house.git.batch()
        changed = _changed(house, batch, wanted)
        _check_opening(house, actor, wanted)
        if given.snapshot != snapshot_of({d: one.content for d, one in changed.items()}):
            raise Conflict(Problem(code=Code.STALE_SNAPSHOT))
        contents = {d: (one.content, one.version) for d, one in changed.items()}
        paths = {f"{folder_of(d)}/{ROLES}": one.roles for d, one in changed.items()}
        number = begin(house, actor, Kind.ASSIGN, contents, batch, paths)
    with _undone_if_refused(house, actor, number):
        decide(house, actor, number, given)
    return number


def roles_with(roles: Roles, person: PersonId, to: Entry) -> dict[str, list[str]]:
    """The roles in which `person` is named, with `to` in their place; nobody is named twice."""
    changed = {}
    for role, value in vars(roles).items():
        entries = value if isinstance(value, tuple) else (value,)
        if person in entries:
            changed[role] = list(dict.fromkeys(to if one == person else one for one in entries))
    return changed


def _changed(house: House, batch: Batch, wanted: HandOver) -> dict[DocumentId, _Changed]:
    found = {}
    for document in sorted(set(wanted.documents)):
        adopted = house.matters.adopted(document)
        if adopted is None:
            raise NotFound(document)
        files = house.record.files_of(document)
        data = {path: house.git.blob(files[path]) for path in (TEXT, ROLES)}
        typed = roles_with(adopted.roles, wanted.person, wanted.to)
        roles = house.record.put(batch, text_with(data, document, typed, None)[ROLES] or b"")
        content = hash_of(house.record.content_of({**files, ROLES: roles}))
        version = adopted.history.next_number - 1
        found[document] = _Changed(content=content, version=version, roles=roles)
    return found


def _check(wanted: HandOver, given: Given) -> None:
    """What need not be read from the record to be refused; nothing is begun then."""
    problems = list(given.problems)
    if not wanted.to:
        problems.append(Problem(code=Code.NEEDS_FIELD, field="to"))
    if wanted.to == wanted.person:
        problems.append(Problem(code=Code.BAD_VALUE, field="to"))
    if not wanted.documents:
        problems.append(Problem(code=Code.NEEDS_FIELD, field="document"))
    if len(wanted.documents) > MOST_DOCUMENTS:
        values: Mapping[str, object] = {"most": MOST_DOCUMENTS}
        problems.append(
            Problem(code=Code.BAD_VALUE, field="document", rule="too_many", values=values)
        )
    if not given.reason.strip():
        problems.append(Problem(code=Code.NEEDS_REASON, field="reason"))
    problems += needs_look(given.second_look, given.problems)
    if problems:
        raise Refused(*problems)


def _check_opening(house: House, actor: Actor, wanted: HandOver) -> None:
    standing = (house.matters.adopted(document) for document in wanted.documents)
    problems = [
        problem
        for adopted in standing
        if adopted
        for problem in obstacles_on(house, actor, Kind.ASSIGN, adopted)
    ]
    if problems:
        raise Refused(*dict.fromkeys(problems))


@contextmanager
def _undone_if_refused(house: House, actor: Actor, number: CaseNumber) -> Iterator[None]:
    """A case that was begun only to be decided does not stay where that is refused."""
    try:
        yield
    except Refused as refused:
        withdraw(house, actor, number, replace(Given(), reason=str(refused)))
        raise
