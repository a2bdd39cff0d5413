"""Two years with two processes, kills, outages and a mail server that comes and goes (T1, T2, T9).

The processes are real and killed by SIGKILL: in the middle of what they do, before the mail server
has their letter, and when it has one that they have not yet marked. What the server took is
compared with what the calendar says, worked out here once more and otherwise: each document, stage
and recipient in exactly one letter, and no more copies than there were kills.

Most days are passed over, as if all had been down; `--every-day` passes over none.
"""

import calendar
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from styrdokument.actions.house import STOCKHOLM
from tests.clock.servers import Inbox, free_port, serving
from tests.databases import POSTGRESQL, Databases
from tests.views.conftest import Region
from tests.views.library import Text, put_all

ROOT = Path(__file__).parents[2]
FIRST = date(2026, 11, 22)
DAYS = {"sqlite": 800, POSTGRESQL: 150}
DOCUMENTS = range(2000, 2006)
WORKERS = 2
DAY = timedelta(days=1)
LADDER = {"3 months": -3, "1 month": -1, "14 days": 14, "7 days": 7, "1 day": 1, "0 days": 0}
"""The usual one: months as negative numbers."""


class Mailbox(Inbox):
    """A mail server that now and then kills whoever sends, before or after it has the letter."""

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.random, self.may_kill = random, False
        self.killed: list[int] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, *more: Any) -> str:  # noqa: N802
        self.kill_now_and_then(envelope)
        return await super().handle_RCPT(server, session, envelope, *more)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        self.kill_now_and_then(envelope)
        return answer

    def kill_now_and_then(self, envelope: Any) -> None:
        if self.may_kill and self.random.random() < 0.15:
            self.kill(_sender(envelope.mail_from))

    def kill(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.killed.append(pid)


class Worker:
    """One of the processes, at the end of a line."""

    def __init__(self, line: socket.socket, moment: datetime) -> None:
        self._line, self._said = line, line.makefile("r")
        self.pid = int(self._said.readline())
        line.sendall(f"{moment.isoformat()}\n".encode())

    def ask(self, what: str, moment: datetime) -> None:
        with suppress(OSError):  # it has been killed
            self._line.sendall(f"{what} {moment.isoformat()}\n".encode())

    def has_answered(self) -> bool:
        """Whether it has done what it was asked, and not been killed."""
        with suppress(OSError):
            return self._said.readline().endswith("\n")
        return False

    def close(self) -> None:
        self._said.close()
        self._line.close()


class Lives:
    """A region that lives through its days."""

    def __init__(self, region: Region, random: Random) -> None:
        self.random, self.inbox = random, Mailbox(random)
        self.moment = datetime.combine(FIRST, time(5), STOCKHOLM)
        self._mail_port = free_port()
        self._mail: AbstractContextManager[int] | None = None
        self._here = socket.create_server(("127.0.0.1", 0))
        self._here.settimeout(60)
        words = [str(region.config.data), str(self._here.getsockname()[1]), str(self._mail_port)]
        self._mother = subprocess.Popen(
            [sys.executable, "-m", "tests.clock.living", *words],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            text=True,
        )
        self.workers = [self._worker() for _ in range(WORKERS)]

    def day(self, day: date, *, is_mail_up: bool, has_kills: bool) -> None:
        """At six somebody may be killed; at nine the day comes to its end."""
        self.mail_is(up=is_mail_up)
        for hour in (6, 9):
            self.moment = datetime.combine(day, time(hour), STOCKHOLM)
            self.inbox.may_kill = has_kills and hour == 6
            self.tick()

    def tick(self) -> None:
        """Each does what it does; whoever is killed meanwhile is replaced."""
        for worker in self.workers:
            worker.ask(self.random.choice(("tick", "tick", "remind")), self.moment)
        if self.inbox.may_kill and self.random.random() < 0.25:
            wait, pid = self.random.random() * 0.05, self.random.choice(self.workers).pid
            timer = threading.Timer(wait, self.inbox.kill, [pid])
            timer.start()
            timer.join()
        answers = [worker.has_answered() for worker in self.workers]
        for place, has_answered in enumerate(answers):
            if not has_answered:
                self.workers[place].close()
                self.workers[place] = self._worker()

    def mail_is(self, *, up: bool) -> None:
        if self._mail and not up:
            self._mail.__exit__(None, None, None)
            self._mail = None
        elif up and not self._mail:
            self._mail = serving(self.inbox, self._mail_port)
            self._mail.__enter__()

    def close(self) -> None:
        for worker in self.workers:
            self.inbox.kill(worker.pid)
            worker.close()
        self._mother.communicate()
        self._here.close()
        self.mail_is(up=False)

    def _worker(self) -> Worker:
        assert self._mother.stdin
        self._mother.stdin.write("one more\n")
        self._mother.stdin.flush()
        return Worker(self._here.accept()[0], self.moment)


@pytest.fixture
def random(request: pytest.FixtureRequest) -> Random:
    """The same each time, but where another seed is asked for."""
    return Random(request.config.getoption("--seed"))


@pytest.fixture
def lives(region: Region, random: Random) -> Iterator[Lives]:
    texts = [
        Text(
            document=number,
            title=f"Rutin {number}",
            begins=date(2025, 1, 1),
            ends=FIRST + timedelta(days=random.randrange(-60, 900)),
        )
        for number in DOCUMENTS
    ]
    put_all(region.house, texts, region.ids)
    region.house.index.catch_up()
    made = Lives(region, random)
    yield made
    made.close()


def test_each_stage_goes_to_each_recipient_in_one_letter_whatever_happens(
    lives: Lives, region: Region, databases: Databases, random: Random, pytestconfig: Any
) -> None:
    days = DAYS[databases.kind]
    ends = [row["ends_on"] for row in region.house.watch.of([*range(1000, 3000)]).values()]
    days_on_which = {day for end in ends for day, _ in stages(end, FIRST + days * DAY)}
    seen, outage = [], 0
    for number in range(days):
        day, is_near_the_end = FIRST + number * DAY, number >= days - 2
        likely = 0.03 if day in days_on_which else 0.005
        is_long = not seen or (day - seen[-1]).days > 30  # after more it would be held back
        matters = is_near_the_end or is_long or pytestconfig.getoption("--every-day")
        if not matters and random.random() > likely:
            continue
        outage = outage - 1 if outage else random.choice([0] * 40 + [3])
        if outage and not is_near_the_end:  # all of it is down
            continue
        is_up = is_near_the_end or random.random() > 0.1
        lives.day(day, is_mail_up=is_up, has_kills=not is_near_the_end)
        seen.append(day)
    while region.house.outbox.waiting()[0]:
        lives.moment += timedelta(hours=2)
        assert lives.moment.date() < FIRST + (days + 2) * DAY, "what waits goes within a day"
        lives.tick()
    _check(lives, region, seen)


def _check(lives: Lives, region: Region, seen: list[date]) -> None:
    house, logins = region.house, {person: login for login, person in region.ids.items()}
    watched = house.watch.of([*range(1000, 3000)])
    rows = [row for document in watched for row in house.reminders.about(document)]
    claimed = Counter(
        (r["document"], r["ends_on"], r["stage"], logins[r["recipient"]]) for r in rows
    )
    assert set(claimed.values()) == {1}
    ours = {one for one in claimed if one[0] in DOCUMENTS}
    ends = {document: watched[document]["ends_on"] for document in DOCUMENTS}
    assert ours == {
        (document, end, stage, login)
        for document, end in ends.items()
        for stage, some in expected(end, seen)
        for login in some
    }
    mails: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        mails.setdefault((row["happening"], row["recipient"]), []).append(row["document"])
    said = Counter((logins[who], *sorted(about)) for (_, who), about in mails.items())
    letters = [one for one in lives.inbox.letters if "Påminnelse" in one["subject"]]
    different = {_name(letter): letter for letter in letters}
    assert Counter(map(_read, different.values())) == said, "each in one letter, none missing"
    copies, killed = _copies(lives.inbox), len(set(lives.inbox.killed))
    assert len(copies) == len(lives.inbox.taken) - len(set(map(_name, lives.inbox.letters)))
    print(  # noqa: T201
        f"{len(seen)} days, {len(rows)} reminders, {len(different)} letters, "
        f"{killed} kills, {len(copies)} copies"
    )
    assert killed


def _copies(inbox: Mailbox) -> list[str]:
    """What was sent again: the last letter of somebody who was killed then, and none but that."""
    senders = [_sender(place[0]) for place in inbox.taken]
    sent = list(zip(senders, map(_name, inbox.letters), strict=True))
    last, newest = dict(sent), {what: n for n, (_, what) in enumerate(sent)}
    again = [(who, what) for n, (who, what) in enumerate(sent) if n < newest[what]]
    assert all(who in inbox.killed and last[who] == what for who, what in again)
    return [what for _, what in again]


def expected(end: date, seen: list[date]) -> Iterator[tuple[str, set[str]]]:
    """The stages that were the newest to have come at a look, and were not at the look before."""
    known: str | None = None
    for on in seen:
        come = [(day, name) for day, name in stages(end, on) if day <= on]
        if come and max(come)[1] != known:
            day, known = max(come)
            told, left = {"alma", "frans"}, (end - day).days
            told |= {"dag"} if left <= 31 else set()
            yield known, told | ({"karin"} if left <= 14 else set())


def stages(end: date, until: date) -> Iterator[tuple[date, str]]:
    """The days of a text's ladder, and then one in each month, with their names."""
    for name, left in LADDER.items():
        yield (_months_from(end, left) if left < 0 else end - left * DAY), name
    for month in range(1, 12 * ((until.year - end.year) + 1)):
        yield _months_from(end, month), f"after {month} month{'s' if month > 1 else ''}"


def _months_from(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _sender(address: str) -> int:
    """The process that a letter is from."""
    return int(address.partition("@")[0].removeprefix("w"))


def _name(letter: Any) -> str:
    return str(letter["message-id"])


def _read(letter: Any) -> tuple[object, ...]:
    """To whom a letter is, and which documents it names."""
    words = letter.get_body(("plain",)).get_content()
    numbers = re.findall(r"^.+ \((\d{4})\), version \d+$", words, re.MULTILINE)
    return str(letter["to"].addresses[0].username).casefold(), *sorted(map(int, numbers))
