"""A case on disk: an event log under `refs/cases/<number>`, and a draft branch beside it.

The log is the commit point of a case: every event is a commit with `event.json` in its tree, and
whatever changed the draft names its new tip as second parent. The branch is mended to the log.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from styrdokument.domain.case import Case, CaseNumber, Event, Step, fold
from styrdokument.domain.decisionfile import who_from_plain, who_to_plain
from styrdokument.domain.document import DocumentId, folder_of
from styrdokument.domain.problems import NotFound
from styrdokument.store.git import Batch, Git, ObjectId
from styrdokument.store.record import without_decisions

LOGS = "refs/cases/"
DRAFTS = "refs/heads/draft/"
FORMAT = 1
FILE = "event.json"
EVENTS_KEPT = 512
"""Read again at each look at a case; an event is a kilobyte or two."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A case as it was read: `log` is the event it was read at, `tip` its draft's newest commit.

    `base` is the commit of `main` that the draft started from.
    """

    case: Case
    events: tuple[Event, ...]
    log: ObjectId
    tip: ObjectId | None
    base: ObjectId | None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An event as it is written: `tip` where it changed the draft, `base` where that began anew."""

    event: Event
    tip: ObjectId | None = None
    base: ObjectId | None = None


class Cases:
    """The cases of one repository."""

    def __init__(self, git: Git) -> None:
        """Over the repository that keeps them."""
        self._git = git
        self._event = lru_cache(maxsize=EVENTS_KEPT)(self._read_event)

    def numbers(self) -> tuple[CaseNumber, ...]:
        """All cases that have a log, rising."""
        names = (ref.removeprefix(LOGS) for ref in self._git.tips(LOGS))
        return tuple(sorted(CaseNumber(int(name)) for name in names if name.isdigit()))

    def ends(self) -> dict[CaseNumber, ObjectId]:
        """The newest event of every case."""
        tips = self._git.tips(LOGS).items()
        return {CaseNumber(int(ref.removeprefix(LOGS))): tip for ref, tip in tips}

    def read(self, number: CaseNumber) -> Held:
        """The case as it stands. Raises NotFound."""
        log = self._git.tip(f"{LOGS}{number}")
        if log is None:
            raise NotFound(number)
        raw = list(self._log(log))[::-1]
        events = tuple(_from_plain(one) for one in raw)
        tips = [ObjectId(one["tip"]) for one in raw if one.get("tip")]
        bases = [ObjectId(one["base"]) for one in raw if one.get("base")]
        return Held(
            case=fold(number, events),
            events=events,
            log=log,
            tip=tips[-1] if tips else None,
            base=bases[-1] if bases else None,
        )

    def files_of(self, held: Held, document: DocumentId) -> dict[str, ObjectId]:
        """A document's files in the draft, else as they stood on `main` when the case began."""
        at = held.tip or held.base
        return without_decisions(self._git.files(at, folder_of(document))) if at else {}

    def files_at_base(self, held: Held, document: DocumentId) -> dict[str, ObjectId]:
        """A document's files on the commit of `main` that the draft started from."""
        return (
            without_decisions(self._git.files(held.base, folder_of(document))) if held.base else {}
        )

    def draw(
        self,
        batch: Batch,
        held: Held | None,
        base: ObjectId | None,
        changes: Mapping[str, ObjectId | None],
        event: Event,
        *,
        onto: ObjectId | None = None,
    ) -> ObjectId:
        """A new commit of the draft, not yet written: `changes` by path from the top.

        They are changes of `onto`, a commit of `main` that the draft goes on from; else of what
        stands in the draft.
        """
        before = (held.tip if held else None) or base
        words = ", ".join(sorted({path.split("/")[-2] for path in changes}))
        return batch.commit(
            batch.tree(onto or before, changes),
            parents=[parent for parent in (before, onto) if parent],
            author=str(event.by.id),
            at=event.at,
            message=f"{event.step}: {words}\n",
        )

    def record(
        self,
        batch: Batch,
        number: CaseNumber,
        event: Event,
        *,
        after: Held | None,
        tip: ObjectId | None = None,
        base: ObjectId | None = None,
    ) -> None:
        """Write one event: see `record_all`."""
        self.record_all(batch, number, Entry(event=event, tip=tip, base=base), after=after)

    def record_all(
        self, batch: Batch, number: CaseNumber, *entries: "Entry", after: Held | None
    ) -> None:
        """Write the events, durably, and move the log over all; then the draft's branch follows.

        `after` is what they were judged on. Raises Conflict where the case moved meanwhile.
        """
        before = log = after.log if after else None
        for entry in entries:
            log = _commit(batch, number, entry, log)
        batch.flush()
        self._git.move(f"{LOGS}{number}", old=before, new=log)
        self.mend(number)

    def branches(self) -> set[str]:
        """The drafts' branches, as they stand."""
        return set(self._git.tips(DRAFTS))

    def mend(self, number: CaseNumber) -> str:
        """Put the draft's branch where the log says; take it away once the case is closed.

        Answers the branch; empty where the case has none.
        """
        held = self.read(number)
        if not held.case.branch:
            return ""
        ref = f"{DRAFTS}{held.case.branch.removeprefix('draft/')}"
        now, wanted = self._git.tip(ref), held.tip if held.case.is_open else None
        if now != wanted:
            self._git.move(ref, old=now, new=wanted)
        return ref if wanted else ""

    def _log(self, newest: ObjectId) -> Iterator[dict[str, Any]]:
        """The events, newest first; below the opening one lies the draft's own history."""
        for commit in self._git.line(newest):
            raw = self._event(commit.id)
            yield raw
            if raw["step"] == Step.OPEN:
                return

    def _read_event(self, commit: ObjectId) -> dict[str, Any]:
        raw: dict[str, Any] = json.loads(self._git.blob(self._git.files(commit)[FILE]))
        return raw


def _commit(batch: Batch, number: CaseNumber, entry: Entry, log: ObjectId | None) -> ObjectId:
    """The event as a commit on top of `log`, not yet written."""
    event, tip = entry.event, entry.tip
    plain = to_plain(event, number=number, tip=tip, base=entry.base)
    data = json.dumps(plain, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    return batch.commit(
        batch.tree(None, {FILE: batch.blob(data.encode())}),
        parents=[parent for parent in (log, tip) if parent],
        author=str(event.by.id or "styrdokument"),
        at=event.at,
        message=f"{event.step}: case {number}, by {event.by.name or event.by.id}\n",
    )


def to_plain(
    event: Event, *, number: CaseNumber, tip: ObjectId | None, base: ObjectId | None
) -> dict[str, Any]:
    """The event as it stands in `event.json`."""
    return {
        "format": FORMAT,
        "case": number,
        "step": event.step,
        "by": who_to_plain(event.by),
        "at": event.at.isoformat(timespec="microseconds"),
        "via": event.via,
        "facts": dict(event.facts),
        "tip": tip,
        "base": base,
    }


def _from_plain(raw: Mapping[str, Any]) -> Event:
    return Event(
        step=Step(raw["step"]),
        by=who_from_plain(raw["by"]),
        at=datetime.fromisoformat(raw["at"]),
        via=raw.get("via", "web"),
        facts=raw.get("facts", {}),
    )
