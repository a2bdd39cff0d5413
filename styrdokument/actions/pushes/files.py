"""The files of pushed documents: their content, and what is wrong with them."""

from collections.abc import Iterator, Mapping

from styrdokument.actions.checking import saving_problems
from styrdokument.domain.document import TEXT, ContentHash, DocumentId, folder_of
from styrdokument.domain.problems import Problem
from styrdokument.domain.pushing import push_problem
from styrdokument.store.arriving import Arrived
from styrdokument.store.git import Git, ObjectId
from styrdokument.store.record import Record, hash_of, without_decisions

Contents = Mapping[DocumentId, ContentHash]


def read_contents(
    git: Git, record: Record, arrived: Arrived, documents: tuple[DocumentId, ...]
) -> tuple[Contents, tuple[Problem, ...]]:
    """The documents' content at the tip, read by `git`, and why it may not stand in a draft."""
    contents: dict[DocumentId, ContentHash] = {}
    problems: list[Problem] = []
    changed = {change.after for change in arrived.changes}
    for document in documents:
        files = without_decisions(git.files(arrived.tip, folder_of(document)))
        contents[document] = hash_of(record.content_of(files))
        problems += _of(git, document, files, changed)
    return contents, tuple(problems)


def _of(
    git: Git,
    document: DocumentId,
    files: Mapping[str, ObjectId],
    changed: set[ObjectId | None],
) -> Iterator[Problem]:
    folder = folder_of(document)
    if TEXT not in files:
        yield push_problem("removed", f"{folder}/{TEXT}")
        return
    looked_at = _Files(git, {name: blob for name, blob in files.items() if blob in changed})
    yield from saving_problems(document, looked_at, frozenset(files), folder=folder)


class _Files(Mapping[str, bytes]):
    """Files by name, each read when it is asked for: together they may be too large to hold."""

    def __init__(self, git: Git, blobs: Mapping[str, ObjectId]) -> None:
        self._git, self._blobs = git, blobs

    def __getitem__(self, name: str) -> bytes:
        return self._git.blob(self._blobs[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._blobs)

    def __len__(self) -> int:
        return len(self._blobs)

    def __contains__(self, name: object) -> bool:
        return name in self._blobs
