"""What a participant reads of a draft: its text, the adopted one, and the one they last judged.

Texts are found by content hash in the draft's own history; nothing is kept beside the record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from styrdokument.actions.house import House
from styrdokument.domain.case import Step, fold
from styrdokument.domain.document import ROLES, TEXT, ContentHash, DocumentId, folder_of
from styrdokument.domain.people import Actor
from styrdokument.store.cases import Held
from styrdokument.store.record import hash_of, without_decisions
from styrdokument.store.sheet import Sheet

JUDGES = frozenset({Step.APPROVE, Step.RETURN})
MOST_SAVES = 500
"""How far back a draft's history is searched."""


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Bodies of one document: as drafted, as adopted (None: never), and as last judged.

    A closed case is compared with what it began from. `judged` is None where the reader has not
    judged the draft, or it has not changed since. `reviewed` is what was put to a board that
    changed it, with its fields; None where none did (rule 20).
    """

    now: str
    adopted: str | None
    judged: str | None
    reviewed: Sheet | None
    appendices: tuple[str, ...]
    appendices_changed: tuple["FileChange", ...]


class FileChange(NamedTuple):
    """What became of an appendix: `kind` is added, removed or changed."""

    name: str
    kind: str


def texts_of(house: House, actor: Actor, held: Held, document: DocumentId) -> Texts:
    """The bodies that `actor` compares."""
    files = house.cases.files_of(held, document)
    sheet = house.matters.sheet(document, files)
    is_open = held.case.is_open
    adopted = (
        house.record.files_of(document) if is_open else house.cases.files_at_base(held, document)
    )
    judged = _hash_judged(actor, held, document)
    has_moved = judged is not None and judged != held.case.contents[document]
    before = _sheet_with(house, held, document, judged) if judged and has_moved else None
    board = held.case.boards_texts.get(document)
    return Texts(
        now=sheet.body,
        adopted=house.matters.sheet(document, adopted).body if adopted else None,
        judged=before.body if before else None,
        reviewed=_sheet_with(house, held, document, board.reviewed) if board else None,
        appendices=sheet.appendices,
        appendices_changed=appendices_changed(adopted, files) if adopted else (),
    )


def appendices_changed(
    before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[FileChange, ...]:
    """The appendices that differ between two contents, each a hash by path, in order of name."""
    kinds = {(False, True): "added", (True, False): "removed", (True, True): "changed"}
    return tuple(
        FileChange(name=name, kind=kinds[name in before, name in after])
        for name in sorted({*before, *after} - {TEXT, ROLES})
        if before.get(name) != after.get(name)
    )


def sheet_of(house: House, held: Held, document: DocumentId) -> Sheet:
    """The draft's files, read."""
    return house.matters.sheet(document, house.cases.files_of(held, document))


def _hash_judged(actor: Actor, held: Held, document: DocumentId) -> ContentHash | None:
    """The content that stood when `actor` last approved or sent back."""
    events = held.events
    judged = [
        place
        for place, event in enumerate(events)
        if event.step in JUDGES and event.by.id == actor.id
    ]
    if not judged:
        return None
    return fold(held.case.number, events[: judged[-1] + 1]).contents.get(document)


def _sheet_with(
    house: House, held: Held, document: DocumentId, wanted: ContentHash
) -> Sheet | None:
    if held.tip is None:
        return None
    for commit in islice(house.git.line(held.tip), MOST_SAVES):
        files = without_decisions(house.git.files(commit.id, folder_of(document)))
        if files and hash_of(house.record.content_of(files)) == wanted:
            return house.matters.sheet(document, files)
        if commit.id == held.base:
            break
    return None
