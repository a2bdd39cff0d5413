"""Writing in a case's drafts: text, fields, who is who, appendices.

Everything typed is judged as a whole before anything is written; a save names the content that it
was edited from, so that nobody writes over what they have not seen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from styrdokument.actions.house import House, Sitting, function_for, look, sitting
from styrdokument.actions.writing import Change, check, text_with
from styrdokument.domain.case import CaseNumber, Step
from styrdokument.domain.document import FIELDS, ROLES, TEXT, DocumentId, folder_of
from styrdokument.domain.matter import Given
from styrdokument.domain.naming import twins
from styrdokument.domain.people import Actor, Who
from styrdokument.domain.problems import Code, Conflict, NotFound, Problem, Refused
from styrdokument.domain.transitions import take
from styrdokument.store.git import ObjectId
from styrdokument.store.record import hash_of
from styrdokument.text import appendix, lint

Changing = Callable[[Mapping[str, ObjectId], Sitting], Change]
"""What becomes of a document's files, once it is known how they stand."""
MINUTED = frozenset({"title"})
"""The fields that a board decides with the text; who is who and the rest are its authors'."""


@dataclass(frozen=True, kw_only=True)
class Writing:
    """A save: `text` is the body as typed, None where unchanged; `fields` by their keys.

    `base` is the content hash that was edited from.
    """

    base: str
    text: str | None = None
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)


def save(
    house: House, actor: Actor, number: CaseNumber, document: DocumentId, writing: Writing
) -> None:
    """Write what was typed. Raises Conflict where the draft is no longer what was edited from."""
    _write(house, actor, number, document, _typing(house, document, writing))


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
        if len(names) > appendix.MOST:
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


def enter_minutes(
    house: House,
    actor: Actor,
    number: CaseNumber,
    document: DocumentId,
    writing: Writing,
    given: Given,
) -> None:
    """Write what a board decided, as its minutes have it: title and text, and nothing else.

    Raises as a save does, and Refused where it is what stands there already (rule 20).
    """
    if beside := writing.fields.keys() - MINUTED:
        raise Refused(*(Problem(code=Code.WRONG_ROLE, field=key, rule="save") for key in beside))
    change = _typing(house, document, writing)
    actor = house.live(actor)
    if not _write(house, actor, number, document, change, Step.ENTER_MINUTES, given):
        raise Refused(Problem(code=Code.NOTHING_CHANGED, field="text", rule="minutes"))


def _typing(house: House, document: DocumentId, writing: Writing) -> Changing:
    """What a save changes. The text is read now, without the lock: `check` then finds it read."""
    if writing.text is not None:
        lint.findings(lint.clean(writing.text))

    def change(stored: Mapping[str, ObjectId], now: Sitting) -> Change:
        if writing.base != now.matter.drafts[document].content_hash:
            raise Conflict(Problem(code=Code.STALE_SNAPSHOT, field="base"))
        return text_with(_texts(house, stored), document, writing.fields, writing.text)

    return change


def _texts(house: House, stored: Mapping[str, ObjectId]) -> dict[str, bytes]:
    return {path: house.git.blob(stored[path]) for path in (TEXT, ROLES) if path in stored}


def _write(
    house: House,
    actor: Actor,
    number: CaseNumber,
    document: DocumentId,
    change: Changing,
    step: Step = Step.SAVE,
    given: Given | None = None,
) -> bool:
    """Judge the step, change the document's files and record it; whether anything was changed."""
    given = given or Given()
    with sitting(house, actor, number) as now:
        if document not in now.matter.drafts:
            raise NotFound(document)
        taken = take(step, now.matter, actor, given, by=_by(house, actor, now, step), at=now.at)
        stored, batch = house.cases.files_of(now.held, document), house.git.batch()
        typed = change(stored, now)
        blobs = {p: house.record.put(batch, d) if d is not None else None for p, d in typed.items()}
        changed = {path: blob for path, blob in blobs.items() if stored.get(path) != blob}
        after = {p: b for p, b in {**stored, **changed}.items() if b is not None}
        check(document, typed, after)
        if not changed:
            return False
        facts: dict[str, object] = {
            "contents": {str(document): hash_of(house.record.content_of(after))}
        }
        if given.reason:
            facts["reason"] = given.reason.strip()
        event = replace(taken, facts={**facts, **taken.facts})
        paths = {f"{folder_of(document)}/{path}": blob for path, blob in changed.items()}
        tip = house.cases.draw(batch, now.held, now.held.base, paths, event)
        house.cases.record(batch, number, event, after=now.held, tip=tip)
    return True


def _by(house: House, actor: Actor, now: Sitting, step: Step) -> Who:
    """Who writes; a registrar may be somebody's stand-in."""
    is_entry = step is Step.ENTER_MINUTES
    return house.sign(actor, function_for(now.matter, actor, Step.DECIDE) if is_entry else "")
