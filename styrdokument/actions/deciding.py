"""Deciding a case: one commit on `main`, and then what follows from it.

The order is record.md §4: judge again under the lock, write, move `main`, close the case log,
catch the index up, put the news in the outbox. Every step after the move can be made again from
what stands on `main`; `settle` does so at start.
"""

from collections.abc import Sequence

from styrdokument import __version__
from styrdokument.actions.house import House, Sitting, function_for, sitting
from styrdokument.actions.telling import tell
from styrdokument.domain.case import DECIDES, HAS_TEXT, CaseNumber, Event, Kind, Step
from styrdokument.domain.decisionfile import (
    ISSUES_A_VERSION,
    ContentFile,
    Decision,
    DecisionKind,
    from_bytes,
)
from styrdokument.domain.document import ROLES, DocumentId
from styrdokument.domain.drawing_up import Signing, draw_up
from styrdokument.domain.matter import Given
from styrdokument.domain.people import Actor, Who
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.transitions import take
from styrdokument.store.cases import Held
from styrdokument.store.chain import Act, Proposal
from styrdokument.store.git import ObjectId

PRODUCT = f"styrdokument {__version__}"


def decide(house: House, actor: Actor, number: CaseNumber, given: Given) -> None:
    """Decide the case, durably: when this returns, the decision is on the record for ever.

    Raises Conflict where somebody was before, Refused with every problem, NotFound.
    """
    with sitting(house, actor, number) as now:
        by = house.sign(actor, function_for(now.matter, actor, Step.DECIDE))
        event = take(Step.DECIDE, now.matter, actor, given, by=by, at=now.at)
        _check_successor(house, given)
        decisions = _enter(house, now, given, by)
        _close(house, now.held, event)
        _end_other_cases(house, decisions, by)
    tell(house)


def settle(house: House) -> None:
    """Finish what a stop cut off after `main` had moved: close the logs of decided cases."""
    house.index.catch_up()
    for row in house.index.decided_but_open():
        with house.record.lock():
            held = house.cases.read(CaseNumber(row.number))
            decision = from_bytes(row.file.encode())
            if not held.case.is_open:
                continue
            event = Event(step=Step.DECIDE, by=decision.recorded_by, at=decision.recorded_at)
            _close(house, held, event)
            _end_other_cases(house, [decision], decision.recorded_by)
    house.index.catch_up()
    for number in house.cases.numbers():
        house.cases.mend(number)
    tell(house)


def _enter(house: House, now: Sitting, given: Given, by: Who) -> list[Decision]:
    matter = now.matter
    contents = {d: _content(house, now.held, d) for d in {*matter.drafts, *matter.adopted}}
    signing = Signing(by=by, at=now.at, product=PRODUCT, contents=contents)
    decisions = list(draw_up(matter, given, signing))
    proposals = [
        Proposal(decision=decision, files=_files(house, now.held, decision))
        for decision in decisions
    ]
    act = Act(
        kind=DECIDES[matter.case.kind],
        by=str(by.id),
        at=now.at,
        proposals=proposals,
        case=now.held.case.number,
    )
    house.record.enter(house.git.batch(), act)
    return decisions


def _content(house: House, held: Held, document: DocumentId) -> tuple[ContentFile, ...]:
    """The bytes that are decided on: the draft's, or those of the version that stands."""
    if held.case.kind in HAS_TEXT and document in held.case.contents:
        return house.record.content_of(house.cases.files_of(held, document))
    issued = [
        filed.decision
        for filed in house.record.decisions_of(document)
        if filed.decision.kind in ISSUES_A_VERSION
    ]
    return issued[-1].content if issued else ()


def _files(house: House, held: Held, decision: Decision) -> dict[str, ObjectId | None]:
    """What the decision changes in the document's folder on `main`."""
    document = decision.document
    if document is None or document not in held.case.contents:
        return {}
    if held.case.kind is Kind.ASSIGN:
        return {ROLES: house.cases.files_of(held, document)[ROLES]}
    if held.case.kind not in HAS_TEXT:
        return {}
    gone = dict.fromkeys(house.record.files_of(document), None)
    return {**gone, **house.cases.files_of(held, document)}


def _close(house: House, held: Held, event: Event) -> None:
    house.cases.record(house.git.batch(), held.case.number, event, after=held)


def _end_other_cases(house: House, decisions: Sequence[Decision], by: Who) -> None:
    """An open case on a repealed document is withdrawn in the same act (rule 12)."""
    repealed = {d.document for d in decisions if d.kind is DecisionKind.REPEAL}
    for document in sorted(d for d in repealed if d is not None):
        for row in house.catalogue.open_cases_on(document):
            held = house.cases.read(CaseNumber(row["number"]))
            if held.case.is_open and held.case.number not in {d.case for d in decisions}:
                facts = {"reason": "", "because": "repealed", "document": document}
                event = Event(step=Step.WITHDRAW, by=by, at=house.now(), facts=facts)
                _close(house, held, event)


def _check_successor(house: House, given: Given) -> None:
    if given.successor is None:
        return
    adopted = house.matters.adopted(given.successor)
    if adopted is None or adopted.history.repealed_from is not None:
        raise Refused(Problem(code=Code.BAD_VALUE, field="successor", rule="successor"))
