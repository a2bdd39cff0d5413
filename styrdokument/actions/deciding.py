"""Deciding a case: one commit on `main`, and then what follows from it.

The order is record.md §4: judge again under the lock, write, move `main`, close the case log,
catch the index up, put the news in the outbox. Every step after the move can be made again from
what stands on `main`; `settle` does so at start.
"""

from collections.abc import Iterator
from dataclasses import replace

from styrdokument import __version__
from styrdokument.actions.house import House, Sitting, check_clock, function_for, sitting
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
from styrdokument.domain.problems import Code, Problem
from styrdokument.domain.transitions import take
from styrdokument.store import unfinished
from styrdokument.store.cases import Held
from styrdokument.store.chain import Act, Proposal
from styrdokument.store.git import ObjectId

Content = tuple[ContentFile, ...]
PRODUCT = f"styrdokument {__version__}"


def decide(house: House, actor: Actor, number: CaseNumber, given: Given) -> None:
    """Decide the case, durably: when this returns, the decision is on the record for ever.

    Raises Conflict where somebody was before, Refused with every problem, NotFound.
    """
    actor = house.live(actor)
    with sitting(house, actor, number) as now:
        check_clock(house, now.at)
        by = house.sign(actor, function_for(now.matter, actor, Step.DECIDE))
        given = replace(given, problems=(*given.problems, *_successor_problems(house, given)))
        event = take(Step.DECIDE, now.matter, actor, given, by=by, at=now.at)
        decisions = _enter(house, now, given, by)
        _close(house, now.held, event)
        if any(decision.kind is DecisionKind.REPEAL for decision in decisions):
            _end_cases_on_repealed(house)
    tell(house)


def settle(house: House) -> None:
    """Finish what a stop cut off after `main` had moved, and bring all that follows to it.

    No number that is in use is given again, whatever became of those that were kept.
    """
    with house.record.lock():
        house.index.catch_up()
        for row in unfinished.decided_but_open(house.index.engine):
            held = house.cases.read(CaseNumber(row.number))
            if held.case.is_open:
                decision = from_bytes(row.file.encode())
                event = Event(step=Step.DECIDE, by=decision.recorded_by, at=decision.recorded_at)
                _close(house, held, event)
        _end_cases_on_repealed(house)
        _mend_drafts(house)
        case, document = unfinished.highest_numbers(house.index.engine)
        house.record.numbers.keep_clear_of(document, case=case)
    house.index.catch_up()
    tell(house)


def _enter(house: House, now: Sitting, given: Given, by: Who) -> list[Decision]:
    matter = now.matter
    signing = Signing(by=by, at=now.at, product=PRODUCT, contents=_contents(house, now))
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


def _contents(house: House, now: Sitting) -> dict[tuple[DocumentId, int], Content]:
    """The content of every version that stands, and of those that are to be."""
    matter, contents = now.matter, {}
    for document in matter.adopted:
        for decision in (filed.decision for filed in house.record.decisions_of(document)):
            if decision.kind in ISSUES_A_VERSION and decision.version:
                contents[document, decision.version] = decision.content
    if matter.case.kind in HAS_TEXT:
        for document in matter.drafts:
            files = house.cases.files_of(now.held, document)
            contents[document, matter.latest(document) + 1] = house.record.content_of(files)
    return contents


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


def _end_cases_on_repealed(house: House) -> None:
    """An open case on a repealed document is withdrawn in the same act (rule 12)."""
    house.index.catch_up()
    for row in unfinished.open_but_repealed(house.index.engine):
        held = house.cases.read(CaseNumber(row.number))
        if held.case.is_open:
            by = from_bytes(row.file.encode()).recorded_by
            facts = {"reason": "", "because": "repealed", "document": row.document}
            event = Event(step=Step.WITHDRAW, by=by, at=house.now(), facts=facts)
            _close(house, held, event)


def _mend_drafts(house: House) -> None:
    """Draft branches follow their logs. A closed case has none, so only what is left is looked for.

    There are few open cases and in time very many closed ones.
    """
    numbers = unfinished.open_cases(house.index.engine)
    branches = {house.cases.mend(CaseNumber(number)) for number in numbers}
    if house.cases.branches() - branches:
        for number in house.cases.numbers():
            house.cases.mend(number)


def _successor_problems(house: House, given: Given) -> Iterator[Problem]:
    """A successor is a document that stands."""
    adopted = house.matters.adopted(given.successor) if given.successor else None
    if given.successor and (adopted is None or adopted.history.repealed_from is not None):
        yield Problem(code=Code.BAD_VALUE, field="successor", rule="successor")
