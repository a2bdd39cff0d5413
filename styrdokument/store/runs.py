"""What the scheduler did, and when: one row for each job, the last time that it ran.

Nothing is planned here: what is due follows from the table of jobs and from when each last ended
well, so that a start after days of silence knows what to make up for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select

from styrdokument.store.clockwork import runs
from styrdokument.store.journal import accounts
from styrdokument.store.sql import insert_or_replace, writing


@dataclass(frozen=True, kw_only=True)
class Run:
    """A job's last run; `done_at` is when one last ended well, which may be earlier."""

    job: str
    begun_at: datetime
    done_at: datetime | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""


class Runs:
    """The runs of one journal."""

    def __init__(self, engine: Engine) -> None:
        """Over the journal's engine."""
        self._engine = engine

    def all(self) -> dict[str, Run]:
        """The last run of every job, by its name."""
        with self._engine.connect() as connection:
            found = connection.execute(select(runs)).mappings().all()
        return {row["job"]: Run(**row) for row in found}

    def owed_since(self) -> datetime | None:
        """Since when there has been anything to do: when the first account was made."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.min(accounts.c.created_at))).scalar()

    def note(self, run: Run) -> None:
        """Keep it, in the place of the one before."""
        row = {
            "job": run.job,
            "begun_at": run.begun_at,
            "done_at": run.done_at,
            "told": dict(run.told),
            "fault": run.fault,
        }
        with writing(self._engine) as connection:
            insert_or_replace(connection, runs, row)
