"""What came from a source before, and which of its documents that is.

A commit and a path together name one text in all the world, so they tell a document again though
the source has been moved, renamed or cloned. Former ids tell one whose history was written anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from styrdokument.actions.house import House
from styrdokument.actions.imports.editions import former_id, shown
from styrdokument.domain.decisionfile import ISSUES_A_VERSION, BasisKind, Decision, DecisionKind
from styrdokument.domain.document import DocumentId
from styrdokument.domain.history import history_of
from styrdokument.domain.validity import History
from styrdokument.store.lineage import Lineage, Stage

KIND = "git"
TAKEN_AS_ONE = "taken_as_one"
"""The fact that tells of a copy: its path and its commit."""
_SETTLES = ISSUES_A_VERSION | {DecisionKind.EXTEND, DecisionKind.REPEAL}


@dataclass(frozen=True, kw_only=True)
class Here:
    """A document as it is here; `stage` is the newest of its source that is, if any is.

    `is_copy`: it was taken as one with another, whose id it has.
    """

    document: DocumentId
    decisions: tuple[Decision, ...]
    stage: Stage | None
    is_copy: bool = False

    @property
    def history(self) -> History:
        """Its versions in time."""
        return history_of(self.decisions)

    @property
    def newest(self) -> Decision:
        """The decision that issued its newest version."""
        return [one for one in self.decisions if one.kind in ISSUES_A_VERSION][-1]

    @property
    def is_changed(self) -> bool:
        """Whether something was decided here since it was imported last; roles do not count."""
        last = [one for one in self.decisions if one.kind in _SETTLES][-1]
        return last.kind is not DecisionKind.IMPORT

    @property
    def is_repealed_by_source(self) -> bool:
        """Whether an import ended it."""
        last = [one for one in self.decisions if one.kind in _SETTLES][-1]
        return last.kind is DecisionKind.REPEAL and last.basis.kind is BasisKind.SOURCE


@dataclass(frozen=True)
class Origins:
    """All imported documents, by commit and path."""

    documents: Mapping[tuple[str, str], DocumentId] = field(default_factory=dict)
    copies: Mapping[tuple[str, str], DocumentId] = field(default_factory=dict)
    decisions: Mapping[DocumentId, tuple[Decision, ...]] = field(default_factory=dict)

    def here(self, house: House, repository: str, lineages: Iterable[Lineage]) -> list[Here | None]:
        """What each of the lineages is here, in their order."""
        found = [self._by_commit(lineage) for lineage in lineages]
        taken = {here.document for here in found if here}
        return [
            here or self._by_former_id(house, repository, lineage, taken)
            for here, lineage in zip(found, lineages, strict=True)
        ]

    def _by_commit(self, lineage: Lineage) -> Here | None:
        for stage in lineage.stages:
            place = stage.moment.commit, shown(stage.path)
            document = self.documents.get(place) or self.copies.get(place)
            if document is not None:
                return Here(
                    document=document,
                    decisions=self.decisions[document],
                    stage=stage,
                    is_copy=place not in self.documents,
                )
        return None

    def _by_former_id(
        self, house: House, repository: str, lineage: Lineage, taken: set[DocumentId]
    ) -> Here | None:
        document = house.catalogue.former(former_id(repository, lineage.path))
        if document is None or document in taken or document not in self.decisions:
            return None
        return Here(document=document, decisions=self.decisions[document], stage=None)


def origins(house: House) -> Origins:
    """What the record says of imports from git."""
    documents: dict[tuple[str, str], DocumentId] = {}
    copies: dict[tuple[str, str], DocumentId] = {}
    by_document: dict[DocumentId, list[Decision]] = defaultdict(list)
    for decision in house.index.decisions_after(0):
        if decision.document is None:
            continue
        source = decision.source or {}
        is_ours = source.get("kind") == KIND and decision.kind is DecisionKind.IMPORT
        if is_ours:
            documents[source["commit"], source["path"]] = decision.document
            ones = (fact for fact in decision.facts if fact.get("remark") == TAKEN_AS_ONE)
            copies |= {(one["commit"], one["path"]): decision.document for one in ones}
        if is_ours or decision.document in by_document:
            by_document[decision.document].append(decision)
    return Origins(documents, copies, {d: tuple(made) for d, made in by_document.items()})
