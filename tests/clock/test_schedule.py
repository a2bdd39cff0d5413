"""The scheduler: what is due is done once, by one process; it catches up, and it never decides."""

import ast
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from styrdokument import schedule
from styrdokument.actions import clockwork, reminding
from styrdokument.actions.house import STOCKHOLM, House
from styrdokument.domain.access import Act, may
from styrdokument.domain.case import Kind, Step
from styrdokument.domain.people import Actor, Person, PersonId
from styrdokument.domain.transitions import TRANSITIONS, open_steps
from styrdokument.schedule import TABLE, Job, Scheduler, next_time, pause_after
from styrdokument.store.leading import Leader
from tests.actions import small
from tests.cast import ALMA, NOON
from tests.steps import after, opened, reviewed
from tests.views.library import BLOOD

ROOT = Path(__file__).parents[2]
REMIND = next(job for job in TABLE if job.name == "remind")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SPRING = datetime(2027, 3, 27, 12, tzinfo=STOCKHOLM)
AUTUMN = datetime(2027, 10, 30, 12, tzinfo=STOCKHOLM)


class Clock:
    """A house at a moment that can be moved, and how often each job of a table was done."""

    def __init__(self, house: House, table: tuple[Job, ...] = ()) -> None:
        self.moment = NOON
        self.house = replace(house, now=lambda: self.moment)
        self.done: list[tuple[str, datetime]] = []
        self.table = tuple(replace(job, action=self._noting(job.name)) for job in table or TABLE)
        self.scheduler = Scheduler(self.house, self.table)

    def _noting(self, name: str) -> Callable[..., dict[str, Any]]:
        def note(*_: object) -> dict[str, Any]:
            self.done.append((name, self.moment))
            return {}

        return note

    def times(self, name: str) -> list[datetime]:
        return [moment for job, moment in self.done if job == name]

    def pass_time(self, until: datetime, each: timedelta = MINUTE) -> None:
        while self.moment < until:
            self.scheduler.tick()
            self.moment = (self.moment.astimezone(UTC) + each).astimezone(STOCKHOLM)


@pytest.fixture
def clock(house: House) -> Iterator[Clock]:
    made = Clock(house)
    yield made
    made.scheduler.let_go()


@pytest.mark.parametrize("begins", [SPRING, AUTUMN])
def test_in_the_nights_when_the_clock_changes_each_job_is_done_once(
    clock: Clock, begins: datetime
) -> None:
    # T3, X17
    clock.moment = begins
    clock.scheduler.tick()
    clock.done.clear()
    clock.pass_time(begins + DAY, each=timedelta(minutes=5))
    local = {name: [m.strftime("%H:%M") for m in clock.times(name)] for name, _ in clock.done}
    assert local["remind"] == ["06:00"]
    assert local["keep"] == ["03:30"]
    assert local["index"] == ["05:10"]
    assert local["keep_whole"] == ["04:00"]  # both are Sundays
    assert not any(moment.hour == 2 for _, moment in clock.done)


def test_what_was_due_while_all_was_down_is_done_at_the_start_and_once(clock: Clock) -> None:
    # T6: APScheduler alone would drop it after a second
    clock.scheduler.tick()
    clock.done.clear()
    clock.moment += 3 * DAY
    assert clock.scheduler.tick() == [job.name for job in clock.table]
    assert clock.scheduler.tick() == []
    clock.moment += MINUTE
    assert clock.scheduler.tick() == ["send"]


def test_the_first_start_sends_at_once_and_packs_in_its_time(clock: Clock) -> None:
    assert clock.scheduler.tick() == ["remind", "send", "mail", "index"]


def test_a_clock_that_goes_back_or_ran_ahead_stops_nothing(clock: Clock) -> None:
    # T7, T8
    clock.moment += timedelta(days=800)
    clock.scheduler.tick()
    clock.done.clear()
    clock.moment -= timedelta(days=800)
    assert "remind" in clock.scheduler.tick()
    assert clock.scheduler.tick() == []


def test_a_job_that_fails_is_tried_again_after_a_while_and_stops_no_other(house: House) -> None:
    def fail(*_: object) -> dict[str, Any]:
        raise OSError("full")

    clock = Clock(house)
    table = [replace(one, action=fail) if one.name == "remind" else one for one in clock.table]
    scheduler = Scheduler(clock.house, table)
    assert scheduler.tick()[:2] == ["remind", "send"]
    assert clock.house.runs.all()["remind"].fault == "OSError: full"
    assert scheduler.tick() == []
    clock.moment += timedelta(minutes=15)
    assert scheduler.tick()[0] == "remind"
    scheduler.let_go()


def test_of_several_one_leads_and_another_takes_over(house: House) -> None:
    first, second = Clock(house), Clock(house)
    assert first.scheduler.tick()
    first.moment += MINUTE
    second.moment += MINUTE
    assert second.scheduler.tick() == []
    first.scheduler.let_go()
    assert second.scheduler.tick() == ["send"]
    second.scheduler.let_go()


def test_a_leader_that_is_killed_leaves_the_place_to_another(house: House) -> None:
    words = (
        "import sys, time; from pathlib import Path; from styrdokument.config import read_config\n"
        "from styrdokument.app import join; from styrdokument.store.leading import Leader\n"
        "data = Path(sys.argv[1]); house = join(read_config(data, {}))\n"
        "print(Leader(data, house.journal.engine).leads(), flush=True); time.sleep(600)"
    )
    ours = Leader(house.data, house.journal.engine)
    command = [sys.executable, "-c", words, str(house.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout
            assert other.stdout.readline() == "True\n"
            assert not ours.leads()
        finally:
            other.kill()
    until = time.monotonic() + 10
    while not ours.leads() and time.monotonic() < until:  # a server notices within a moment
        time.sleep(0.05)
    assert ours.leads()
    ours.let_go()


def test_far_too_much_waits_for_a_person_and_the_administrators_are_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # T8
    monkeypatch.setattr(reminding, "USUALLY_AT_MOST", 0)
    house.accounts.add("admin", name="Admin", password="ett-långt-ord", at=NOON, is_admin=True)
    admin = house.accounts.named("admin").person.id
    told = clockwork.remind(house, lambda: True)
    assert told["held"] > 0
    assert clockwork.remind(house, lambda: True) == told
    held = [row for row in house.journal.outbox() if row["kind"] == "held"]
    assert [row["recipient"] for row in held] == [admin]
    assert not house.reminders.about(1002)
    assert reminding.remind(house, reminding.look(house, house.today)) == told["held"]
    assert clockwork.remind(house, lambda: True)["reminders"] == 0


# A machine never decides (rule 23)

NOBODY = Actor(person=Person(id=PersonId(""), name=""), is_admin=True)


def test_no_step_of_any_case_is_open_to_nobody_whatever_its_state() -> None:
    for kind in Kind:
        assert not open_steps(opened(kind), NOBODY)
    for matter in (after((Step.SAVE, ALMA), (Step.SUBMIT, ALMA)), reviewed()):
        assert not open_steps(matter, NOBODY)
    assert {step for _, step in TRANSITIONS} >= {Step.DECIDE, Step.APPROVE}
    assert not any(may(None, act) for act in set(Act) - {Act.ENTER, Act.READ_PUBLIC})


def test_nothing_that_the_clock_does_takes_a_step_or_an_actor() -> None:
    steps = {"deciding", "reviewing", "drafting", "opening", "registering", "importing", "writing"}
    for name in ("schedule.py", "actions/clockwork.py", "actions/reminding.py"):
        tree = ast.parse((ROOT / "styrdokument" / name).read_text("utf-8"))
        imported = {
            part
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for part in [*(node.module or "").split("."), *(one.name for one in node.names)]
        }
        assert not imported & steps, name
        assert "Actor" not in imported


def test_what_the_clock_does_moves_no_reference_of_the_record(house: House) -> None:
    case = small.open_revision(house, _ids(house), BLOOD)
    before = _references(house)
    clock = Clock(house)
    scheduler = Scheduler(clock.house)
    for days in (0, 1, 30, 400):
        clock.moment = NOON + days * DAY
        scheduler.tick()
    scheduler.let_go()
    runs = clock.house.runs.all()
    assert {run.fault for run in runs.values()} == {""}
    assert set(runs) == {job.name for job in TABLE}
    assert _references(house) == before
    assert house.cases.read(case).case.is_open


def _references(house: House) -> str:
    git = ["git", "--git-dir", str(house.git.path), "for-each-ref"]
    return subprocess.run(git, capture_output=True, text=True, check=True).stdout


def _ids(house: House) -> dict[str, str]:
    return {one.name.casefold(): str(one.id) for one in house.directory.people()}


def test_the_table_is_read_in_stockholms_time() -> None:
    remind = REMIND
    assert next_time(remind, datetime(2026, 11, 21, 4, tzinfo=UTC)) == datetime(
        2026, 11, 21, 5, tzinfo=UTC
    )
    assert next_time(remind, datetime(2026, 7, 1, 3, tzinfo=UTC)) == datetime(
        2026, 7, 1, 4, tzinfo=UTC
    )


def test_a_server_with_the_clock_inside_runs_it_and_ends_with_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "FIRST_SECONDS", 0)
    with schedule.running(house):
        until = time.monotonic() + 30
        while "index" not in house.runs.all() and time.monotonic() < until:
            time.sleep(0.05)
        assert "index" in house.runs.all()
    with schedule.running(house, "none"):
        pass
    free = Leader(house.data, house.journal.engine)
    assert free.leads()
    free.let_go()


@pytest.mark.parametrize(("took", "pause"), [(0, 60), (55, 5), (59, 3), (600, 3)])
def test_the_next_look_comes_with_the_next_minute_however_long_one_took(
    took: float, pause: float
) -> None:
    assert pause_after(took) == pause
