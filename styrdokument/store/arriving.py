"""What a push would add, read where git keeps it until it is let in.

Every commit that is new is looked at, not the newest alone: whatever is let in can be fetched.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from styrdokument.domain.document import DocumentId
from styrdokument.domain.problems import Problem, Refused
from styrdokument.domain.pushing import FILE, document_at, problem_with_path, push_problem
from styrdokument.store import programs
from styrdokument.store.git import Change, Commit, Damaged, Git, Missing, ObjectId
from styrdokument.store.programs import Quarantine

MOST_TOLD = 50
"""Problems that are told: who has fifty to mend knows what to look for."""
MOST_PARENTS = 16
MOST_NAMES = 1_000_000
"""Names in folders that are compared: a folder may stand in itself, by its id, again and again."""
_COMMITTER = re.compile(rb"^committer [^\n]*?<([^<>\n]*)>", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A draft as it arrived: its new commits, and what it changes since `base` on `main`.

    `named` are the files' blobs that its commits name and their parents do not; `problems` are
    those with the places of its files, and with its history.
    """

    base: ObjectId
    tip: ObjectId
    commits: tuple[Commit, ...]
    changes: tuple[Change, ...]
    named: frozenset[ObjectId]
    problems: tuple[Problem, ...]

    @property
    def documents(self) -> tuple[DocumentId, ...]:
        """The documents that it changes, rising."""
        found = {document_at(change.path) for change in self.changes}
        return tuple(sorted(document for document in found if document))


class Arriving:
    """Reads what lies in quarantine, as if it stood in the repository already."""

    def __init__(self, git: Git, quarantine: Quarantine) -> None:
        """Over the repository; `close` lets go of its files."""
        self._beside = git.beside(quarantine.objects) if quarantine.objects else None
        self.git: Git = self._beside or git
        self._quarantine = quarantine
        self._names_left = MOST_NAMES

    def close(self) -> None:
        """Close what was opened for this push."""
        if self._beside:
            self._beside.close()

    def has_brought(self, blob: ObjectId) -> bool:
        """Whether the file's bytes came with the push, whether or not they were here before.

        Once they are let in that can be told no more.
        """
        return self._beside is None or self._beside.holds_aside(blob)

    def read(self, main: ObjectId, tip: ObjectId, log: ObjectId | None, *, most: int) -> Arrived:
        """The draft at `tip`, beside `main` and what `log`, the case's, knows of it already.

        `most` are the new commits that are looked at. Raises Refused where it cannot be read.
        """
        path, quarantine = self.git.path, self._quarantine
        known = (main, log) if log else (main,)
        try:
            base = programs.merge_base(path, main, tip, quarantine=quarantine)
            fresh = programs.new_commits(path, tip, *known, most=most + 1, quarantine=quarantine)
            if base is None or len(fresh) > most:
                rule = "unrelated" if base is None else "too_many_commits"
                raise Refused(push_problem(rule, most=most))
            return self._arrived(base, tip, fresh)
        except (Missing, Damaged):
            raise Refused(push_problem("unreadable")) from None

    def _arrived(self, base: ObjectId, tip: ObjectId, fresh: Iterable[ObjectId]) -> Arrived:
        commits = tuple(self.git.commit(one) for one in fresh)
        if any(len(one.parents) > MOST_PARENTS for one in commits):
            raise Damaged(tip)
        changes = self.git.changes(base, tip, self._spend)
        brought = [change for commit in commits for change in self._brought_by(commit)]
        problems = [push_problem("unrelated") for one in commits if not one.parents]
        problems += problems_with_places([*changes, *brought])
        return Arrived(
            base=base,
            tip=tip,
            commits=commits,
            changes=changes,
            named=frozenset(change.after for change in brought if change.after),
            problems=tuple(dict.fromkeys(problems))[:MOST_TOLD],
        )

    def _brought_by(self, commit: Commit) -> list[Change]:
        """What the commit has that none of its parents has."""
        found: dict[str, list[Change]] = defaultdict(list)
        for parent in commit.parents:
            for change in self.git.changes(parent, commit.id, self._spend):
                found[change.path].append(change)
        return [told[0] for told in found.values() if len(told) == len(commit.parents)]

    def _spend(self, names: int) -> None:
        self._names_left -= names
        if self._names_left < 0:
            raise Damaged("more names than are compared")


def problems_with_places(changes: Iterable[Change]) -> Iterator[Problem]:
    """Why files may not stand, or be taken away, where they are."""
    for change in changes:
        # of what is taken away nothing is left that could have a mode
        mode = change.mode if change.after else FILE
        if problem := problem_with_path(change.path, mode):
            yield problem


def committer_of(commit: Commit) -> str:
    """The e-mail address of whoever made the commit; empty where it has none."""
    headers = commit.payload.partition(b"\n\n")[0]
    found = _COMMITTER.search(headers)
    return found[1].decode("utf-8", "replace") if found else ""
