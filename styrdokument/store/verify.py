"""Whether a record is whole: chain, sequence, signatures, hashes and linearity, from a clone alone.

Every commit of `main` is walked from the first; nothing is believed that is not computed again.
Trust begins with the first commit's own `registers/signers`, or with signers given from outside,
and goes on to later signers only by a commit that the earlier ones signed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from styrdokument.domain.decisionfile import DecisionKind
from styrdokument.domain.document import ROLES
from styrdokument.domain.problems import Refused
from styrdokument.domain.registers import Registers
from styrdokument.store import evidence, registers
from styrdokument.store.chain import DECISIONS, REGISTERS, trailers
from styrdokument.store.claims import (
    SETS_FILES,
    Finding,
    Walk,
    check_decision,
    folder_about,
    remarks_on,
)
from styrdokument.store.git import Change, Commit, Damaged, Git, Missing
from styrdokument.store.objects import FILE
from styrdokument.store.record import MAIN, Filed, is_decision, read_filed, without_decisions

SIGNERS = "registers/signers"
_MALFORMED = (AttributeError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a verification found; no findings is a whole record.

    `remarks` are no faults: what an auditor is to know beside them.
    """

    findings: tuple[Finding, ...]
    commits: int
    decisions: int
    head: str
    remarks: tuple[Finding, ...] = ()


@dataclass
class _Record:
    """The record that is verified, and how far: `own` are the signers that it names itself."""

    git: Git
    walk: Walk
    is_trusted: bool
    own: tuple[evidence.AllowedSigner, ...] = ()
    registers: Registers = field(default_factory=Registers)
    remarks: list[Finding] = field(default_factory=list)


def verify_record(git: Git, *, signers: bytes | None = None) -> Report:
    """Walk `main` from its first commit; `signers` from outside take the record's own place.

    Raises ValueError for signers from outside that are no allowed_signers.
    """
    walk = Walk(signers=evidence.read_signers(signers) if signers else ())
    record = _Record(git=git, walk=walk, is_trusted=signers is not None)
    found: list[Finding] = []
    line: list[Commit] = []
    head = None
    try:
        head = git.tip(MAIN)
        line = list(git.line(head))[::-1] if head else []
    except (Damaged, Missing) as error:
        found.append(_found("", error.id, "is damaged or missing"))
    if head is None and not found:
        found.append(_found("", MAIN, "does not exist"))
    for commit in line:
        try:
            found += _verify_commit(record, commit)
        except (Damaged, Missing) as error:
            found.append(_found(commit.id, error.id, "is damaged or missing"))
    return Report(
        findings=tuple(found),
        commits=len(line),
        decisions=walk.seq,
        head=head or "",
        remarks=tuple(record.remarks),
    )


def _verify_commit(record: _Record, commit: Commit) -> list[Finding]:
    git, walk, is_first = record.git, record.walk, not commit.parents
    if is_first and not record.is_trusted:
        walk.signers = _signers_at(git, commit) or ()
    unsigned = list(_verify_signature(commit, walk))
    found = [*unsigned]
    if len(commit.parents) > 1:
        found.append(_found(commit.id, "main", "is not linear"))
    changes = git.changes(commit.parents[0] if commit.parents else None, commit.id)
    decided = _decisions_in(git, commit, changes, found)
    for filed in decided:
        try:
            found += check_decision(git, commit, walk, filed)
            record.remarks += remarks_on(commit, filed)
        except _MALFORMED as error:
            found.append(_found(commit.id, filed.path, f"is not a decision file: {error}"))
    if not decided:
        found.append(_found(commit.id, "commit", "holds no decision"))
    elif commit.message.partition("\n\n")[2] != trailers([f.decision for f in decided]):
        found.append(_found(commit.id, "commit", "message has other trailers"))
    found += _verify_changes(commit, changes, decided)
    found += _verify_registers(record, commit, changes)
    if any(change.path == SIGNERS for change in changes):
        found += _follow_signers(record, commit, is_signed=not unsigned)
    return found


def _verify_signature(commit: Commit, walk: Walk) -> Iterator[Finding]:
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


def _decisions_in(
    git: Git, commit: Commit, changes: Sequence[Change], found: list[Finding]
) -> list[Filed]:
    """The decisions that a commit adds, in the order of the chain."""
    decided = []
    for change in changes:
        if change.after is None or change.before or not is_decision(change.path):
            continue
        try:
            filed = read_filed(change.path, git.blob(change.after))
            decided.append((int(filed.decision.seq), folder_about(filed.decision), filed))
        except (TypeError, ValueError) as error:
            found.append(_found(commit.id, change.path, f"is not a decision file: {error}"))
    return [filed for _, _, filed in sorted(decided, key=lambda row: row[:2])]


def _verify_changes(
    commit: Commit, changes: Sequence[Change], decided: Sequence[Filed]
) -> Iterator[Finding]:
    """No file is changed that no decision of the commit is about; decisions are never changed."""
    allowed = {path for filed in decided for path in (filed.path, f"{filed.path}.sig")}
    folders = set()
    for decision in (filed.decision for filed in decided):
        if decision.kind in SETS_FILES:
            folders.add(f"{folder_about(decision)}/")
        if decision.kind is DecisionKind.ASSIGN:
            allowed.add(f"{folder_about(decision)}/{ROLES}")
    for change in changes:
        is_filed = f"/{DECISIONS}" in change.path
        if is_filed and change.before is not None:
            yield _found(commit.id, change.path, "was changed or removed")
        is_set = not is_filed and change.path.startswith(tuple(folders))
        if not is_set and change.path not in allowed:
            yield _found(commit.id, change.path, "was changed without a decision")
        if change.after and change.mode != FILE:
            yield _found(commit.id, change.path, f"is no plain file, but {change.mode:o}")


def _verify_registers(
    record: _Record, commit: Commit, changes: Sequence[Change]
) -> Iterator[Finding]:
    """Registers can be read, and no entry of theirs is ever taken away."""
    if not any(c.path.startswith(f"{REGISTERS}/") and c.path.endswith(".yaml") for c in changes):
        return
    git, files = record.git, without_decisions(record.git.files(commit.id, REGISTERS))
    try:
        after = registers.read({path: git.blob(blob) for path, blob in files.items()})
    except Refused as refused:
        yield _found(commit.id, REGISTERS, f"cannot be read: {refused}")
        return
    for problem in registers.removed_entries(record.registers, after):
        gone = f"entry {problem.values['value']} was removed"
        yield _found(commit.id, f"{REGISTERS}: {problem.field}", gone)
    record.registers = after


def _follow_signers(record: _Record, commit: Commit, *, is_signed: bool) -> Iterator[Finding]:
    """New signers join the old, which old signatures still need; only the old can let them in."""
    now = _signers_at(record.git, commit)
    if now is None:
        yield _found(commit.id, SIGNERS, "cannot be read")
        return
    if {signer.key for signer in record.own} - {signer.key for signer in now}:
        yield _found(commit.id, SIGNERS, "a signer was removed")
    if is_signed:
        record.own = now
        if not record.is_trusted:
            record.walk.signers = now


def _signers_at(git: Git, commit: Commit) -> tuple[evidence.AllowedSigner, ...] | None:
    """The signers that stand in the commit; None where they cannot be read."""
    blob = git.find(commit.id, SIGNERS)
    try:
        return evidence.read_signers(git.blob(blob)) if blob else ()
    except ValueError:
        return None


def _found(commit: str, place: str, what: str) -> Finding:
    return Finding(commit=commit, place=place, what=what)
