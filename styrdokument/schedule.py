"""The scheduler: a table of when and what, and one thread that does what is due.

Nothing is planned ahead: each minute the table, and when each job last ended well, say what is due.
So a start after days of silence makes up for them, once; a clock that is moved moves nothing
twice; and nothing happens between two and three, when the hour comes twice or not at all. Of
several processes one leads. APScheduler reads the times; nobody else knows it.
"""

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from styrdokument.actions import clockwork
from styrdokument.actions.clockwork import GoOn, Told
from styrdokument.actions.house import STOCKHOLM, House
from styrdokument.store.leading import Leader
from styrdokument.store.runs import Run
from styrdokument.store.sql import Away

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

INSIDE = "inside"
"""The setting that lets the server itself mind the clock."""
FIRST_SECONDS, EACH_SECONDS = 3, 60
"""After the start, so that the first page waits for nothing; and between two looks."""
AGAIN = timedelta(minutes=15)
"""How long a job that failed waits."""
THE_ODD_HOUR = 2
"""Between two and three nothing is done: in autumn the hour comes twice, in spring not at all."""
STOP_SECONDS = 5
"""How long a process that ends waits for what is being done."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is done, and when: minute, hour and weekday as cron has them, in Stockholm.

    `at_once`: also the first time of all, without waiting for its hour.
    """

    name: str
    action: Callable[[House, GoOn], Told]
    minute: str = "0"
    hour: str = "*"
    weekday: str = "*"
    at_once: bool = False


TABLE: Sequence[Job] = (
    Job(name="directory", action=clockwork.look_at_directory, minute="45", hour="5"),
    Job(name="remind", action=clockwork.remind, hour="6", at_once=True),
    Job(name="send", action=clockwork.send, minute="*", at_once=True),
    Job(name="mail", action=clockwork.try_mail, minute="*/15", at_once=True),
    Job(name="index", action=clockwork.look_at_index, minute="10", hour="5", at_once=True),
    Job(name="pack", action=clockwork.pack, minute="40"),
    Job(name="keep", action=clockwork.keep, minute="30", hour="3"),
    Job(name="keep_whole", action=clockwork.keep_whole, hour="4", weekday="sun"),
)
"""In this order where several are due: who has left is seen before anybody is reminded, and
reminders are in the outbox before it is sent."""


class Scheduler:
    """The clock of one house, in one process."""

    def __init__(self, house: House, table: Sequence[Job] = TABLE) -> None:
        """With a table of jobs; nothing begins by itself."""
        self._house, self._table = house, table
        self._leader = Leader(house.data, house.journal.engine)
        self._stopping = threading.Event()

    def tick(self) -> list[str]:
        """Do what is due now, if we lead; the names of the jobs that were run."""
        if self._house.now().astimezone(STOCKHOLM).hour == THE_ODD_HOUR:
            return []
        if not self._leader.leads():
            return []
        done, runs = [], self._house.runs.all()
        for job in self._table:
            if self._stopping.is_set():
                break
            if self._is_due(job, runs.get(job.name)):
                self._run(job, runs.get(job.name))
                done.append(job.name)
        return done

    def go_on(self) -> None:
        """Look each minute until told to stop; a database that is away is waited for."""
        pause: float = FIRST_SECONDS
        while not self._stopping.wait(pause):
            begun = time.monotonic()
            try:
                with suppress(Away):  # health says so, and the next minute tries again
                    self.tick()
            except Exception:  # noqa: BLE001 - a fault of ours ends no clock
                traceback.print_exc()
            pause = pause_after(time.monotonic() - begun)

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping.set()

    def let_go(self) -> None:
        """Let another lead."""
        self._leader.let_go()

    def _is_due(self, job: Job, last: Run | None) -> bool:
        now = self._house.now()
        if last is None and not job.at_once:
            self._house.runs.note(Run(job=job.name, begun_at=now, done_at=now))
            return False
        if last is None or last.begun_at > now:  # never, or by a clock that ran ahead
            return True
        if last.fault:
            return now - last.begun_at >= AGAIN
        return next_time(job, last.begun_at) <= now.astimezone(UTC)

    def _run(self, job: Job, earlier: Run | None) -> None:
        """One job; what goes wrong in it is kept with the run, and stops no other."""
        begun = self._house.now()
        try:
            told = job.action(self._house, lambda: not self._stopping.is_set())
        except Away:
            raise
        except Exception as error:  # noqa: BLE001 - the clock goes on, and health tells
            done = earlier.done_at if earlier else None
            fault = f"{type(error).__name__}: {error}"
            run = Run(job=job.name, begun_at=begun, done_at=done, told={}, fault=fault)
        else:
            run = Run(job=job.name, begun_at=begun, done_at=self._house.now(), told=told)
        self._house.runs.note(run)


def pause_after(seconds: float) -> float:
    """How long to wait for the next minute's look, after one that took so long."""
    return max(EACH_SECONDS - seconds, FIRST_SECONDS)


def next_time(job: Job, after: datetime) -> datetime:
    """When the job is to be done next, after it was begun at a moment."""
    moment = after.astimezone(STOCKHOLM) + timedelta(microseconds=1)
    found: datetime = _trigger(job.minute, job.hour, job.weekday).get_next_fire_time(None, moment)
    return found.astimezone(UTC)  # two moments of one zone would be compared by their clocks


@contextmanager
def running(house: House, where: str = INSIDE) -> Iterator[None]:
    """A scheduler in a thread of this process, for as long as it serves, if it is to be inside."""
    end = begin(house, where)
    try:
        yield
    finally:
        end()


def begin(house: House, where: str = INSIDE) -> Callable[[], None]:
    """The same for whoever cannot say when it serves; what is answered ends it."""
    if where != INSIDE:
        return lambda: None
    scheduler = Scheduler(house)
    thread = threading.Thread(target=scheduler.go_on, name="scheduler", daemon=True)
    thread.start()

    def end() -> None:
        scheduler.stop()
        thread.join(STOP_SECONDS)
        scheduler.let_go()

    return end


@cache
def _trigger(minute: str, hour: str, weekday: str) -> "CronTrigger":
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415 - the start does not wait

    return CronTrigger(minute=minute, hour=hour, day_of_week=weekday, timezone=STOCKHOLM)
