"""Opening a case, and writing in its drafts: text, fields, who is who, appendices.

Everything typed is judged as a whole before anything is written; a save names the content that it
was edited from, so that nobody writes over what they have not seen.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from styrdokument.actions.house import House, Sitting, look, sitting
from styrdokument.actions.writing import Change, new_text, text_with
from styrdokument.domain.access import obstacles_to_opening
from styrdokument.domain.case import HAS_TEXT, CaseNumber, Event, Kind, Step
from styrdokument.domain.document import FIELDS, ROLES, TEXT, DocumentId, folder_of
from styrdokument.domain.matter import Adopted, Given
from styrdokument.domain.naming import twins
from styrdokument.domain.people import Actor
from styrdokument.domain.problems import Code, Conflict, NotFound, Problem, Refused
from styrdokument.domain.transitions import take
from styrdokument.store.git import Batch, ObjectId
from styrdokument.store.matters import read_sheet
from styrdokument.store.record import hash_of
from styrdokument.text import appendix, lint

MOST_APPENDICES = 50
MOST_DOCUMENTS = 200


@dataclass(frozen=True, kw_only=True)
class NewDocument:
    """What is asked of the one who begins a new document."""

    title: str = ""
    type: str = ""
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Writing:
    """A save: `text` is the body as typed, None where unchanged; `fields` by their keys.

    `base` is the content hash that was edited from.
    """

    base: str
    text: str | None = None
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)


def open_case(
    house: House,
    actor: Actor,
    kind: Kind,
    documents: Sequence[DocumentId] = (),
    new: NewDocument | None = None,
) -> CaseNumber:
    """Open a case. Raises Refused, Conflict (an open revision exists) and NotFound."""
    with house.record.lock():
        if kind is Kind.NEW:
            number = _open_new(house, actor, new or NewDocument())
        else:
            number = _open_on(house, actor, kind, documents)
    house.index.catch_up()
    return number


def save(
    house: House, actor: Actor, number: CaseNumber, document: DocumentId, writing: Writing
) -> None:
    """Write what was typed. Raises Conflict where the draft is no longer what was edited from."""

    def change(stored: Mapping[str, ObjectId], now: Sitting) -> Change:
        if writing.base != now.matter.drafts[document].content_hash:
            raise Conflict(Problem(code=Code.STALE_SNAPSHOT, field="base"))
        return text_with(_texts(house, stored), document, writing.fields, writing.text)

    _write(house, actor, number, document, change)


def add_appendix(
    house: House, actor: Actor, number: CaseNumber, document: DocumentId, name: str, data: bytes
) -> None:
    """Put an appendix beside the text, in the place of one with the same name."""
    problems = appendix.findings(name, data)
    if problems:
        raise Refused(*problems)

    def change(files: Mapping[str, ObjectId], _now: Sitting) -> Change:
        names = {*files, name} - {TEXT, ROLES}
        if twins(names):
            raise Refused(Problem(code=Code.BAD_APPENDIX, field="file", rule="twin"))
        if len(names) > MOST_APPENDICES:
            raise Refused(Problem(code=Code.BAD_APPENDIX, field="file", rule="too_many"))
        return {name: data}

    _write(house, actor, number, document, change)


def remove_appendix(
    house: House, actor: Actor, number: CaseNumber, document: DocumentId, name: str
) -> None:
    """Take an appendix away from the draft. Raises NotFound."""

    def change(files: Mapping[str, ObjectId], _now: Sitting) -> Change:
        if name not in files or name in {TEXT, ROLES}:
            raise NotFound(name)
        return {name: None}

    _write(house, actor, number, document, change)


def reassign(
    house: House,
    actor: Actor,
    number: CaseNumber,
    role: str,
    entries: Sequence[str],
    given: Given,
) -> None:
    """Change who is who in a running case; whoever does it has not written the text for that."""
    if role not in FIELDS or FIELDS[role].file != ROLES or role == "unit":
        raise Refused(Problem(code=Code.BAD_VALUE, field="role"))
    for document in look(house, actor, number)[0].case.documents:

        def change(
            stored: Mapping[str, ObjectId], _now: Sitting, d: DocumentId = document
        ) -> Change:
            return text_with(_texts(house, stored), d, {role: entries}, None)

        _write(house, actor, number, document, change, Step.REASSIGN, given)


def _texts(house: House, stored: Mapping[str, ObjectId]) -> dict[str, bytes]:
    return {path: house.git.blob(stored[path]) for path in (TEXT, ROLES) if path in stored}


def _write(
    house: House,
    actor: Actor,
    number: CaseNumber,
    document: DocumentId,
    change: Callable[[Mapping[str, ObjectId], Sitting], Change],
    step: Step = Step.SAVE,
    given: Given | None = None,
) -> None:
    """Judge the step, change the document's files and record it, if anything is changed."""
    given = given or Given()
    with sitting(house, actor, number) as now:
        if document not in now.matter.drafts:
            raise NotFound(document)
        take(step, now.matter, actor, given, by=house.sign(actor), at=now.at)
        stored, batch = house.cases.files_of(now.held, document), house.git.batch()
        typed = change(stored, now)
        blobs = {p: house.record.put(batch, d) if d is not None else None for p, d in typed.items()}
        changed = {path: blob for path, blob in blobs.items() if stored.get(path) != blob}
        after = {p: b for p, b in {**stored, **changed}.items() if b is not None}
        _check(document, typed, after)
        if not changed:
            return
        facts: dict[str, object] = {
            "contents": {str(document): hash_of(house.record.content_of(after))}
        }
        if given.reason:
            facts["reason"] = given.reason.strip()
        event = Event(step=step, by=house.sign(actor), at=now.at, facts=facts)
        paths = {f"{folder_of(document)}/{path}": blob for path, blob in changed.items()}
        tip = house.cases.draw(batch, now.held, now.held.base, paths, event)
        house.cases.record(batch, number, event, after=now.held, tip=tip)


def _check(document: DocumentId, typed: Change, names: Iterable[str]) -> None:
    """Refuse what may not even stand in a draft."""
    text, roles = typed.get(TEXT), typed.get(ROLES)
    if text is None or roles is None:
        return
    sheet = read_sheet(document, text, roles, names)
    found = lint.findings(sheet.body, appendices=sheet.appendices)
    problems = [*sheet.problems, *(p for p in found if lint.blocks_saving(p))]
    if problems:
        raise Refused(*problems)


def _open_new(house: House, actor: Actor, new: NewDocument) -> CaseNumber:
    problems = [*obstacles_to_opening(Kind.NEW, None, house.registers, actor)]
    problems += _problems_of_new(house, new)
    if problems:
        raise Refused(*problems)
    document, batch = house.record.numbers.next_document(), house.git.batch()
    files = new_text(
        house.registers, document, actor, title=new.title, kind=new.type, unit=new.unit
    )
    blobs = {p: house.record.put(batch, data) for p, data in files.items() if data is not None}
    content = hash_of(house.record.content_of(blobs))
    return _begin(house, actor, Kind.NEW, {document: (content, 0)}, batch, blobs)


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


def _open_on(house: House, actor: Actor, kind: Kind, documents: Sequence[DocumentId]) -> CaseNumber:
    wanted = tuple(dict.fromkeys(documents))[:MOST_DOCUMENTS]
    if not wanted:
        raise Refused(Problem(code=Code.NEEDS_FIELD, field="document"))
    contents = {}
    for document in wanted:
        adopted = house.matters.adopted(document)
        if adopted is None:
            raise NotFound(document)
        _check_opening(house, actor, kind, adopted)
        latest = adopted.history.next_number - 1
        has_branch = kind in HAS_TEXT or kind is Kind.ASSIGN
        content = adopted.content_hash if has_branch else adopted.issued_hash
        contents[document] = (content, latest)
    return _begin(house, actor, kind, contents, house.git.batch(), {})


def _check_opening(house: House, actor: Actor, kind: Kind, adopted: Adopted) -> None:
    if problems := obstacles_to_opening(kind, adopted, house.registers, actor):
        raise Refused(*problems)
    if kind is not Kind.REVISE:
        return
    open_revisions = [
        row["number"]
        for row in house.catalogue.open_cases_on(adopted.id)
        if row["kind"] == Kind.REVISE
    ]
    if open_revisions:
        values = {"document": adopted.id, "case": open_revisions[0]}
        raise Conflict(Problem(code=Code.OPEN_REVISION_EXISTS, field="document", values=values))


def _begin(
    house: House,
    actor: Actor,
    kind: Kind,
    contents: Mapping[DocumentId, tuple[str, int]],
    batch: Batch,
    blobs: Mapping[str, ObjectId],
) -> CaseNumber:
    number, base = house.record.numbers.next_case(), house.record.head
    has_branch = kind in HAS_TEXT or kind is Kind.ASSIGN
    facts = {
        "kind": str(kind),
        "branch": f"draft/{number}-{kind}" if has_branch else None,
        "documents": [
            {"id": d, "content_hash": content, "base_version": version}
            for d, (content, version) in contents.items()
        ],
    }
    event = Event(step=Step.OPEN, by=house.sign(actor), at=house.now(), facts=facts)
    tip = base if has_branch else None
    if blobs:
        folder = folder_of(next(iter(contents)))
        paths = {f"{folder}/{path}": blob for path, blob in blobs.items()}
        tip = house.cases.draw(batch, None, base, paths, event)
    house.cases.record(batch, number, event, after=None, tip=tip, base=base)
    return number
