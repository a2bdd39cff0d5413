"""How the clock is minded: when it last did what, what mail waits, and what a person is to see to.

Everything is read from what was noted when it was done: nobody who looks waits for a server.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from styrdokument.actions.house import House
from styrdokument.store.runs import Run

LONGEST_SILENCE = timedelta(hours=26)
"""A day and two hours: what is done each morning has been left out once."""
MAIL_WAITS, MAIL_WAITS_IN_VAIN = timedelta(hours=26), timedelta(hours=1)
"""How long mail may wait; and where no mail server answers."""
REFUSED_LATELY = timedelta(days=14)


class Alarm(StrEnum):
    """What administrators and controllers are to see to."""

    SILENT = "silent"
    """The scheduler has not reminded for too long."""
    HELD = "held"
    """Reminders wait for a person to let them go."""
    MAIL_WAITS = "mail_waits"
    MAIL_REFUSED = "mail_refused"
    NOBODY_REACHED = "nobody_reached"
    FAILED = "failed"
    """A job of the scheduler ended with a fault."""
    DIRECTORY_SILENT = "directory_silent"
    INDEX = "index"
    """The last look found something amiss in record, key or index."""


@dataclass(frozen=True, kw_only=True)
class Minded:
    """The state of the clock and of mail. Faults are for those who see to them."""

    last_run_at: datetime | None
    jobs: Mapping[str, Mapping[str, Any]]
    unsent: int
    oldest_unsent_at: datetime | None
    mail_fault: str
    directory_answers: bool | None
    index_checked_at: datetime | None
    alarms: tuple[Alarm, ...]


def minded(house: House) -> Minded:
    """What the journal tells. Raises Away."""
    runs, now = house.runs.all(), house.now()
    unsent, oldest = house.outbox.waiting()
    reminded, index = runs.get("remind"), runs.get("index")
    told = reminded.told if reminded else {}
    done = reminded.done_at if reminded else house.runs.owed_since()
    is_silent = done is not None and now - done > LONGEST_SILENCE
    tried = runs.get("mail")
    directory = tried.told.get("directory") if tried else None
    mail_fault = str(tried.told.get("fault", "")) if tried else ""
    patience = MAIL_WAITS_IN_VAIN if mail_fault else MAIL_WAITS
    found = {
        Alarm.SILENT: is_silent,
        Alarm.HELD: bool(told.get("held")),
        Alarm.NOBODY_REACHED: bool(told.get("unheard")),
        Alarm.MAIL_WAITS: oldest is not None and now - oldest > patience,
        Alarm.MAIL_REFUSED: house.outbox.ended(since=now - REFUSED_LATELY) > 0,
        Alarm.FAILED: any(run.fault for run in runs.values()),
        Alarm.DIRECTORY_SILENT: directory is False,
        Alarm.INDEX: bool(index and index.told.get("problems")),
    }
    return Minded(
        last_run_at=max((run.done_at for run in runs.values() if run.done_at), default=None),
        jobs={name: _job(run) for name, run in sorted(runs.items())},
        unsent=unsent,
        oldest_unsent_at=oldest,
        mail_fault=mail_fault,
        directory_answers=directory,
        index_checked_at=index.done_at if index else None,
        alarms=tuple(alarm for alarm, is_raised in found.items() if is_raised),
    )


def _job(run: Run) -> Mapping[str, Any]:
    told: dict[str, Any] = {"begun_at": run.begun_at, "done_at": run.done_at, "told": run.told}
    return told | {"fault": run.fault} if run.fault else told
