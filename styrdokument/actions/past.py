"""The demonstration region's past: versions and repeals from before its record, as imports.

They keep their own days and are decided by nobody that the source names (rule 26); all of them
are recorded now, a commit for each day, and `main` is moved over them at once.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from styrdokument import __version__
from styrdokument.actions.house import House
from styrdokument.actions.sample import Ending, Issue, Life
from styrdokument.domain.decisionfile import Basis, BasisKind, Decision, DecisionKind
from styrdokument.domain.document import ROLES, TEXT
from styrdokument.domain.people import Actor, Who
from styrdokument.domain.validity import last_day
from styrdokument.store.chain import Act, Proposal
from styrdokument.store.git import Batch, ObjectId
from styrdokument.store.record import hash_of
from styrdokument.store.sheet import Sheet, read_sheet

SOURCE = {"kind": "demonstration", "name": "Region Exempel"}
PRODUCT = f"styrdokument {__version__}"


def enter_past(house: House, by: Actor, lives: Sequence[Life]) -> None:
    """Enter what the lives hold of the past, and keep their document ids from being reused."""
    drawing = _Drawing(house=house, batch=house.git.batch(), by=house.sign(by), at=house.now())
    days: dict[date, list[Proposal]] = defaultdict(list)
    for life in lives:
        for proposal in drawing.proposals(life):
            days[proposal.decision.decided_on].append(proposal)
    house.record.numbers.keep_clear_of(max(life.document for life in lives))
    with house.record.lock():
        acts = [drawing.act(days[day]) for day in sorted(days)]
        house.record.enter(drawing.batch, *acts, together=True)
    house.index.catch_up()


@dataclass(frozen=True, kw_only=True)
class _Drawing:
    """Draws up decisions of the past; `batch` holds the files that they name."""

    house: House
    batch: Batch
    by: Who
    at: datetime

    def act(self, proposals: Sequence[Proposal]) -> Act:
        """The commit of one day."""
        kinds = {proposal.decision.kind for proposal in proposals}
        kind = DecisionKind.IMPORT if DecisionKind.IMPORT in kinds else DecisionKind.REPEAL
        return Act(kind=kind, by=str(self.by.id), at=self.at, proposals=proposals)

    def proposals(self, life: Life) -> Iterator[Proposal]:
        """A document's versions, and its end."""
        decision = None
        for number, issue in enumerate(life.past, 1):
            files = self._files(issue, life)
            sheet = read_sheet(life.document, issue.text, life.roles, files)
            decision = self._issued(life, number, issue, files, sheet)
            yield Proposal(decision=decision, files=files)
        if life.ending and decision:
            yield Proposal(decision=_repealed(decision, life.ending))

    def _files(self, issue: Issue, life: Life) -> dict[str, ObjectId]:
        texts = {TEXT: issue.text, ROLES: life.roles}
        return {path: self.house.record.put(self.batch, data) for path, data in texts.items()}

    def _issued(
        self, life: Life, number: int, issue: Issue, files: dict[str, ObjectId], sheet: Sheet
    ) -> Decision:
        content = self.house.record.content_of(files)
        months = self.house.registers.types[sheet.fields.type].validity_months
        return Decision(
            kind=DecisionKind.IMPORT,
            document=life.document,
            version=number,
            unit=sheet.roles.unit,
            content=content,
            content_hash=hash_of(content),
            title=sheet.fields.title,
            type=sheet.fields.type,
            audience=sheet.fields.audience,
            record_class=sheet.fields.record_class or None,
            decided_on=issue.day,
            decided_by=None,
            recorded_at=self.at,
            recorded_by=self.by,
            effective_from=issue.day,
            valid_until=last_day(decided_on=issue.day, effective_from=issue.day, months=months),
            basis=Basis(kind=BasisKind.SOURCE),
            significance=issue.significance,
            change_note=issue.change_note,
            source=SOURCE,
            product=PRODUCT,
        )


def _repealed(last: Decision, ending: Ending) -> Decision:
    return replace(
        last,
        kind=DecisionKind.REPEAL,
        decided_on=ending.day,
        effective_from=ending.day,
        valid_until=None,
        significance=None,
        change_note=None,
        reason=ending.reason,
        successor=ending.successor,
    )
