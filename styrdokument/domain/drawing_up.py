"""From a judged matter to the decisions that go on the record: pure, and judged no more.

Names, titles and units are frozen here as they are now; the chain is filled in by the store.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from styrdokument.domain import review
from styrdokument.domain.case import DECIDES, Kind
from styrdokument.domain.decision import basis_record, dates_of, decided_on, replaced
from styrdokument.domain.decisionfile import (
    ISSUES_A_VERSION,
    BasisKind,
    ContentFile,
    Decision,
    DecisionKind,
)
from styrdokument.domain.document import ContentHash, DocumentId, content_hash
from styrdokument.domain.history import URGENT
from styrdokument.domain.matter import Draft, Given, Matter
from styrdokument.domain.people import Who
from styrdokument.domain.validity import Version

BOARDS_TEXT = "boards_text"
"""The fact of a decision on a text that the board changed (rule 20).

`reviewed` is the content hash of the text that was put to it, `entered_by` and `attested_by` are
ids: of the registrar, who stands among the participants, and of those who attested.
"""


@dataclass(frozen=True, kw_only=True)
class Signing:
    """Who decides, when, with which product, and the contents of the versions.

    `contents` holds those that stand and those that are decided on, by document and number.
    """

    by: Who
    at: datetime
    product: str
    contents: Mapping[tuple[DocumentId, int], tuple[ContentFile, ...]]


def draw_up(matter: Matter, given: Given, signing: Signing) -> Iterator[Decision]:
    """A decision for each document of the case, and a repeal for each that they replace."""
    for draft in matter.drafts.values():
        yield _about(matter, draft, given, signing)
    for document in replaced(matter):
        yield _repeal_of_replaced(matter, document, given, signing)


def _about(matter: Matter, draft: Draft, given: Given, signing: Signing) -> Decision:
    case, kind = matter.case, DECIDES[matter.case.kind]
    version, begins_repeal = _version(matter, draft, given), given.effective_from or matter.on
    repeals = kind is DecisionKind.REPEAL
    assigns = kind is DecisionKind.ASSIGN
    content = signing.contents[draft.id, version.number]
    return Decision(
        kind=kind,
        case=case.number,
        document=draft.id,
        version=version.number,
        corrects=version.corrects if kind is DecisionKind.CORRECT else None,
        unit=draft.roles.unit or None,
        content=content,
        content_hash=_hash(content),
        title=draft.fields.title,
        type=draft.fields.type,
        audience=draft.fields.audience,
        record_class=draft.fields.record_class or None,
        registry_number=given.registry_number.strip() or None,
        decided_on=decided_on(matter, given),
        recorded_at=signing.at,
        recorded_by=signing.by,
        effective_from=begins_repeal if repeals else None if assigns else version.effective_from,
        valid_until=None if repeals or assigns else version.valid_until,
        review_on=None if repeals or assigns else version.review_on,
        basis=basis_record(matter, given),
        decided_by=_decider(matter, given, signing),
        presented_by=given.presented_by.strip() or None,
        participants=tuple(_registrars(matter, draft)),
        approvals=(*review.approvals_of(case, draft), *review.attests_of(case, draft)),
        contributors=case.contributors,
        significance=case.significance if kind in ISSUES_A_VERSION else None,
        change_note=(case.change_note or None) if kind in ISSUES_A_VERSION else None,
        reason=given.reason.strip() or None,
        replaces=tuple(d for d in replaced(matter) if d in draft.fields.replaces),
        facts=(*_haste(matter, draft), *_change_by_a_board(matter, draft)),
        successor=given.successor if repeals else None,
        second_look=given.second_look,
        product=signing.product,
    )


def _haste(matter: Matter, draft: Draft) -> Iterator[Mapping[str, str]]:
    """What was decided in haste is reviewed afterwards, by the day the type says (rule 15)."""
    if matter.case.kind is Kind.URGENT:
        days = matter.type_of(draft).after_review_days
        yield {"remark": URGENT, "day": (matter.on + timedelta(days=days)).isoformat()}


def _registrars(matter: Matter, draft: Draft) -> Iterator[Who]:
    """Who entered the board's text: they wrote, and decided nothing."""
    if board := matter.case.boards_texts.get(draft.id):
        yield board.by


def _change_by_a_board(matter: Matter, draft: Draft) -> Iterator[Mapping[str, str]]:
    """The board changed the text: the approvals are of the one that was put to it (rule 20)."""
    if board := matter.case.boards_texts.get(draft.id):
        attests = review.attests_of(matter.case, draft)
        yield {
            "remark": BOARDS_TEXT,
            "reviewed": board.reviewed,
            "entered_by": str(board.by.id or ""),
            "attested_by": " ".join(sorted(str(one.by.id) for one in attests)),
        }


def _version(matter: Matter, draft: Draft, given: Given) -> Version:
    """The version that the decision issues or is about."""
    adopted = matter.adopted.get(draft.id)
    if matter.case.kind in {Kind.REPEAL, Kind.ASSIGN} and adopted:
        shown = adopted.history.applying(matter.on) or adopted.history.latest
        if shown:
            return shown
    return dates_of(matter, draft, given)


def _repeal_of_replaced(
    matter: Matter, document: DocumentId, given: Given, signing: Signing
) -> Decision:
    """The replaced document ends when its successor takes effect (rule 13)."""
    other = matter.adopted[document]
    successor = next(d for d in matter.drafts.values() if document in d.fields.replaces)
    version = other.history.applying(matter.on) or other.history.latest
    content = signing.contents[document, version.number] if version else ()
    return Decision(
        kind=DecisionKind.REPEAL,
        case=matter.case.number,
        document=document,
        version=version.number if version else None,
        unit=other.roles.unit or None,
        content=content,
        content_hash=_hash(content),
        title=other.fields.title,
        type=other.fields.type,
        audience=other.fields.audience,
        record_class=other.fields.record_class or None,
        decided_on=decided_on(matter, given),
        recorded_at=signing.at,
        recorded_by=signing.by,
        effective_from=dates_of(matter, successor, given).effective_from,
        basis=basis_record(matter, given),
        decided_by=_decider(matter, given, signing),
        successor=successor.id,
        second_look=given.second_look,
        product=signing.product,
    )


def _decider(matter: Matter, given: Given, signing: Signing) -> Who:
    """Who decided: the body where there are minutes, else the one who signs."""
    basis = basis_record(matter, given)
    if basis.kind is BasisKind.MINUTES:
        return Who(id=None, name=basis.body or "")
    return signing.by


def _hash(content: tuple[ContentFile, ...]) -> ContentHash:
    return content_hash((file.path, file.sha256) for file in content)
