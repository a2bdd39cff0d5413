"""What an import is to do with each document, from what its source has and what is here already.

A document in which something was decided here since is left alone: nothing that was reviewed
gives way to what was not.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from styrdokument.actions.house import House
from styrdokument.actions.imports import terms, tying
from styrdokument.actions.imports.attachments import Attachments
from styrdokument.actions.imports.editions import Edition, Reader, shown
from styrdokument.actions.imports.origins import Here, origins
from styrdokument.actions.imports.remark import Remark
from styrdokument.actions.imports.terms import Term
from styrdokument.domain.document import DocumentId
from styrdokument.domain.problems import Problem, Refused
from styrdokument.store.lineage import Lineage, Stage

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


@dataclass(kw_only=True)
class Plan:
    """What is to be done with one document; a new one gets its id when it is done.

    `read` are its texts, oldest first, and `editions` the versions that they make. `one_with` is
    the plan of which it is a copy, where copies are taken as one. `ends` is the first day that it
    no longer applies, where the source's removal is to be entered.
    """

    lineage: Lineage
    here: Here | None
    document: DocumentId | None
    read: list[Edition] = field(default_factory=list)
    editions: list[Edition] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    problems: tuple[Problem, ...] = ()
    one_with: "Plan | None" = None
    ends: date | None = None

    @property
    def has_news(self) -> bool:
        """Whether anything is to be entered."""
        return bool(self.editions or self.ends)

    @property
    def id(self) -> DocumentId | None:
        """The id that leads to its text."""
        return self.one_with.document if self.one_with else self.document

    @property
    def newest(self) -> Edition:
        """Its newest text."""
        return self.read[-1]


@dataclass(frozen=True, kw_only=True)
class Plans:
    """All plans of an import, and the groups among them whose texts are the same."""

    all: tuple[Plan, ...]
    copies: tuple[tuple[Plan, ...], ...]
    files: Attachments

    def id_of(self, number: int) -> DocumentId | None:
        """The id of a document by its place among the plans."""
        return self.all[number].id


def make_plans(house: House, reader: Reader, lineages: Iterable[Lineage], tell: Tell) -> Plans:
    """A plan for each document that still stands, that is here already, or that the map wants."""
    lineages = tuple(lineages)
    found = origins(house).here(house, reader.source.name, lineages)
    wanted = [
        Plan(lineage=lineage, here=here, document=here.document if here else None)
        for lineage, here in zip(lineages, found, strict=True)
        if lineage.ended is None or here or reader.map.deleted
    ]
    for done, plan in enumerate(wanted):
        tell("read", done, len(wanted))
        _read(reader, plan)
    files = Attachments(reader.source)
    _tie(reader, wanted, files, tell)
    copies = _copies(reader, wanted)
    for plan in wanted:
        _settle(reader, plan)
    _plan_reviews(reader, wanted)
    return Plans(all=tuple(wanted), copies=tuple(copies), files=files)


def _read(reader: Reader, plan: Plan) -> None:
    lineage, here = plan.lineage, plan.here
    if here and (obstacle := _obstacle(reader, lineage, here)):
        plan.remarks.append(Remark(rule=obstacle))
        return
    try:
        plan.read, plan.remarks = reader.read(lineage, _new_stages(lineage, here))
    except Refused as refused:
        plan.problems = refused.problems


def _obstacle(reader: Reader, lineage: Lineage, here: Here) -> str:
    """Why nothing is taken in of a document that is here already, as a remark's rule; or empty."""
    if here.is_copy:
        return "taken_as_one_before"
    if here.stage is None:
        return "history_rewritten"
    has_news = lineage.stages[0] is not here.stage or lineage.ended is not None
    if here.is_changed and has_news and not (lineage.ended and here.is_repealed_by_source):
        return "changed_here"
    return "removed_in_source" if lineage.ended and not reader.map.deleted else ""


def _new_stages(lineage: Lineage, here: Here | None) -> Sequence[Stage]:
    """The stages that are not here, newest first, and the one that is, to be compared with."""
    if here is None or here.stage is None:
        return lineage.stages
    return lineage.stages[: lineage.stages.index(here.stage) + 1]


def _tie(reader: Reader, plans: Sequence[Plan], files: Attachments, tell: Tell) -> None:
    """Settle links among all documents that are here, or will be."""
    read = {number: plan.read for number, plan in enumerate(plans) if plan.read}
    earlier = {number: plans[number].lineage.paths[1:] for number in read}
    tie = tying.Tie(read, earlier, reader.map, files)
    for number, editions in read.items():
        tell("tie", number, len(plans))
        plans[number].read = tie.settled(number, editions)


def _copies(reader: Reader, plans: Sequence[Plan]) -> list[tuple[Plan, ...]]:
    """Groups of new documents with one text; taken as one where the map says so."""
    newest = {
        number: plan.newest for number, plan in enumerate(plans) if plan.read and not plan.here
    }
    groups = [tuple(plans[number] for number in group) for group in tying.copies(newest)]
    for kept, *others in groups if reader.map.are_copies_one else ():
        kept.read[-1] = tying.merged(kept.newest, [other.newest for other in others])
        for other in others:
            other.one_with = kept
            other.remarks.append(_one_with(kept))
    return groups


def _one_with(kept: Plan) -> Remark:
    return Remark(rule="one_with", values={"path": shown(kept.lineage.path)})


def _settle(reader: Reader, plan: Plan) -> None:
    """Which of the texts make versions, and when; for a copy taken with another, none."""
    if not plan.read or plan.one_with:
        return
    lineage, here = plan.lineage, plan.here
    begun = (here.newest.effective_from if here else None) or date.min
    after = here.stage if here else None
    try:
        versions = reader.versions(lineage, plan.read, after=after, floor=begun)
        plan.editions = [tying.composed(edition) for edition in versions]
    except Refused as refused:
        plan.problems = refused.problems
        return
    plan.remarks += [remark for edition in plan.editions for remark in edition.remarks]
    if lineage.ended and not (here and here.is_repealed_by_source):
        last = plan.editions[-1].effective_from if plan.editions else begun
        plan.ends = reader.day_of_end(lineage, last)


def _plan_reviews(reader: Reader, plans: Iterable[Plan]) -> None:
    """The terms that no source says: due at once, or reviewed by a plan, the oldest text first."""
    without = [plan for plan in plans if plan.editions and plan.editions[-1].term is None]
    without.sort(key=lambda plan: (plan.editions[-1].effective_from, plan.lineage.path))
    for plan, term in zip(without, _terms(reader, without), strict=True):
        plan.editions[-1] = replace(plan.editions[-1], term=term)


def _terms(reader: Reader, without: Sequence[Plan]) -> list[Term]:
    if reader.map.stagger:
        days = terms.planned(len(without), today=reader.today, months=reader.map.stagger)
        return [Term(review_on=day, is_planned=True) for day in days]
    return [
        Term() if last.text.said.is_until_further_notice else Term(valid_until=reader.today)
        for last in (plan.editions[-1] for plan in without)
    ]
