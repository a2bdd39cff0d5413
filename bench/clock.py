# ruff: noqa: INP001, S311 - a script of its own; chance here guards nothing
"""What the clock costs: the daily look over a library, and a day when very much is due.

    python bench/clock.py [DOCUMENTS [REMINDERS]]      100000 and 20000 unless others are named

Rows are made up in the index of a demonstration region, no text in git. The look, and a first look
that has to evaluate every document, are timed in CPU and told with the process's memory. Then so
many documents end on one day, their reminders are claimed and become letters in files, while
readers of pages are timed in the same process, by themselves before and beside it after.
"""

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import click
from desk import FIRST_ID, _begin
from flask import Flask
from sqlalchemy import insert, select, update

from styrdokument.actions import reminding
from styrdokument.actions.house import STOCKHOLM, House
from styrdokument.actions.sending import send_waiting
from styrdokument.app import create_app, join
from styrdokument.config import Config
from styrdokument.store import tables
from styrdokument.store.reminders import DIGEST
from styrdokument.store.sql import writing

TODAY = date(2026, 11, 22)
PEOPLE = 2_000
READS = 200
KILO = 1024


def fill(house: House, count: int) -> None:
    """So many documents that end on some day of three years, of people who answer for some."""
    random, t = Random(1), tables
    people = [_person(house, number) for number in range(PEOPLE)]
    with writing(house.index.engine) as connection:
        sample = dict(connection.execute(select(t.versions).limit(1)).mappings().one())
        rows: dict[Any, list[dict[str, Any]]] = {t.documents: [], t.versions: [], t.watches: []}
        for number in range(FIRST_ID, FIRST_ID + count):
            ends = TODAY + timedelta(days=random.randrange(-200, 900))
            rows[t.documents].append(_document(number, random.choice(people), people))
            days = {"valid_until": ends, "due_from": ends - timedelta(days=90)}
            own = {"document": number, "version": 1, "title": f"Rutin {number}", "type": "routine"}
            rows[t.versions].append(sample | own | days | {"text": "", "body": "", "words": ""})
            rows[t.watches].append(
                {
                    "document": number,
                    "about": "end",
                    "version": 1,
                    "type": "routine",
                    "ends_on": ends,
                }
                | {"set_on": ends - timedelta(days=730), "is_imported": False}
            )
        for table, made in rows.items():
            connection.execute(insert(table), made)


def _person(house: House, number: int) -> str:
    from styrdokument.store.journal import accounts  # noqa: PLC0415 - only here

    row = {
        "person": f"p-{number:08d}",
        "login": f"person{number}",
        "name": f"Person {number}",
        "password": "",
        "mail": f"person{number}@exempel.invalid",
        "is_admin": False,
        "is_disabled": False,
        "is_demonstration": False,
        "created_at": house.now(),
    }
    with writing(house.journal.engine) as connection:
        connection.execute(insert(accounts), row)
    return str(row["person"])


def _document(number: int, officer: str, people: list[str]) -> dict[str, Any]:
    return {
        "document": number,
        "latest": 1,
        "unit": "medicinkliniken",
        "case_officer": officer,
        "fact_owner": people[number % len(people)],
        "reviewers": [],
        "adopter": ["verksamhetschef-medicin"],
    }


def measure(count: int, due: int) -> None:
    """Print what each part costs."""
    with tempfile.TemporaryDirectory() as folder:
        moment = datetime.combine(TODAY, datetime.min.time(), STOCKHOLM).replace(hour=6)
        house = replace(_begin(Path(folder)), now=lambda: moment)
        fill(house, count)
        _tell("first look, every document evaluated, nothing claimed", *_timed(_look(house)))
        house.reminders.note_look(TODAY - timedelta(days=1), at=moment, reminders=0)
        _tell(f"daily look over {count:,} documents", *_timed(_look(house)))
        click.echo(f"  {_alone(Path(folder))}")
        _one_day(house, due)
        app = create_app(house, Config(data=Path(folder)))
        alone = _reading(app, lambda: False)
        found, cpu, wall = _timed(lambda: reminding.remind(house, reminding.look(house, TODAY)))
        _tell("claiming a day when much is due", found, cpu, wall)
        worker = threading.Thread(target=_send_all, args=(house,))
        begun = time.monotonic()
        worker.start()
        beside = _reading(app, worker.is_alive)
        worker.join()
        letters = sum(row["kind"] == DIGEST for row in house.journal.outbox())
        click.echo(f"  {letters:,} letters in {time.monotonic() - begun:.0f} s")
        click.echo(f"  a page, p95: alone {alone:.1f} ms, beside {beside:.1f} ms")
        house.close()


def _alone(data: Path) -> str:
    """The daily look in a process of its own, which does nothing else, and its memory."""
    words = [sys.executable, __file__, "--look", str(data)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


def look_alone(data: Path) -> None:
    """Print what a look takes, and the most memory that the process has had, before and after."""
    house, before = join(Config(data=data)), _memory()
    count = reminding.look(house, TODAY).count
    click.echo(f"in a process of its own: {count:,}, {before} MB before, {_memory()} MB at most")
    house.close()


def _look(house: House) -> Callable[[], int]:
    return lambda: reminding.look(house, TODAY).count


def _one_day(house: House, count: int) -> None:
    """Let so many documents end three months from the day; each is two people's."""
    ends = date(2027, 2, 22)
    chosen = tables.watches.c.document.between(FIRST_ID, FIRST_ID + count // 2 - 1)
    with writing(house.index.engine) as connection:
        connection.execute(update(tables.watches).where(chosen).values(ends_on=ends))


def _send_all(house: House) -> None:
    while house.outbox.waiting()[0]:
        send_waiting(house)


def _reading(app: Flask, go_on: Callable[[], bool]) -> float:
    """The 95th percentile of a page's time, in milliseconds: some reads, and while it lasts."""
    client, spent = app.test_client(), list[float]()
    while len(spent) < READS or go_on():
        begun = time.perf_counter()
        client.get("/documents/1001")
        spent.append((time.perf_counter() - begun) * 1000)
        time.sleep(0.02)
    return statistics.quantiles(spent, n=20)[-1]


def _timed(do: Callable[[], int]) -> tuple[int, float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    return do(), time.process_time() - cpu, time.perf_counter() - wall


def _tell(what: str, count: int, cpu: float, wall: float) -> None:
    click.echo(f"  {what}: {count:,} reminders, {cpu:.2f} s of CPU, {wall:.2f} s")


def _memory() -> int:
    """The most that this process has had, in MB; what getrusage tells goes on from the parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith("VmHWM")) // KILO


if __name__ == "__main__":
    if sys.argv[1:2] == ["--look"]:
        look_alone(Path(sys.argv[2]))
        sys.exit()
    sizes = [int(one) for one in sys.argv[1:]] or [100_000, 20_000]
    measure(sizes[0], sizes[1] if len(sizes) > 1 else sizes[0] // 5)
