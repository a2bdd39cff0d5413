"""Taking in what was decided beside an open case: a correction, an urgent text, a change of roles.

What only one side changed is taken from that side, field by field and passage by passage; where
both did, the draft's own stands, and its author is told. The approvals lapse by themselves: they
name the version that the draft stood on (record.md §3).
"""

from collections.abc import Callable, Mapping

from styrdokument.actions.house import House, Sitting, sitting
from styrdokument.domain.case import CaseNumber, Event, Step
from styrdokument.domain.document import ROLES, TEXT, DocumentId, folder_of
from styrdokument.domain.matter import Given
from styrdokument.domain.people import Actor
from styrdokument.domain.rules import is_behind
from styrdokument.domain.transitions import take
from styrdokument.store import frontmatter, programs, strictyaml
from styrdokument.store.git import ObjectId
from styrdokument.store.record import hash_of
from styrdokument.store.strictyaml import Value


def take_in(house: House, actor: Actor, number: CaseNumber) -> None:
    """Let the case's drafts stand on what is decided now, if they do not. Raises as a save does."""
    with sitting(house, actor, number) as now:
        take(Step.SAVE, now.matter, actor, Given(), by=house.sign(actor), at=now.at)
        if not is_behind(now.matter):
            return
        taking = _Taking(house, now)
        for document in now.held.case.documents:
            taking.take_in(document)
        taking.record(actor)


class _Taking:
    """One case's drafts, put on top of what `main` holds now."""

    def __init__(self, house: House, now: Sitting) -> None:
        self._house, self._now, self._batch = house, now, house.git.batch()
        self._changes: dict[str, ObjectId | None] = {}
        self._contents: dict[str, str] = {}
        self._clashing: list[DocumentId] = []

    def take_in(self, document: DocumentId) -> None:
        """Join the document's three sides: as the draft began, as it is, and what is decided."""
        house, held = self._house, self._now.held
        began = house.cases.files_at_base(held, document)
        drafted = house.cases.files_of(held, document)
        decided, joined = house.record.files_of(document), {}
        for path in sorted({*began, *drafted, *decided}):
            sides = (began.get(path), drafted.get(path), decided.get(path))
            blob = self._joined(document, path, *sides)
            if blob:
                joined[path] = blob
            self._changes[f"{folder_of(document)}/{path}"] = blob
        self._contents[str(document)] = hash_of(house.record.content_of(joined))

    def record(self, actor: Actor) -> None:
        """Write the save: a merge, so that a clone of the draft can be brought along."""
        house, held, matter = self._house, self._now.held, self._now.matter
        facts = {
            "contents": self._contents,
            "bases": {str(document): matter.latest(document) for document in matter.drafts},
            "clashing": {str(d): matter.drafts[d].base_version for d in self._clashing},
        }
        event = Event(step=Step.SAVE, by=house.sign(actor), at=self._now.at, facts=facts)
        head = house.record.head
        tip = house.cases.draw(self._batch, held, head, self._changes, event, onto=head)
        house.cases.record(self._batch, held.case.number, event, after=held, tip=tip, base=head)

    def _joined(
        self,
        document: DocumentId,
        path: str,
        began: ObjectId | None,
        drafted: ObjectId | None,
        decided: ObjectId | None,
    ) -> ObjectId | None:
        if drafted in {began, decided}:
            return decided
        if decided == began:
            return drafted
        data, is_clean = None, False
        if began and drafted and decided and path in _JOINS:
            sides = [self._house.git.blob(one) for one in (began, drafted, decided)]
            data, is_clean = _JOINS[path](*sides)
        if not is_clean and document not in self._clashing:
            self._clashing.append(document)
        return drafted if data is None else self._house.record.put(self._batch, data)


def _joined_text(began: bytes, drafted: bytes, decided: bytes) -> tuple[bytes, bool]:
    """The fields of both sides, and the passages; whether they were changed in different places."""
    one, mine, other = (frontmatter.read(side) for side in (began, drafted, decided))
    fields, is_clean = joined_fields(one.fields, mine.fields, other.fields)
    body = programs.merge_texts(one.body, mine.body, other.body)
    return frontmatter.change(drafted, fields, body), is_clean and body is not None


def _joined_roles(began: bytes, drafted: bytes, decided: bytes) -> tuple[bytes, bool]:
    fields, is_clean = joined_fields(*map(strictyaml.read, (began, drafted, decided)))
    return strictyaml.change(drafted, fields), is_clean


def joined_fields(
    began: Mapping[str, Value], drafted: Mapping[str, Value], decided: Mapping[str, Value]
) -> tuple[dict[str, Value], bool]:
    """What was decided and the draft left alone; and whether no field was changed by both."""
    changed = {key for key in {*began, *decided} if began.get(key) != decided.get(key)}
    mine = {key for key in changed if drafted.get(key) == began.get(key)}
    agreed = {key for key in changed if drafted.get(key) == decided.get(key)}
    return {key: decided.get(key) for key in sorted(mine)}, changed == mine | agreed


_JOINS: Mapping[str, Callable[[bytes, bytes, bytes], tuple[bytes, bool]]] = {
    TEXT: _joined_text,
    ROLES: _joined_roles,
}
