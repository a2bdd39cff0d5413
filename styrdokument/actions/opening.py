"""Opening a case: on a document that stands, or for a new one.

Who may, the table of transitions says; a document has one open revision at the most.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from styrdokument.actions.house import House
from styrdokument.actions.writing import check, new_text
from styrdokument.domain.access import obstacles_to_opening
from styrdokument.domain.case import HAS_DRAFT, CaseNumber, Event, Kind, Step
from styrdokument.domain.document import ContentHash, DocumentId, folder_of
from styrdokument.domain.matter import Adopted
from styrdokument.domain.people import Actor
from styrdokument.domain.problems import Code, Conflict, NotFound, Problem, Refused
from styrdokument.store.git import Batch, ObjectId
from styrdokument.store.record import hash_of

MOST_DOCUMENTS = 200


@dataclass(frozen=True, kw_only=True)
class NewDocument:
    """What is asked of the one who begins a new document."""

    title: str = ""
    type: str = ""
    unit: str = ""


def open_case(
    house: House,
    actor: Actor,
    kind: Kind,
    documents: Sequence[DocumentId] = (),
    new: NewDocument | None = None,
) -> CaseNumber:
    """Open a case. Raises Refused, Conflict (an open revision exists) and NotFound."""
    with house.record.lock():
        house.index.catch_up()  # it may lag behind who had the lock before
        if kind is Kind.NEW:
            number = _open_new(house, actor, new or NewDocument())
        else:
            number = open_on(house, actor, kind, documents)
    house.index.catch_up()
    return number


def open_on(house: House, actor: Actor, kind: Kind, documents: Sequence[DocumentId]) -> CaseNumber:
    """Open a case on documents that stand, with the lock held. Raises as `open_case` does."""
    wanted = tuple(dict.fromkeys(documents))
    if not wanted:
        raise Refused(Problem(code=Code.NEEDS_FIELD, field="document"))
    if len(wanted) > MOST_DOCUMENTS:
        values = {"most": MOST_DOCUMENTS}
        raise Refused(
            Problem(code=Code.BAD_VALUE, field="document", rule="too_many", values=values)
        )
    contents: dict[DocumentId, tuple[ContentHash, int]] = {}
    problems: list[Problem] = []
    for document in wanted:
        adopted = house.matters.adopted(document)
        if adopted is None:
            raise NotFound(document)
        problems += obstacles_on(house, actor, kind, adopted)
        latest = adopted.history.next_number - 1
        content = adopted.content_hash if kind in HAS_DRAFT else adopted.issued_hash
        contents[document] = (content, latest)
    if problems:
        has_run_before = any(one.code is Code.OPEN_REVISION_EXISTS for one in problems)
        raise (Conflict if has_run_before else Refused)(*dict.fromkeys(problems))
    return begin(house, actor, kind, contents, house.git.batch(), {})


def begin(
    house: House,
    actor: Actor,
    kind: Kind,
    contents: Mapping[DocumentId, tuple[str, int]],
    batch: Batch,
    changes: Mapping[str, ObjectId],
) -> CaseNumber:
    """Record that a case begins, with the lock held and the opening judged.

    `contents` are content hash and version of what each document begins with; `changes` are the
    files, by path from the top, in which the draft then differs from what stands on `main`.
    """
    number, base = house.record.numbers.next_case(), house.record.head
    facts = {
        "kind": str(kind),
        "branch": f"draft/{number}-{kind}" if kind in HAS_DRAFT else None,
        "documents": [
            {"id": d, "content_hash": content, "base_version": version}
            for d, (content, version) in contents.items()
        ],
    }
    event = Event(step=Step.OPEN, by=house.sign(actor), at=house.now(), facts=facts)
    tip = base if kind in HAS_DRAFT else None
    if changes:
        tip = house.cases.draw(batch, None, base, changes, event)
    house.cases.record(batch, number, event, after=None, tip=tip, base=base)
    return number


def obstacles_on(house: House, actor: Actor, kind: Kind, adopted: Adopted) -> tuple[Problem, ...]:
    """Why `actor` may not open a case of `kind` on the document now."""
    if problems := obstacles_to_opening(kind, adopted, house.registers, actor):
        return problems
    running = house.catalogue.open_cases_on(adopted.id) if kind is Kind.REVISE else ()
    numbers = [row["number"] for row in running if row["kind"] == Kind.REVISE]
    if not numbers:
        return ()
    values: Mapping[str, object] = {"document": adopted.id, "case": numbers[0]}
    return (Problem(code=Code.OPEN_REVISION_EXISTS, field="document", values=values),)


def _open_new(house: House, actor: Actor, new: NewDocument) -> CaseNumber:
    problems = [*obstacles_to_opening(Kind.NEW, None, house.registers, actor)]
    problems += _problems_of_new(house, new)
    if problems:
        raise Refused(*problems)
    document, batch = house.record.numbers.next_document(), house.git.batch()
    files = new_text(
        house.registers, document, actor, title=new.title, kind=new.type, unit=new.unit
    )
    check(document, files, files)
    blobs = {p: house.record.put(batch, data) for p, data in files.items() if data is not None}
    content = hash_of(house.record.content_of(blobs))
    paths = {f"{folder_of(document)}/{path}": blob for path, blob in blobs.items()}
    return begin(house, actor, Kind.NEW, {document: (content, 0)}, batch, paths)


def _problems_of_new(house: House, new: NewDocument) -> list[Problem]:
    registers = house.registers
    listed = {"type": registers.types.keys(), "unit": registers.units.keys()}
    problems = [
        Problem(code=Code.NEEDS_FIELD, field=name)
        for name in ("title", "type", "unit")
        if not getattr(new, name).strip()
    ]
    return problems + [
        Problem(code=Code.BAD_VALUE, field=name, rule="unlisted", values={"value": value})
        for name, known in listed.items()
        if (value := getattr(new, name)) and value not in known
    ]
