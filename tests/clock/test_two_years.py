"""Two years day by day: two workers, kills, outages and a mail server that comes and goes (T1).

What went out is compared with what the calendar says, worked out here once more and otherwise:
each document, stage and recipient in exactly one letter, and no more copies than there were kills.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from styrdokument.actions.house import STOCKHOLM, House
from styrdokument.app import join
from styrdokument.domain.reminders import newest_stage
from styrdokument.outside.mail import Later, Letter, Send
from styrdokument.schedule import TABLE, Scheduler
from tests.databases import POSTGRESQL
from tests.views.conftest import Region
from tests.views.library import Text, put_all

DAYS = {"sqlite": 800, POSTGRESQL: 60}
FIRST = date(2026, 11, 22)
ONLY = ("remind", "send")
WORKERS = 2


class Killed(BaseException):
    """What a kill is to the worker that it hits."""


class Post:
    """A mail server that can be down, and a worker that can be killed right after a letter."""

    def __init__(self, random: Random) -> None:
        self.random, self.is_down = random, False
        self.letters: list[Letter] = []
        self.kills = 0
        self.may_kill = False

    def connected(self) -> "Post":
        return self

    def __enter__(self) -> Send:
        if self.is_down:
            raise Later("down")
        return self._send

    def __exit__(self, *_: object) -> None:
        pass

    def answers(self) -> str:
        return "down" if self.is_down else ""

    def _send(self, letter: Letter) -> None:
        self.letters.append(letter)
        if self.may_kill and self.random.random() < 0.1:
            self.kills += 1
            raise Killed


class Lives:
    """A region that lives through its days."""

    def __init__(self, region: Region, random: Random) -> None:
        self.region, self.random = region, random
        self.moment = datetime.combine(FIRST, time(5), STOCKHOLM)
        self.post = Post(random)
        self.workers = [self._worker() for _ in range(WORKERS)]

    def _house(self) -> House:
        made = join(self.region.config, now=lambda: self.moment)
        return replace(made, post=self.post)

    def _worker(self) -> Scheduler:
        return Scheduler(self._house(), [job for job in TABLE if job.name in ONLY])

    def tick(self) -> None:
        """Each worker looks; one that is killed is replaced, its claims as they were."""
        for place in self.random.sample(range(WORKERS), WORKERS):
            try:
                self.workers[place].tick()
            except Killed:
                dead = self.workers[place]
                dead.let_go()
                dead._house.close()
                self.workers[place] = self._worker()

    def day(self, hours: tuple[int, ...]) -> None:
        day = self.moment.date()
        for hour in hours:
            if hour != hours[0] and not self.workers[0]._house.outbox.waiting()[0]:
                continue
            self.moment = datetime.combine(day, time(hour), STOCKHOLM)
            self.tick()
        self.moment = datetime.combine(day + timedelta(days=1), time(5), STOCKHOLM)

    def close(self) -> None:
        for worker in self.workers:
            worker.let_go()
            worker._house.close()


@pytest.fixture
def lives(region: Region) -> Iterator[Lives]:
    random = Random(region.config.data.name)
    texts = [
        Text(
            document=2000 + number,
            title=f"Rutin {number}",
            begins=date(2025, 1, 1),
            ends=FIRST + timedelta(days=random.randrange(-60, 900)),
        )
        for number in range(20)
    ]
    put_all(region.house, texts, region.ids)
    region.house.index.catch_up()
    made = Lives(region, random)
    yield made
    made.close()


def test_each_stage_goes_to_each_recipient_in_one_letter_whatever_happens(
    lives: Lives, databases: Any
) -> None:
    days, down, seen = DAYS[databases.kind], 0, []
    lives.post.may_kill = True
    for number in range(days):
        if number < days - 7:
            down = down - 1 if down else lives.random.choice([0] * 40 + [3])
            lives.post.is_down = lives.random.random() < 0.05
        else:
            down, lives.post.is_down, lives.post.may_kill = 0, False, False
        if down:  # all of it is down
            lives.moment += timedelta(days=1)
            continue
        seen.append(lives.moment.date())
        lives.day((6, 9) if number < days - 7 else (6, 7, 8, 9, 12))
    _check(lives, seen)


def _check(lives: Lives, seen: list[date]) -> None:
    house = lives.workers[0]._house
    rows = [
        row
        for document in house.watch.of([*range(1000, 3000)])
        for row in house.reminders.about(document)
    ]
    claimed = Counter((r["document"], r["ends_on"], r["stage"], r["recipient"]) for r in rows)
    assert set(claimed.values()) == {1}
    # none missing: at each look the newest stage had been claimed, if it came since the last look
    expected = set()
    for watched in house.watch.of([*range(1000, 3000)]).values():
        ladder = house.registers.types[watched["type"]].reminders
        for before, on in zip([None, *seen], seen, strict=False):
            stage = newest_stage(watched["ends_on"], ladder, on=on)
            if stage and (before is None or stage.on > before):
                if stage.on <= watched["set_on"] and not watched["is_imported"]:
                    continue
                expected.add((watched["document"], stage.name))
    assert {(r["document"], r["stage"]) for r in rows} == expected
    # each in exactly one letter, but for the copies that kills made
    unsent = [r for r in house.journal.outbox() if r["kind"] == "reminders" and not r["sent_at"]]
    assert unsent == []
    letters = Counter(letter.key for letter in lives.post.letters if "reminders" in letter.key)
    assert set(letters) == {f"{r['happening']} {r['recipient']} reminders" for r in rows}
    copies = sum(letters.values()) - len(letters)
    assert copies <= lives.post.kills
    assert lives.post.kills > 0
    days = Counter((key.split()[0], key.split()[1]) for key in letters)
    assert set(days.values()) == {1}
    assert all(re.fullmatch(r"reminders:\d{4}-\d\d-\d\d", key.split()[0]) for key in letters)
