"""Whether a record is whole: chain, sequence, signatures, hashes and linearity, from a clone alone.

Every commit of `main` is walked from the first; nothing is believed that is not computed again.
Trust begins with the first commit's own `registers/signers`, or with signers given from outside.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from styrdokument.domain.decisionfile import ISSUES_A_VERSION, Decision, DecisionKind, from_bytes
from styrdokument.domain.document import ROLES, content_hash, folder_of
from styrdokument.store import evidence
from styrdokument.store.chain import DECISIONS, REGISTERS
from styrdokument.store.git import Change, Commit, Damaged, Git, Missing, ObjectId
from styrdokument.store.record import MAIN, is_decision, without_decisions

SIGNERS = "registers/signers"
SETS_FILES = ISSUES_A_VERSION | {DecisionKind.REGISTER, DecisionKind.INIT}
ON_THE_TEXT = frozenset({DecisionKind.ADOPT, DecisionKind.CORRECT})


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is not as it was written: the commit, the file or decision, and what."""

    commit: str
    place: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a verification found; no findings is a whole record."""

    findings: tuple[Finding, ...]
    commits: int
    decisions: int
    head: str


@dataclass
class _Walk:
    """Where the walk has come: the end of the chain, and of each folder's."""

    signers: tuple[evidence.AllowedSigner, ...] = ()
    seq: int = 0
    last: str | None = None
    folders: dict[str, tuple[int, str]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    measured: dict[ObjectId, tuple[str, int]] = field(default_factory=dict)


def verify_record(git: Git, *, signers: bytes | None = None) -> Report:
    """Walk `main` from its first commit; `signers` from outside take the record's own place."""
    head = git.tip(MAIN)
    if head is None:
        return Report(
            findings=(_found("", MAIN, "does not exist"),), commits=0, decisions=0, head=""
        )
    walk = _Walk(signers=evidence.read_signers(signers) if signers else ())
    found: list[Finding] = []
    try:
        line = list(git.line(head))[::-1]
        for commit in line:
            found += _verify_commit(git, commit, walk, is_trusted=signers is not None)
    except (Damaged, Missing) as error:
        found.append(_found("", str(error), "is damaged or missing"))
        line = []
    return Report(findings=tuple(found), commits=len(line), decisions=walk.seq, head=head)


def _verify_commit(git: Git, commit: Commit, walk: _Walk, *, is_trusted: bool) -> list[Finding]:
    is_first = walk.seq == 0
    found = []
    if len(commit.parents) != (0 if is_first else 1):
        found.append(_found(commit.id, "main", "is not linear"))
    if is_first and not is_trusted:
        walk.signers = _read_signers(git, commit)
    found += _verify_signature(commit, walk)
    before = commit.parents[0] if commit.parents else None
    changes = git.changes(before, commit.id)
    found += _verify_paths(commit, changes)
    decided = sorted(_decisions_in(git, commit, changes, found), key=lambda d: d[1].seq)
    for path, decision, data in decided:
        found += _verify_decision(git, commit, walk, path, decision, data)
    if not decided:
        found.append(_found(commit.id, "commit", "holds no decision"))
    found += _verify_touched(commit, changes, [decision for _, decision, _ in decided])
    if not is_trusted and any(change.path == SIGNERS for change in changes):
        walk.signers = _read_signers(git, commit)
    return found


def _verify_signature(commit: Commit, walk: _Walk) -> Iterator[Finding]:
    try:
        evidence.check(
            commit.payload,
            commit.signature or b"",
            namespace=evidence.NAMESPACE_GIT,
            signers=walk.signers,
            at=commit.at,
        )
    except evidence.BadSignature as error:
        yield _found(commit.id, "commit", f"signature: {error}")


def _verify_paths(commit: Commit, changes: tuple[Change, ...]) -> Iterator[Finding]:
    """A decision file is never changed and never removed."""
    for change in changes:
        if f"/{DECISIONS}" in change.path and change.before is not None:
            yield _found(commit.id, change.path, "was changed or removed")


def _decisions_in(
    git: Git, commit: Commit, changes: tuple[Change, ...], found: list[Finding]
) -> Iterator[tuple[str, Decision, bytes]]:
    for change in changes:
        if change.after is None or not is_decision(change.path):
            continue
        data = git.blob(change.after)
        try:
            yield change.path, from_bytes(data), data
        except ValueError as error:
            found.append(_found(commit.id, change.path, str(error)))


def _verify_decision(
    git: Git, commit: Commit, walk: _Walk, path: str, decision: Decision, data: bytes
) -> list[Finding]:
    folder = REGISTERS if decision.document is None else folder_of(decision.document)
    count, previous = walk.folders.get(folder, (0, None))
    claims = {
        "is not where it belongs": path == f"{folder}/{DECISIONS}{count + 1:04d}.json",
        "seq is out of order": decision.seq == walk.seq + 1,
        "previous_record is wrong": decision.previous_record == walk.last,
        "previous_document is wrong": decision.previous_document == previous,
        "author is another": commit.author == (decision.recorded_by.id or "styrdokument"),
    }
    found = [_found(commit.id, path, what) for what, holds in claims.items() if not holds]
    found += _verify_file_signature(git, commit, walk, path, data)
    found += _verify_content(git, commit, walk, folder, path, decision)
    found += _verify_approvals(commit, path, decision)
    sha256 = hashlib.sha256(data).hexdigest()
    walk.seq, walk.last = decision.seq, sha256
    walk.folders[folder] = (count + 1, sha256)
    return found


def _verify_file_signature(
    git: Git, commit: Commit, walk: _Walk, path: str, data: bytes
) -> Iterator[Finding]:
    blob = git.find(commit.id, f"{path}.sig")
    try:
        evidence.check(
            data,
            git.blob(blob) if blob else b"",
            namespace=evidence.NAMESPACE_DECISION,
            signers=walk.signers,
            at=commit.at,
        )
    except evidence.BadSignature as error:
        yield _found(commit.id, path, f"signature: {error}")


def _verify_content(
    git: Git, commit: Commit, walk: _Walk, folder: str, path: str, decision: Decision
) -> Iterator[Finding]:
    """The content is what it says, and is what stands in the folder where the decision sets it."""
    stated = {file.path: file for file in decision.content}
    if content_hash((f.path, f.sha256) for f in decision.content) != decision.content_hash:
        yield _found(commit.id, path, "content_hash is wrong")
    for file in stated.values():
        sha256, size = _measure(git, walk, ObjectId(file.git))
        if (sha256, size) != (file.sha256, file.size):
            yield _found(commit.id, f"{folder}/{file.path}", "is not what was decided")
    if decision.kind in SETS_FILES:
        standing = without_decisions(git.files(commit.id, folder))
        if standing != {name: file.git for name, file in stated.items()}:
            yield _found(commit.id, folder, "holds other files than were decided")
    if decision.kind in ISSUES_A_VERSION:
        if decision.version != walk.versions.get(folder, 0) + 1:
            yield _found(commit.id, path, "version is out of order")
        walk.versions[folder] = decision.version or 0


def _verify_approvals(commit: Commit, path: str, decision: Decision) -> Iterator[Finding]:
    """Nobody's yes stands under another text, and no writer approved or decided."""
    if decision.kind not in ON_THE_TEXT:
        return
    for approval in decision.approvals:
        if approval.content_hash != decision.content_hash:
            yield _found(commit.id, path, f"approval by {approval.by.id} is of another text")
        if approval.by.id in decision.contributors:
            yield _found(commit.id, path, f"approval by {approval.by.id}, who wrote the text")
    if decision.decided_by and decision.decided_by.id in decision.contributors:
        yield _found(commit.id, path, "decided by one who wrote the text")


def _verify_touched(
    commit: Commit, changes: tuple[Change, ...], decided: list[Decision]
) -> Iterator[Finding]:
    """No file is changed that no decision of the commit is about."""
    whole = {
        REGISTERS if d.document is None else folder_of(d.document)
        for d in decided
        if d.kind in SETS_FILES
    }
    roles = {
        f"{folder_of(d.document)}/{ROLES}"
        for d in decided
        if d.kind is DecisionKind.ASSIGN and d.document
    }
    for change in changes:
        is_filed = f"/{DECISIONS}" in change.path
        is_decided = any(change.path.startswith(f"{folder}/") for folder in whole)
        if not (is_filed or is_decided or change.path in roles):
            yield _found(commit.id, change.path, "was changed without a decision")


def _measure(git: Git, walk: _Walk, blob: ObjectId) -> tuple[str, int]:
    if blob not in walk.measured:
        data = git.blob(blob)
        walk.measured[blob] = (hashlib.sha256(data).hexdigest(), len(data))
    return walk.measured[blob]


def _read_signers(git: Git, commit: Commit) -> tuple[evidence.AllowedSigner, ...]:
    blob = git.find(commit.id, SIGNERS)
    return evidence.read_signers(git.blob(blob)) if blob else ()


def _found(commit: str, place: str, what: str) -> Finding:
    return Finding(commit=commit, place=place, what=what)
