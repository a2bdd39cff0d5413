"""The news of decisions and cases, put in the outbox once for each, whatever was cut off.

Sending is another's work; a row stays until it is sent.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from styrdokument.actions.house import House
from styrdokument.actions.letters.news import RETURNED, TURN, WITHDRAWN
from styrdokument.domain.case import CaseNumber, Event, State, Step
from styrdokument.domain.decisionfile import BasisKind, Decision, DecisionKind
from styrdokument.domain.matter import Matter
from styrdokument.domain.people import Entry
from styrdokument.domain.problems import NotFound
from styrdokument.domain.tasks import PASSES_THE_TURN, participants, whose_turn
from styrdokument.domain.vacancy import people_behind

CURSOR = "decisions"
CASES = "cases"
"""The cursor that says up to which second cases have been looked at."""
BEGINS_A_ROUND = frozenset({Step.OPEN, Step.SUBMIT, Step.RETURN, Step.ENTER_MINUTES})
"""The steps after which somebody who was told before is told again."""
NEWS = frozenset(
    {DecisionKind.ADOPT, DecisionKind.EXTEND, DecisionKind.CORRECT, DecisionKind.REPEAL}
)


def tell(house: House) -> None:
    """Bring the outbox to where the record is."""
    told = house.journal.told_up_to(CURSOR)
    decisions = house.index.decisions_after(told)
    if decisions:
        news = [row for decision in decisions for row in _news(house, decision)]
        house.journal.put_in_outbox(CURSOR, decisions[-1].seq, news)


def tell_of_cases(house: House) -> None:
    """Put in the outbox whose turn it is, in the cases that have changed since it was last done.

    The first time nobody is told anything: what has waited long is no news.
    """
    told = house.journal.told_up_to(CASES)
    if not told:
        house.journal.put_in_outbox(CASES, int(house.now().timestamp()), ())
        return
    since = datetime.fromtimestamp(told, UTC) - timedelta(seconds=1)
    if since > house.now():  # by a clock that ran ahead; what was told before is not told again
        since = house.now() - timedelta(days=1)
    rows = house.watch.cases_since(since)
    if rows:
        news = [one for row in rows for one in _case_news(house, CaseNumber(row["number"]))]
        house.journal.put_in_outbox(CASES, int(rows[-1]["changed_at"].timestamp()), news)


def _case_news(house: House, number: CaseNumber) -> Iterator[Mapping[str, Any]]:
    """A row for each whose turn it has become, or who took part in what was withdrawn."""
    try:
        held = house.cases.read(number)
        matter = house.matters.of(held, on=house.today)
    except NotFound:
        return
    passing = [event for event in held.events if event.taken in PASSES_THE_TURN]
    if not passing:
        return
    is_withdrawn = matter.case.state is State.WITHDRAWN
    entries = participants(matter) if is_withdrawn else whose_turn(matter)
    rounds = sum(event.taken in BEGINS_A_ROUND for event in passing)
    kind = WITHDRAWN if is_withdrawn else TURN
    kind = RETURNED if passing[-1].step is Step.RETURN else kind
    for person in _here(house, matter, entries, passing[-1]):
        own = sum(e.step is Step.APPROVE and e.by.id == person for e in held.events)
        yield {
            "happening": f"case:{number}:{rounds}:{own}",
            "recipient": person,
            "kind": kind,
            "at": passing[-1].at,
            "sent_at": None,
        }


def _here(house: House, matter: Matter, entries: tuple[Entry, ...], last: Event) -> list[str]:
    """The people behind entries who have not left, but for whoever took the last step."""
    people = people_behind(matter.registers, entries, on=house.today)
    return sorted(house.directory.here(people) - ({last.by.id} if last.by.id else set()))


def _news(house: House, decision: Decision) -> Iterator[Mapping[str, Any]]:
    """A row for case officer and fact owner: they are told what was decided, not imported."""
    document, is_past = decision.document, decision.basis.kind is BasisKind.SOURCE
    if decision.kind not in NEWS or document is None or is_past:
        return
    roles = house.matters.sheet(document, house.record.files_of(document)).roles
    people = {
        person
        for entry in (roles.case_officer, roles.fact_owner)
        for person in house.registers.holders(entry, on=house.today)
    }
    for person in sorted(people):
        yield {
            "happening": f"decision:{decision.seq}",
            "recipient": person,
            "kind": str(decision.kind),
            "at": decision.recorded_at,
            "sent_at": None,
        }
