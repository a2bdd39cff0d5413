# ruff: noqa: INP001, S311 - a script of its own; chance here guards nothing
"""What the clock costs: the daily look over a library, and a look that judges every document.

    python bench/clock.py [DOCUMENTS]      100000 unless another number is named

Rows are made up in the index of a demonstration region, no text in git. Each look is timed in CPU,
three times over, in a process of its own that does nothing else; it is told what the process had
of memory before and at most. What a day's letters cost is in `letters.py`.
"""

import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import click
from desk import FIRST_ID, _begin
from sqlalchemy import insert, select

from styrdokument.actions import reminding
from styrdokument.actions.house import STOCKHOLM, House
from styrdokument.app import join
from styrdokument.config import Config
from styrdokument.store import tables
from styrdokument.store.sql import writing

TODAY = datetime.now(STOCKHOLM).date()
PEOPLE = 2_000
TIMES = 3
KILO = 1024


def fill(house: House, count: int, persons: int = PEOPLE) -> None:
    """So many documents that end on some day of three years, of people who answer for some."""
    random, t = Random(1), tables
    people = _add_people(house, persons)
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


def _add_people(house: House, count: int) -> list[str]:
    from styrdokument.store.journal import accounts  # noqa: PLC0415 - only here

    found = [person_id(number) for number in range(count)]
    usual = {"password": "", "is_admin": False, "is_disabled": False, "is_demonstration": False}
    rows = [
        {
            "person": one,
            "login": f"person{one}",
            "name": f"Åsa Person {one}",
            "mail": f"{one}@exempel.invalid",
        }
        | {"created_at": house.now(), **usual}
        for one in found
    ]
    with writing(house.journal.engine) as connection:
        connection.execute(insert(accounts), rows)
    return found


def person_id(number: int) -> str:
    """The id of one of those whom `fill` adds."""
    return f"p-{number:08d}"


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


def measure(count: int) -> None:
    """Print what each look costs."""
    with tempfile.TemporaryDirectory() as folder:
        moment = datetime.combine(TODAY, datetime.min.time(), STOCKHOLM).replace(hour=6)
        house = replace(_begin(Path(folder)), now=lambda: moment)
        fill(house, count)
        click.echo(f"{count:,} documents")
        _tell("every document, from nothing", folder)
        _tell("every document, each by itself", folder, "--each")
        house.reminders.note_look(TODAY - timedelta(days=1), at=moment, reminders=count)
        _tell("the daily look", folder)
        _tell("the daily look, and what it found is claimed", folder, "--claim")
        house.close()


def _tell(what: str, data: str, *more: str) -> None:
    words = [sys.executable, __file__, "--look", data, *more]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout  # noqa: S603
    click.echo(f"  {what}: {told.strip()}")


def look_alone(data: Path, *, claims: bool, each: bool) -> None:
    """Print what a look takes, and the most memory that the process has had, before and after."""
    house, before, spent, found = join(Config(data=data)), _memory(), list[float](), 0
    if each:  # as if there were no index of ends
        asked = house.watch.due
        house.watch.due = lambda _, since: asked(lambda *_: True, since=since)  # type: ignore[method-assign]
    for _ in range(TIMES):
        begun = time.process_time()
        look = reminding.look(house, TODAY)
        if claims:
            reminding.remind(house, look)
        spent.append(time.process_time() - begun)
        found = max(found, look.count)
        del look
    cpu = ", ".join(f"{one:.2f}" for one in spent)
    click.echo(f"{found:,} reminders, {cpu} s of CPU, {before} MB before, {_memory()} MB at most")
    house.close()


def _memory() -> int:
    """The most that this process has had, in MB; what getrusage tells goes on from the parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith("VmHWM")) // KILO


if __name__ == "__main__":
    if sys.argv[1:2] == ["--look"]:
        asked = sys.argv[3:]
        look_alone(Path(sys.argv[2]), claims="--claim" in asked, each="--each" in asked)
        sys.exit()
    measure(int(sys.argv[1]) if sys.argv[1:] else 100_000)
