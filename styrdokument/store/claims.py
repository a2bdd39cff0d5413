"""What a decision file claims, held against what stands in the repository beside it.

Nothing is believed that is not computed again. Every claim that record.md makes of a decision is
a row in `_claims` or a function of its own here; `verify` walks the commits.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from styrdokument.domain.decisionfile import (
    ISSUES_A_VERSION,
    BasisKind,
    Decision,
    DecisionKind,
    Meaning,
)
from styrdokument.domain.document import HIGHEST_ID, LOWEST_ID, content_hash, folder_of
from styrdokument.domain.drawing_up import BOARDS_TEXT
from styrdokument.store import evidence
from styrdokument.store.chain import DECISIONS, REGISTERS
from styrdokument.store.git import Commit, Damaged, Git, Missing, ObjectId
from styrdokument.store.numbers import SERVICE
from styrdokument.store.record import Filed, without_decisions

ABOUT_REGISTERS = frozenset({DecisionKind.REGISTER, DecisionKind.INIT})
_HASH = re.compile("[0-9a-f]{64}")
SETS_FILES = ISSUES_A_VERSION | ABOUT_REGISTERS


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is not as it was written: the commit, the file or decision, and what."""

    commit: str
    place: str
    what: str


@dataclass
class Walk:
    """Where a walk along `main` has come: the end of the chain, and of each folder's.

    `issued` holds the content hash of every version so far, by folder and number.
    """

    signers: tuple[evidence.AllowedSigner, ...] = ()
    seq: int = 0
    last: str | None = None
    folders: dict[str, tuple[int, str]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    issued: dict[tuple[str, int | None], str] = field(default_factory=dict)
    measured: dict[str, tuple[str, int] | None] = field(default_factory=dict)


def remarks_on(commit: Commit, filed: Filed) -> Iterator[Finding]:
    """What an auditor is to know of a decision that holds: here, that a board changed the text.

    The earlier text is no part of the record: that it was what they approved, they and the log say.
    """
    decision = filed.decision
    for fact in _boards_facts(decision):
        reviewed = fact.get("reviewed", "")
        gave = [str(a.by.id) for a in decision.approvals if a.content_hash == reviewed]
        words = (
            "the board changed the text: "
            f"approved by {', '.join(gave) or 'nobody'} was {reviewed}, "
            f"decided is {decision.content_hash}; entered by {fact.get('entered_by', '')}, "
            f"attested by {', '.join(fact.get('attested_by', '').split())}"
        )
        yield _found(commit, filed.path, words)


def folder_about(decision: Decision) -> str:
    """The folder that a decision is about."""
    return REGISTERS if decision.document is None else folder_of(decision.document)


def check_decision(git: Git, commit: Commit, walk: Walk, filed: Filed) -> Iterator[Finding]:
    """Hold one decision against the commit that added it, and move the walk past it.

    Raises TypeError and the like where a value has not the kind that the format says.
    """
    decision, folder = filed.decision, folder_about(filed.decision)
    told = [what for what, holds in _claims(commit, walk, filed).items() if not holds]
    told += [*_of_signature(git, commit, walk, filed), *_of_approvals(decision)]
    told += _of_a_board(decision)
    told += _of_version(walk, folder, decision)
    yield from (_found(commit, filed.path, what) for what in told)
    yield from _of_content(git, commit, walk, folder, decision)
    sha256 = hashlib.sha256(filed.data).hexdigest()
    count, _ = walk.folders.get(folder, (0, ""))
    walk.seq, walk.last = decision.seq, sha256
    walk.folders[folder] = (count + 1, sha256)


def _claims(commit: Commit, walk: Walk, filed: Filed) -> Mapping[str, bool]:
    """What must hold, under the words for when it does not."""
    decision, folder = filed.decision, folder_about(filed.decision)
    count, previous = walk.folders.get(folder, (0, None))
    is_init = decision.kind is DecisionKind.INIT
    known = decision.document is None or LOWEST_ID <= decision.document <= HIGHEST_ID
    return {
        "is not where it belongs": filed.path == f"{folder}/{DECISIONS}{count + 1:04d}.json",
        "seq is out of order": decision.seq == walk.seq + 1,
        "previous_record is wrong": decision.previous_record == walk.last,
        "previous_document is wrong": decision.previous_document == previous,
        "document is no possible id": known,
        "kind does not fit": (decision.document is None) == (decision.kind in ABOUT_REGISTERS)
        and is_init == (walk.seq == 0),
        "author is another": _names_in(commit) == {str(decision.recorded_by.id or SERVICE)},
        "recorded_at is another moment than the commit's": commit.at == decision.recorded_at,
    }


def _names_in(commit: Commit) -> set[str]:
    """The ids of author and committer; whoever has another address than ours is shown with it."""
    headers = commit.payload.partition(b"\n\n")[0].decode("utf-8", "replace").split("\n")
    lines = [h.partition(" ")[2] for h in headers if h.startswith(("author ", "committer "))]
    people = {line.rpartition(">")[0] for line in lines}
    return {
        name if address == f"{name}@record.invalid" else f"{name} <{address}>"
        for name, _, address in (person.partition(" <") for person in people)
    }


def _of_signature(git: Git, commit: Commit, walk: Walk, filed: Filed) -> Iterator[str]:
    blob = git.find(commit.id, f"{filed.path}.sig")
    try:
        evidence.check(
            filed.data,
            git.blob(blob) if blob else b"",
            namespace=evidence.NAMESPACE_DECISION,
            signers=walk.signers,
            at=commit.at,
        )
    except evidence.BadSignature as error:
        yield f"signature: {error}"


def _of_version(walk: Walk, folder: str, decision: Decision) -> Iterator[str]:
    """Numbers rise by one; what issues no version is about the content of one that was issued."""
    is_correction = decision.kind is DecisionKind.CORRECT
    earlier = (folder, decision.corrects) in walk.issued
    if earlier != is_correction or (decision.corrects is None) == is_correction:
        yield "corrects is wrong"
    if decision.kind in ISSUES_A_VERSION:
        if decision.version != walk.versions.get(folder, 0) + 1:
            yield "version is out of order"
        walk.versions[folder] = decision.version or 0
        walk.issued[folder, decision.version] = decision.content_hash
    elif decision.kind in ABOUT_REGISTERS:
        return
    elif walk.issued.get((folder, decision.version)) != decision.content_hash:
        yield "is about another content than its version's"


def _of_content(
    git: Git, commit: Commit, walk: Walk, folder: str, decision: Decision
) -> Iterator[Finding]:
    """The content is what it says, and is what stands in the folder where the decision sets it."""
    if content_hash((f.path, f.sha256) for f in decision.content) != decision.content_hash:
        yield _found(commit, folder, "content_hash is wrong")
    for file in decision.content:
        if _measure(git, walk, file.git) != (file.sha256, file.size):
            yield _found(commit, f"{folder}/{file.path}", "is not what was decided")
    if decision.kind in SETS_FILES:
        standing = without_decisions(git.files(commit.id, folder))
        if sorted(standing.items()) != sorted((f.path, f.git) for f in decision.content):
            yield _found(commit, folder, "holds other files than were decided")


def _of_approvals(decision: Decision) -> Iterator[str]:
    """Nobody's yes stands under another text, and no writer approved or decided.

    Where a board changed the text, a review may be of the one that was put to it (rule 20).
    """
    issues = decision.kind in ISSUES_A_VERSION
    put_to_a_board = {fact.get("reviewed") for fact in _boards_facts(decision)}
    for approval in decision.approvals:
        who = f"approval by {approval.by.id}"
        earlier = put_to_a_board if approval.meaning is Meaning.REVIEWED else set()
        if approval.content_hash not in {decision.content_hash} | earlier:
            yield f"{who} is of another text"
        if issues and approval.base_version != (decision.version or 0) - 1:
            yield f"{who} is of another base"
        if approval.by.id in decision.contributors:
            yield f"{who}, who wrote the text"
    if decision.decided_by and decision.decided_by.id in decision.contributors:
        yield "decided by one who wrote the text"


def _of_a_board(decision: Decision) -> Iterator[str]:
    """A board's own text is a board's, and another than the registrar attested it (rule 20)."""
    facts = _boards_facts(decision)
    if not facts:
        return
    said, writers = facts[0], set(decision.contributors)
    entered_by, reviewed = said.get("entered_by"), said.get("reviewed", "")
    attests = [a for a in decision.approvals if a.meaning is Meaning.ATTESTED]
    attesters = {str(attest.by.id) for attest in attests}
    claims = {
        "says twice that a board changed the text": len(facts) == 1,
        "is changed by a board, but decided by none": decision.basis.kind is BasisKind.MINUTES
        and decision.kind in {DecisionKind.ADOPT, DecisionKind.CORRECT},
        "is changed by a board, but from no other text": bool(_HASH.fullmatch(reviewed))
        and reviewed != decision.content_hash,
        "is changed by a board, but nobody entered it": entered_by in writers
        and entered_by in {who.id for who in decision.participants},
        "is changed by a board, but no other attested it": bool(attesters)
        and attesters == set(said.get("attested_by", "").split())
        and not attesters & writers,
    }
    yield from (what for what, holds in claims.items() if not holds)


def _boards_facts(decision: Decision) -> list[Mapping[str, str]]:
    return [fact for fact in decision.facts if fact.get("remark") == BOARDS_TEXT]


def _measure(git: Git, walk: Walk, blob: str) -> tuple[str, int] | None:
    """SHA-256 and size of a blob; None where it cannot be read."""
    if blob not in walk.measured:
        try:
            data = git.blob(ObjectId(blob))
        except (Damaged, Missing):
            walk.measured[blob] = None
        else:
            walk.measured[blob] = (hashlib.sha256(data).hexdigest(), len(data))
    return walk.measured[blob]


def _found(commit: Commit, place: str, what: str) -> Finding:
    return Finding(commit=commit.id, place=place, what=what)
