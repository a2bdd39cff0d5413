"""The news of decisions, put in the outbox once for each who is to know, whatever was cut off.

Sending is another's work; a row stays until it is sent.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from styrdokument.actions.house import House
from styrdokument.domain.decisionfile import BasisKind, Decision, DecisionKind

CURSOR = "decisions"
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
