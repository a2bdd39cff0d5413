"""A push that was let in is told to its case: the event is the commit point, the branch follows.

Every push is a save by whoever is signed in, whatever its author fields say (rule 17).
"""

from typing import Any

from styrdokument.actions.house import House
from styrdokument.actions.opening import open_on
from styrdokument.actions.pushes.judging import Draft, judge
from styrdokument.domain.case import CaseNumber, Event, Step
from styrdokument.domain.people import Actor
from styrdokument.domain.pushing import Command, Options
from styrdokument.store.cases import Entry
from styrdokument.store.incoming import Brought

VIA = "git"


def receive(
    house: House, actor: Actor, command: Command, options: Options, brought: Brought
) -> CaseNumber:
    """Judge again with the lock held, let in what was brought, and write.

    Raises Refused and Conflict; then nothing was let in for this.
    """
    with house.record.lock():
        house.index.catch_up()  # it may lag behind who had the lock before
        draft = judge(house, actor, command, options, brought.quarantine)
        brought.let_in()
        if draft.contents:
            number = _record(house, actor, draft)
        else:
            number = open_on(house, actor, draft.kind, draft.documents)
    house.index.catch_up()
    return number


def _record(house: House, actor: Actor, draft: Draft) -> CaseNumber:
    arrived, held = draft.arrived, draft.held
    house.git.make_last()  # what is pushed stays in its pack, as the record's settings say
    number = held.case.number if held else house.record.numbers.next_case()
    facts = {
        "contents": {str(document): content for document, content in draft.contents.items()},
        "bases": {str(document): base for document, base in draft.bases.items()},
    }
    saved = Entry(event=_event(house, actor, Step.SAVE, facts), tip=arrived.tip, base=arrived.base)
    entries = [saved] if held else [_opening(house, actor, draft), saved]
    house.cases.record_all(house.git.batch(), number, *entries, after=held)
    house.reservations.use(draft.contents)
    return number


def _opening(house: House, actor: Actor, draft: Draft) -> Entry:
    """The event that opens the case as the web would: on what stands, before the save."""
    standing = {document: house.matters.adopted(document) for document in draft.contents}
    documents = [
        {
            "id": document,
            "content_hash": adopted.content_hash if adopted else draft.contents[document],
            "base_version": draft.bases[document],
        }
        for document, adopted in standing.items()
    ]
    facts = {"kind": str(draft.kind), "branch": draft.branch, "documents": documents}
    base = draft.arrived.base
    return Entry(event=_event(house, actor, Step.OPEN, facts), tip=base, base=base)


def _event(house: House, actor: Actor, step: Step, facts: dict[str, Any]) -> Event:
    return Event(step=step, by=house.sign(actor), at=house.now(), facts=facts, via=VIA)
