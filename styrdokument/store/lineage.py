"""Each document's life in a foreign repository: its published texts along first parents.

Walked from the newest commit back, so that only what is a document now (or was one when it was
removed) is followed, over renames, to wherever it came from. Trees that are the same are not read.
"""

import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from styrdokument.store.git import Change, Commit, Damaged, Missing, ObjectId
from styrdokument.store.renames import find_moves
from styrdokument.store.source import Source, TooLarge

_SUBMODULE = 0o160000


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A commit on the line: `place` counts from the newest, which is 0."""

    commit: ObjectId
    at: datetime
    place: int


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A document's file as one commit left it."""

    moment: Moment
    path: str
    blob: ObjectId


@dataclass(kw_only=True)
class Lineage:
    """A document: its stages, newest first, and when it was removed (None: it still stands)."""

    ended: Moment | None = None
    stages: list[Stage] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Where it stands, or stood last."""
        return self.stages[0].path

    @property
    def paths(self) -> tuple[str, ...]:
        """Everywhere it has stood, newest first."""
        return tuple(dict.fromkeys(stage.path for stage in self.stages))


@dataclass(frozen=True, kw_only=True)
class Account:
    """All documents of a line, by path, and what was passed over.

    `not_files` says by path what stands where a document would ("symlink", "submodule");
    `unread` are the objects that are missing or damaged; `is_cut` that the line's beginning is.
    """

    lineages: tuple[Lineage, ...]
    not_files: Mapping[str, str]
    unread: tuple[str, ...]
    is_cut: bool


def trace(source: Source, head: ObjectId, is_document: Callable[[str], bool]) -> Account:
    """Follow every document of `head`, and every one that was removed before it.

    Raises Missing or Damaged where `head` itself cannot be read.
    """
    here = source.git.changes(None, head)
    there = {change.path: change.mode for change in here if is_document(change.path)}
    walk = _Walk(source, is_document, [path for path, mode in there.items() if stat.S_ISREG(mode)])
    commits, is_cut = _line(source, head)
    _compare(walk, commits)
    return Account(
        lineages=tuple(sorted(walk.lineages, key=lambda one: one.path)),
        not_files={path: kind for path, mode in there.items() if (kind := _kind(mode))},
        unread=tuple(walk.unread),
        is_cut=is_cut,
    )


def _kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return ""
    return "submodule" if mode == _SUBMODULE else "symlink"


def _line(source: Source, head: ObjectId) -> tuple[list[Commit], bool]:
    """First parents, newest first, as far as they can be read: a shallow clone ends early."""
    found: list[Commit] = []
    try:
        found.extend(source.git.line(head))
    except (Missing, Damaged):
        return found, True
    return found, False


def _compare(walk: "_Walk", commits: list[Commit]) -> None:
    """Each commit with the next older one that can be read."""
    git = walk.source.git
    newer, place = commits[0], 0
    for number, older in enumerate(commits[1:], 1):
        try:
            changes = git.changes(older.tree, newer.tree)
        except (Missing, Damaged) as error:
            walk.unread[error.id] = None
            continue
        if changes:
            walk.step(Moment(commit=newer.id, at=newer.at, place=place), changes)
        newer, place = older, number
    walk.step(Moment(commit=newer.id, at=newer.at, place=place), git.changes(None, newer.tree))


class _Walk:
    """What is being followed while the line is walked backwards, by its path there and then."""

    def __init__(
        self, source: Source, is_document: Callable[[str], bool], paths: list[str]
    ) -> None:
        self.source = source
        self.lineages = [Lineage() for _ in paths]
        self.unread: dict[str, None] = {}
        self._is_document = is_document
        self._followed = dict(zip(paths, self.lineages, strict=True))
        self._born: dict[str, Lineage] = {}

    def step(self, moment: Moment, changes: tuple[Change, ...]) -> None:
        """Take in what one commit did."""
        files = [change for change in changes if stat.S_ISREG(change.mode)]
        for path, blob in _set(files):
            if lineage := self._followed.get(path):
                lineage.stages.append(Stage(moment=moment, path=path, blob=blob))
        moves = find_moves(files, wanted=self._followed.keys(), read=self._read)
        fresh = (moves.came_from.keys() | moves.begun) & self._followed.keys()
        taken = {path: self._followed.pop(path) for path in fresh}
        for path, lineage in taken.items():
            born = self._born if path not in moves.came_from else self._followed
            born[moves.came_from.get(path, path)] = lineage
        for path, blob in sorted(moves.ended.items()):
            self._end(moment, path, blob)

    def _end(self, moment: Moment, path: str, blob: ObjectId) -> None:
        """Here a file was removed: a document that was put back later goes on, another ended.

        It was put back where a later one began at the same path, or with the same bytes.
        """
        begun = self._born.items()
        same = (later for later, lineage in begun if lineage.stages[-1].blob == blob)
        again = path if path in self._born else next(same, None)
        if again is not None:
            self._followed[path] = self._born.pop(again)
        elif self._is_document(path):
            lineage = Lineage(ended=moment)
            self.lineages.append(lineage)
            self._followed[path] = lineage

    def _read(self, blob: ObjectId) -> bytes:
        try:
            return self.source.text(blob)
        except (Missing, Damaged, TooLarge):
            return b""


def _set(files: list[Change]) -> Iterator[tuple[str, ObjectId]]:
    """The paths that were given another text, and the text."""
    return ((c.path, c.after) for c in files if c.after and c.after != c.before)
