"""What an import is to do with each document, from what its source has and what is here already.

A document in which something was decided here since is left alone: nothing that was reviewed
gives way to what was not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from styrdokument.actions.house import House
from styrdokument.actions.imports.conversion import Remark
from styrdokument.actions.imports.editions import Edition, Reader
from styrdokument.actions.imports.origins import Here, origins
from styrdokument.domain.document import DocumentId
from styrdokument.domain.problems import Problem, Refused
from styrdokument.store.lineage import Lineage


@dataclass(kw_only=True)
class Plan:
    """What is to be done with one document; a new one gets its id when it is done.

    `ends` is the first day that it no longer applies, where the source's removal is to be entered.
    """

    lineage: Lineage
    here: Here | None
    document: DocumentId | None
    editions: list[Edition] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    problems: tuple[Problem, ...] = ()
    ends: date | None = None

    @property
    def has_news(self) -> bool:
        """Whether anything is to be entered."""
        return bool(self.editions or self.ends)


def make_plans(house: House, reader: Reader, lineages: Iterable[Lineage]) -> list[Plan]:
    """A plan for each document that still stands, that is here already, or that the map wants."""
    lineages = tuple(lineages)
    found = origins(house).here(house, reader.source.name, lineages)
    return [
        _plan(reader, lineage, here)
        for lineage, here in zip(lineages, found, strict=True)
        if lineage.ended is None or here or reader.map.deleted
    ]


def _plan(reader: Reader, lineage: Lineage, here: Here | None) -> Plan:
    plan = Plan(lineage=lineage, here=here, document=here.document if here else None)
    if here and (obstacle := _obstacle(reader, lineage, here)):
        plan.remarks.append(Remark(rule=obstacle))
        return plan
    try:
        _read(reader, plan)
    except Refused as refused:
        plan.problems = refused.problems
    return plan


def _obstacle(reader: Reader, lineage: Lineage, here: Here) -> str:
    """Why nothing is taken in of a document that is here already, as a remark's rule; or empty."""
    if here.stage is None:
        return "history_rewritten"
    has_news = lineage.stages[0] is not here.stage or lineage.ended is not None
    if here.is_changed and has_news and not (lineage.ended and here.is_repealed_by_source):
        return "changed_here"
    return "removed_in_source" if lineage.ended and not reader.map.deleted else ""


def _read(reader: Reader, plan: Plan) -> None:
    lineage, here = plan.lineage, plan.here
    after = here.stage if here else None
    stages = lineage.stages[: lineage.stages.index(after)] if after else lineage.stages
    begun = (here.newest.effective_from if here else None) or date.min
    plan.editions, plan.remarks = reader.editions(lineage, stages, after=after, floor=begun)
    plan.remarks += [remark for edition in plan.editions for remark in edition.remarks]
    if lineage.ended and not (here and here.is_repealed_by_source):
        last = plan.editions[-1].effective_from if plan.editions else begun
        plan.ends = reader.day_of_end(lineage, last)
