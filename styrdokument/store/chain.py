"""How decisions become commits on `main`: sealed into the chain, and signed.

The chain runs through every decision file (`seq`, `previous_record`) and through each folder's own
(`previous_document`); both are filled in here and nowhere else.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from styrdokument.domain.case import CaseNumber
from styrdokument.domain.decisionfile import Decision, DecisionKind, to_bytes
from styrdokument.domain.document import folder_of
from styrdokument.store.evidence import NAMESPACE_DECISION, NAMESPACE_GIT, Signer
from styrdokument.store.git import Batch, ObjectId

DECISIONS = "decisions/"
REGISTERS = "registers"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A decision not yet on the record, and the files that it sets below its own folder.

    `files` maps a path to a blob; None takes the file away. The seq and the chain are filled in
    when the decision is entered.
    """

    decision: Decision
    files: Mapping[str, ObjectId | None] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The folder that the decision is about."""
        document = self.decision.document
        return REGISTERS if document is None else folder_of(document)


@dataclass(frozen=True, kw_only=True)
class Act:
    """What becomes one commit: decisions made together, by one person, at one moment."""

    kind: DecisionKind
    by: str
    at: datetime
    proposals: Sequence[Proposal]
    case: CaseNumber | None = None
    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class Link:
    """How many decisions a folder (or the record) has, and the SHA-256 of the last."""

    count: int = 0
    sha256: str | None = None


class Chain:
    """The end of `main` while acts are added to it, in memory until the batch is flushed.

    `earlier` answers the link that a folder's decisions on the record end with.
    """

    def __init__(
        self,
        batch: Batch,
        signer: Signer,
        *,
        head: ObjectId | None,
        last: Link,
        earlier: Callable[[str], Link],
    ) -> None:
        """At the end of `head`, whose last decision is `last`."""
        self.head = head
        self._batch, self._signer = batch, signer
        self._last, self._earlier = last, earlier
        self._links: dict[str, Link] = {}

    def add(self, act: Act) -> None:
        """One more commit at the end."""
        changes: dict[str, ObjectId | None] = {}
        sealed = []
        for proposal in sorted(act.proposals, key=lambda p: p.decision.document or 0):
            changes |= {f"{proposal.folder}/{path}": blob for path, blob in proposal.files.items()}
            sealed.append(self._seal(proposal, changes))
        self.head = self._batch.commit(
            self._batch.tree(self.head, changes),
            parents=(self.head,) if self.head else (),
            author=act.by,
            at=act.at,
            message=_message(act, sealed),
            sign=lambda payload: self._signer.sign(payload, NAMESPACE_GIT),
        )

    def _seal(self, proposal: Proposal, changes: dict[str, ObjectId | None]) -> Decision:
        """Give the decision its place in the chain and its signature; add both to `changes`."""
        folder = proposal.folder
        link = self._links.get(folder) or self._earlier(folder)
        decision = replace(
            proposal.decision,
            seq=self._last.count + 1,
            previous_record=self._last.sha256,
            previous_document=link.sha256,
        )
        data = to_bytes(decision)
        sha256 = hashlib.sha256(data).hexdigest()
        self._last = Link(count=decision.seq, sha256=sha256)
        self._links[folder] = Link(count=link.count + 1, sha256=sha256)
        path = f"{folder}/{DECISIONS}{link.count + 1:04d}.json"
        changes[path] = self._batch.blob(data)
        changes[f"{path}.sig"] = self._batch.blob(self._signer.sign(data, NAMESPACE_DECISION))
        return decision


def trailers(decisions: Sequence[Decision]) -> str:
    """The lines that end a commit's message: seq, case and documents (record.md §2)."""
    lines = [f"Decision: {d.seq}" for d in decisions]
    lines += [f"Case: {case}" for case in sorted({d.case for d in decisions if d.case})]
    lines += [f"Document: {d.document} v{d.version}" for d in decisions if d.document]
    return "".join(f"{line}\n" for line in lines)


def _subject(kind: DecisionKind, decisions: Sequence[Decision]) -> str:
    if len(decisions) != 1 or decisions[0].document is None:
        return f"{kind}: {len(decisions)} documents"
    one = decisions[0]
    title = " ".join((one.title or "").split())
    return f"{kind}: {title} ({one.document}), version {one.version}"


def _message(act: Act, decisions: Sequence[Decision]) -> str:
    return f"{act.subject or _subject(act.kind, decisions)}\n\n{trailers(decisions)}"
