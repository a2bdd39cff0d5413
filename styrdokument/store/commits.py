"""A commit as it is stored, and the bytes that its signature covers."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from dulwich.objects import Commit as RawCommit

from styrdokument.store.objects import ObjectId


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit as it is stored.

    `author` is the name before the address, `at` the committer's time in the committer's zone,
    `payload` the exact bytes that `signature` (armored) covers.
    """

    id: ObjectId
    tree: ObjectId
    parents: tuple[ObjectId, ...]
    author: str
    at: datetime
    message: str
    signature: bytes | None
    payload: bytes


def read_commit(object_id: ObjectId, raw: bytes) -> Commit:
    """Read a commit from its bytes; whatever dulwich raises where they are none."""
    it = RawCommit.from_string(raw)
    return Commit(
        id=object_id,
        tree=ObjectId(it.tree.decode()),
        parents=tuple(ObjectId(parent.decode()) for parent in it.parents),
        author=it.author.partition(b" <")[0].decode("utf-8", "replace"),
        at=datetime.fromtimestamp(it.commit_time, _zone(it.commit_timezone)),
        message=it.message.decode("utf-8", "replace"),
        signature=it.gpgsig,
        payload=it.raw_without_sig(),
    )


def _zone(seconds: int) -> timezone:
    with suppress(ValueError):
        return timezone(timedelta(seconds=seconds))
    return UTC
