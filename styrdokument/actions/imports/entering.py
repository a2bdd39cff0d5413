"""From plans to the record: a decision for each version, an act for each commit of the source.

All of it is entered at once or not at all. Nobody is said to have decided it: `decided_by` is
null and the ground is the source (rule 26); who ran the import stands as the one who recorded it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from styrdokument.actions.deciding import PRODUCT
from styrdokument.actions.house import House
from styrdokument.actions.imports.editions import Edition, Reader, shown
from styrdokument.actions.imports.origins import KIND
from styrdokument.actions.imports.planning import Plan, Plans, Tell
from styrdokument.actions.imports.remark import Remark
from styrdokument.actions.imports.terms import Term
from styrdokument.actions.imports.tying import file_of
from styrdokument.domain.decisionfile import Basis, BasisKind, Decision, DecisionKind
from styrdokument.domain.document import ROLES, TEXT, DocumentId
from styrdokument.domain.history import REVIEW_PLANNED
from styrdokument.domain.people import Actor
from styrdokument.store import strictyaml
from styrdokument.store.chain import Act, Proposal
from styrdokument.store.git import ObjectId
from styrdokument.store.lineage import Moment
from styrdokument.store.record import hash_of


def enter(house: House, actor: Actor, reader: Reader, plans: Plans, tell: Tell) -> None:
    """Enter what the plans say, and give new documents their ids; with the lock held."""
    _give_ids(house, [plan for plan in plans.all if plan.editions and plan.document is None])
    entry = _Entry(house, actor, reader, plans)
    proposals: dict[Moment, list[Proposal]] = defaultdict(list)
    for done, plan in enumerate(plans.all):
        tell("enter", done, len(plans.all))
        for moment, proposal in entry.proposals(plan):
            proposals[moment].append(proposal)
    acts = [
        Act(kind=DecisionKind.IMPORT, by=str(actor.id), at=entry.at, proposals=proposals[moment])
        for moment in sorted(proposals, key=lambda moment: -moment.place)
    ]
    if acts:
        house.record.enter(entry.batch, *acts, together=True)


def _give_ids(house: House, plans: list[Plan]) -> None:
    """Ids in the order in which the documents began."""
    if plans:
        plans.sort(key=lambda plan: (-plan.editions[0].stage.moment.place, plan.lineage.path))
        first = house.record.numbers.next_document(len(plans))
        for number, plan in enumerate(plans, first):
            plan.document = DocumentId(number)


class _Entry:
    """What is entered together: at one moment, by one person, in one batch."""

    def __init__(self, house: House, actor: Actor, reader: Reader, plans: Plans) -> None:
        self.house, self.reader, self.plans = house, reader, plans
        self.by, self.at = house.sign(actor), house.now()
        self.batch = house.git.batch()

    def proposals(self, plan: Plan) -> Iterator[tuple[Moment, Proposal]]:
        """The document's decisions in their order, each with the commit that it comes from."""
        if plan.document is None or not plan.has_news:
            return
        newest = plan.here.newest if plan.here else None
        number = plan.here.history.next_number if plan.here else 1
        stand = self.house.record.files_of(plan.document) if plan.here else {}
        for version, edition in enumerate(plan.editions, number):
            files = self._files(plan, plan.document, edition, stand)
            gone: dict[str, ObjectId | None] = dict.fromkeys(stand.keys() - files.keys())
            newest = self._issue(plan, version, edition, files)
            yield edition.stage.moment, Proposal(decision=newest, files={**files, **gone})
            stand = files
        if plan.ends and plan.lineage.ended and newest:
            yield plan.lineage.ended, Proposal(decision=self._repeal(plan, newest))

    def _files(
        self, plan: Plan, document: DocumentId, edition: Edition, stand: Mapping[str, ObjectId]
    ) -> dict[str, ObjectId]:
        """The new text and its appendices; who is who as it stands, or as the source says first."""
        record = self.house.record
        files = {
            name: record.put(self.batch, self.plans.files.data(blob))
            for name, blob in edition.appendices.items()
        }
        files[TEXT] = record.put(self.batch, file_of(edition, document, self.plans.id_of))
        if plan.here:
            return files | {ROLES: stand[ROLES]}
        roles = vars(edition.text.roles)
        plain = {key: list(v) if isinstance(v, tuple) else v for key, v in roles.items()}
        return files | {ROLES: record.put(self.batch, strictyaml.write(plain))}

    def _issue(
        self, plan: Plan, version: int, edition: Edition, files: Mapping[str, ObjectId]
    ) -> Decision:
        content = self.house.record.content_of(files)
        text, term = edition.text, edition.term or Term()
        return Decision(
            kind=DecisionKind.IMPORT,
            document=plan.document,
            version=version,
            unit=self._unit(plan, edition),
            content=content,
            content_hash=hash_of(content),
            title=text.title,
            type=text.type,
            audience=str(text.fields["audience"]),
            record_class=str(text.fields.get("record_class") or "") or None,
            decided_on=edition.effective_from,
            recorded_at=self.at,
            recorded_by=self.by,
            effective_from=edition.effective_from,
            valid_until=term.valid_until,
            review_on=term.review_on,
            basis=Basis(kind=BasisKind.SOURCE),
            decided_by=None,
            source=self._source(edition.stage.moment, edition.stage.path),
            facts=tuple(map(_fact, (*edition.remarks, *_plan_of(term)))),
            product=PRODUCT,
        )

    def _repeal(self, plan: Plan, newest: Decision) -> Decision:
        """The document was removed in the source, and ends here with it."""
        ended = plan.lineage.ended
        return Decision(
            kind=DecisionKind.REPEAL,
            document=newest.document,
            version=newest.version,
            unit=newest.unit,
            content=newest.content,
            content_hash=newest.content_hash,
            title=newest.title,
            type=newest.type,
            audience=newest.audience,
            record_class=newest.record_class,
            decided_on=plan.ends or self.at.date(),
            recorded_at=self.at,
            recorded_by=self.by,
            effective_from=plan.ends,
            basis=Basis(kind=BasisKind.SOURCE),
            decided_by=None,
            source=self._source(ended, plan.lineage.path) if ended else None,
            product=PRODUCT,
        )

    def _unit(self, plan: Plan, edition: Edition) -> str | None:
        if plan.here:
            files = self.house.record.files_of(plan.here.document)
            return self.house.matters.sheet(plan.here.document, files).roles.unit or None
        return edition.text.roles.unit or None

    def _source(self, moment: Moment, path: str) -> dict[str, str]:
        name = self.reader.source.name
        return {"kind": KIND, "repository": name, "path": shown(path), "commit": moment.commit}


def _plan_of(term: Term) -> Iterator[Remark]:
    """That the day of review is a plan is a fact: the text is due until then (decision 0011)."""
    if term.is_planned:
        yield Remark(rule=REVIEW_PLANNED, values={"day": term.review_on})


def _fact(remark: Remark) -> dict[str, str]:
    return {"remark": remark.rule, **{key: str(value) for key, value in remark.values.items()}}
