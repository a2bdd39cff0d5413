"""Decisions on `main`: what is adopted, one commit per decision, never rewound.

`enter` is the only way onto `main`, and it is called with `lock` held: objects are on disk before
the reference moves, and the move is the commit point (record.md §4).
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from styrdokument.domain.decisionfile import ContentFile, Decision, from_bytes
from styrdokument.domain.document import ContentHash, DocumentId, content_hash, folder_of
from styrdokument.domain.problems import Code, NotFound, Problem, Refused
from styrdokument.domain.registers import Registers
from styrdokument.store import disk, registers
from styrdokument.store.chain import DECISIONS, REGISTERS, Act, Chain, Link
from styrdokument.store.evidence import Signer
from styrdokument.store.git import Batch, Damaged, Git, Missing, ObjectId
from styrdokument.store.numbers import Numbers

MAIN = "refs/heads/main"
MOST_READ = 8
DECISIONS_KEPT = 128
"""Of a few documents at a time: a step reads them more than once."""
_READ: dict[ObjectId, Registers] = {}
"""Registers by the id of their tree, which names their bytes, whoever reads them."""


@dataclass(frozen=True, kw_only=True)
class Filed:
    """A decision as it stands on the record: its path and its bytes."""

    path: str
    data: bytes
    decision: Decision


class Record:
    """The record of one data directory."""

    def __init__(self, data: Path, git: Git, signer: Signer | None) -> None:
        """Over an existing repository; without a signer nothing can be entered.

        `is_writable` is taken away where the chain does not hold: readers are served all the same.
        """
        self.git = git
        self.numbers = Numbers(git)
        self.is_writable = True
        self._lock = data / "lock"
        self._signer = signer
        self._measured: dict[ObjectId, tuple[str, int]] = {}
        self._read = lru_cache(maxsize=DECISIONS_KEPT)(self._read_decision)
        self._looked: tuple[ObjectId | None, ObjectId | None] = (None, None)

    def lock(self) -> AbstractContextManager[None]:
        """Held around every group of writes, by any process. Raises Refused where none may be."""
        if not self.is_writable:
            raise Refused(Problem(code=Code.NOT_WRITABLE))
        return disk.exclusive(self._lock)

    @property
    def head(self) -> ObjectId | None:
        """The commit that `main` stands at."""
        return self.git.tip(MAIN)

    @property
    def identity(self) -> str:
        """What no other record has: the id of its first decision, which names its first key."""
        head = self.head
        first = self.git.find(head, f"{REGISTERS}/{DECISIONS}0001.json") if head else None
        return first or ""

    def registers(self) -> Registers:
        """The registers as they stand."""
        head = self.head
        looked = self._looked
        if head and head != looked[0]:
            looked = self._looked = (head, self.git.find(head, REGISTERS))
        tree = looked[1] if head else None
        if tree is None:
            return Registers()
        found = _READ.get(tree)
        if found is None:
            found = registers.read(self.register_files())
            for old in list(_READ)[: 1 - MOST_READ]:
                _READ.pop(old, None)
            _READ[tree] = found
        return found

    def register_files(self) -> dict[str, bytes]:
        """The registers' files by path below `registers/`."""
        head = self.head
        files = without_decisions(self.git.files(head, REGISTERS)) if head else {}
        return {path: self.git.blob(blob) for path, blob in files.items()}

    def files_of(self, document: DocumentId) -> dict[str, ObjectId]:
        """A document's own files as they stand on `main`, without its decisions."""
        head = self.head
        return without_decisions(self.git.files(head, folder_of(document))) if head else {}

    def decisions_of(self, document: DocumentId) -> tuple[Filed, ...]:
        """The document's decisions, oldest first."""
        head = self.head
        return tuple(self._filed(head, folder_of(document))) if head else ()

    def version_at(self, commit: ObjectId, document: DocumentId) -> int:
        """The document's newest version on a commit of `main`; 0 where it has none."""
        found = (filed.decision for filed in self._filed(commit, folder_of(document)))
        return max((d.version or 0 for d in found), default=0)

    def put(self, batch: Batch, data: bytes) -> ObjectId:
        """Add a file's bytes to the batch; `content_of` can tell of it before it is stored."""
        blob = batch.blob(data)
        self._measured[blob] = (hashlib.sha256(data).hexdigest(), len(data))
        return blob

    def content_of(self, files: Mapping[str, ObjectId]) -> tuple[ContentFile, ...]:
        """The files of a content with both hashes, sorted bytewise by path."""
        return tuple(
            ContentFile(path=path, git=files[path], sha256=sha256, size=size)
            for path in sorted(files, key=str.encode)
            for sha256, size in (self._measure(files[path]),)
        )

    def decided_at(self, commit: ObjectId) -> list[Filed]:
        """The decisions that one commit added, in the order of the chain."""
        parents = self.git.commit(commit).parents
        added = [
            read_filed(change.path, self.git.blob(change.after))
            for change in self.git.changes(parents[0] if parents else None, commit)
            if change.after and is_decision(change.path)
        ]
        return sorted(added, key=lambda filed: filed.decision.seq)

    def decided_since(self, commit: ObjectId | None) -> Iterator[tuple[ObjectId, list[Filed]]]:
        """The commits after `commit` and the decisions that each added, oldest first.

        Raises NotFound where `commit` is not on `main` (an older record was restored).
        """
        head = self.head
        if head is None or head == commit:
            return
        line = list(self.git.line(head, until=commit))
        if line[-1].parents != ((commit,) if commit else ()):
            raise NotFound(commit)
        for new in reversed(line):
            yield new.id, self.decided_at(new.id)

    def everything_decided(self) -> list[Filed]:
        """Every decision on `main`, in the order of the chain, read from its head alone."""
        head = self.head
        files = self.git.files(head) if head else {}
        found = [
            read_filed(path, self.git.blob(blob))
            for path, blob in files.items()
            if is_decision(path)
        ]
        return sorted(found, key=lambda filed: filed.decision.seq)

    def has_sound_end(self) -> bool:
        """Whether the newest decision can be read, and follows on the one before it."""
        try:
            head = self.head
            if head is None:
                return True
            before = self.git.commit(head).parents
            newest, earlier = self.decided_at(head), self.decided_at(before[0]) if before else []
        except (Damaged, Missing, ValueError):
            return False
        expected = hashlib.sha256(earlier[-1].data).hexdigest() if earlier else None
        return bool(newest) and newest[0].decision.previous_record == expected

    def enter(self, batch: Batch, *acts: Act, together: bool = False) -> ObjectId:
        """Write the acts, a commit each, and move `main` over all of them at once.

        `batch` holds the blobs that the proposals name and that are not yet stored. Raises
        Conflict where `main` was moved by another; then nothing has happened.
        """
        if self._signer is None:
            raise PermissionError("the signing key is not here")
        before = self.head
        last = self.decided_at(before)[-1] if before else None
        chain = Chain(
            batch,
            self._signer,
            head=before,
            last=_link(last.decision.seq, last) if last else Link(),
            earlier=lambda folder: self._end_of(before, folder),
        )
        for act in acts:
            chain.add(act)
        if chain.head is None:
            raise ValueError("no acts")
        batch.flush(together=together)
        self.git.move(MAIN, old=before, new=chain.head)
        return chain.head

    def _end_of(self, head: ObjectId | None, folder: str) -> Link:
        filed = list(self._filed(head, folder)) if head else []
        return _link(len(filed), filed[-1]) if filed else Link()

    def _filed(self, at: ObjectId, folder: str) -> Iterator[Filed]:
        for path, blob in self.git.files(at, f"{folder}/{DECISIONS}".rstrip("/")).items():
            if path.endswith(".json"):
                yield self._read(f"{folder}/{DECISIONS}{path}", blob)

    def _read_decision(self, path: str, blob: ObjectId) -> Filed:
        return read_filed(path, self.git.blob(blob))

    def _measure(self, blob: ObjectId) -> tuple[str, int]:
        """SHA-256 and size of a blob; kept, for a blob's id names its bytes."""
        if blob not in self._measured:
            data = self.git.blob(blob)
            self._measured[blob] = (hashlib.sha256(data).hexdigest(), len(data))
        return self._measured[blob]


def is_decision(path: str) -> bool:
    """Whether a path on `main` is that of a decision file."""
    return f"/{DECISIONS}" in path and path.endswith(".json")


def without_decisions(files: Mapping[str, ObjectId]) -> dict[str, ObjectId]:
    """A folder's files, less its decisions."""
    return {path: blob for path, blob in files.items() if not path.startswith(DECISIONS)}


def hash_of(content: tuple[ContentFile, ...]) -> ContentHash:
    """The content hash of a content's files."""
    return content_hash((file.path, file.sha256) for file in content)


def read_filed(path: str, data: bytes) -> Filed:
    """A decision from its bytes. Raises ValueError where they are none."""
    return Filed(path=path, data=data, decision=from_bytes(data))


def _link(count: int, last: Filed) -> Link:
    return Link(count=count, sha256=hashlib.sha256(last.data).hexdigest())
