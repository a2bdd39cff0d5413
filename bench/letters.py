# ruff: noqa: INP001, S101, S311 - a script of its own; chance here guards nothing
"""A day when very much is due, in the product as it is served, with people reading pages meanwhile.

    python bench/letters.py [REMINDERS [DOCUMENTS [PEOPLE]]]     20000, 100000, and one for each

So many reminders fall due at once, to so many people. Two readers ask for documents' pages, one
each 50 ms, from a process of their own. First letters are sent by turns, for half a minute and then
for half a minute not, as the clock of the serving process sends many, and what a page takes is held
against what it takes in the turns between; then the product's own clock sends the rest, and it is
told how long that took.
"""

import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median, quantiles

import click
from clock import fill, person_id
from desk import FIRST_ID, _begin
from load import Line, request, spent
from ours import free_port, served
from sqlalchemy import bindparam, update

from styrdokument.actions import reminding, sending_apart
from styrdokument.actions.house import STOCKHOLM, House
from styrdokument.app import create_app, open_house
from styrdokument.cli import server
from styrdokument.config import Config
from styrdokument.domain.validity import add_months
from styrdokument.schedule import TABLE
from styrdokument.store import tables
from styrdokument.store.runs import Run
from styrdokument.store.sql import writing

READERS, EACH_SECONDS = 2, 0.05
TURNS, TURN_SECONDS = 4, 30


@dataclass
class Reading:
    """What pages took, in milliseconds, with the moment each was asked for."""

    port: int
    addresses: list[str]
    ended: threading.Event = field(default_factory=threading.Event)
    took: list[tuple[float, float]] = field(default_factory=list)

    def go_on(self) -> None:
        """Read pages until told to end; the first look at each is not counted."""
        line, random = Line(self.port), Random(1)
        for address in self.addresses:
            _ask(line, address)
        while not self.ended.wait(EACH_SECONDS):
            begun = time.perf_counter()
            _ask(line, random.choice(self.addresses))
            self.took.append((begun, (time.perf_counter() - begun) * 1000))


def _ask(line: Line, address: str) -> None:
    line.connection.sendall(request(address))
    while not line.take():
        pass


def measure(due: int, documents: int, people: int) -> None:
    """Print what became of the day."""
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder), free_port()
        house = _begin(data)
        fill(house, documents, people)
        _fall_due(house, due, people)
        addresses = [f"/documents/{one}" for one in _public(house)]
        house.close()
        with _served_by_turns(data, port) as turns, _read(port, addresses) as took:
            told = [line.split() for line in turns]
        _tell_of_turns(told, took)
        with served(data, port) as (process, _), _read(port, addresses) as took:
            seen = _watch(data / "journal.db", process)
        (begun, letters, cpu), (ended, _, used) = seen[0], seen[-1]
        click.echo(f"  the other {letters:,} letters by its own clock in {ended - begun:.0f} s;")
        click.echo(f"  {(used - cpu) / max(letters, 1):.1f} ms of CPU for each, with what was read")
        if len(took) > 1:
            click.echo(f"  a page meanwhile: {_told([ms for _, ms in took])}")


@contextmanager
def _read(port: int, addresses: list[str]) -> Iterator[list[tuple[float, float]]]:
    """Readers, for as long as it lasts; the moments of their looks, and what these took."""
    reading = Reading(port, addresses)
    readers = [threading.Thread(target=reading.go_on) for _ in range(READERS)]
    for one in readers:
        one.start()
    try:
        yield reading.took
    finally:
        reading.ended.set()
        for one in readers:
            one.join()


@contextmanager
def _served_by_turns(data: Path, port: int) -> Iterator[Iterator[str]]:
    """The product, with a sender of ours; lines that say which turn began, and when."""
    words = [sys.executable, __file__, "--by-turns", str(data), str(port)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout
    try:
        process.stdout.readline()  # it serves
        yield (line for line in iter(process.stdout.readline, "end\n"))
    finally:
        process.terminate()
        process.wait(60)


def serve_by_turns(data: Path, port: int) -> None:
    """Serve, and send by turns; say on stdout which turn it is."""
    config = Config(data=data, port=port)
    with closing(open_house(config)) as house:
        app = create_app(house, config)
        with server.listen(config.host, port) as listening:
            click.echo("serving")
            threading.Thread(target=_send_by_turns, args=(house,), daemon=True).start()
            server.serve(app, listening, threads=config.threads)


def _send_by_turns(house: House) -> None:
    time.sleep(TURN_SECONDS)
    _say("finding")
    reminding.remind(house, reminding.look(house, house.today))
    for _ in range(TURNS):
        for turn in ("alone", "beside"):
            _say(turn, house.outbox.waiting()[0])
            until = time.perf_counter() + TURN_SECONDS
            if turn == "beside":
                sending_apart.send_apart(house, go_on=partial(_is_before, until))
            time.sleep(max(until - time.perf_counter(), 0))
    _say("over", house.outbox.waiting()[0])
    click.echo("end")


def _is_before(moment: float) -> bool:
    return time.perf_counter() < moment


def _say(turn: str, waiting: int = 0) -> None:
    click.echo(f"{turn} {time.perf_counter()} {waiting}")


def _fall_due(house: House, due: int, people: int) -> None:
    """Two reminders for each document: to its case officer and its fact owner."""
    today = datetime.now(STOCKHOLM).date()
    t, chosen = tables.watches.c, range(FIRST_ID, FIRST_ID + due // 2)
    mine = tables.documents.c.document == bindparam("its")
    who = update(tables.documents).where(mine)
    who = who.values(case_officer=bindparam("officer"), fact_owner=bindparam("owner"))
    rows = [
        {"its": one, "officer": person_id(2 * n % people), "owner": person_id((2 * n + 1) % people)}
        for n, one in enumerate(chosen)
    ]
    with writing(house.index.engine) as connection:
        far = update(tables.watches).where(t.document >= FIRST_ID)
        connection.execute(far.values(ends_on=today + timedelta(days=900)))
        near = update(tables.watches).where(t.document.between(chosen[0], chosen[-1]))
        decided = today - timedelta(days=640)
        connection.execute(near.values(ends_on=add_months(today, 3), set_on=decided))
        connection.execute(who, rows)
    now = house.now()
    house.reminders.note_look(today - timedelta(days=7), at=now, reminders=due)
    for job in TABLE:
        if job.name not in {"remind", "send"}:
            house.runs.note(Run(job=job.name, begun_at=now, done_at=now))


def _watch(journal: Path, process: int) -> list[tuple[float, int, float]]:
    """Each second until all has gone: the moment, how much waits, and CPU."""
    seen = list[tuple[float, int, float]]()
    asked = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND ended = ''"
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as connection:
        while not seen or seen[-1][1]:
            waiting = connection.execute(asked).fetchone()[0]
            seen.append((time.perf_counter(), waiting, spent([process])))
            time.sleep(1)
    return seen


def _tell_of_turns(told: list[list[str]], took: list[tuple[float, float]]) -> None:
    """What pages took in each kind of turn, and what a round's two turns are to each other."""
    turns = [(name, float(begun), int(waiting)) for name, begun, waiting in told]
    found: dict[str, list[list[float]]] = {}
    for (name, begun, _), (_, ended, _) in pairwise(turns):
        found.setdefault(name, []).append([ms for at, ms in took if begun <= at < ended])
    for name, each in found.items():
        click.echo(f"  a page {name}: {_told([ms for one in each for ms in one])}")
    rounds = zip(found["alone"], found["beside"], strict=True)
    ratios = [_p95(beside) / _p95(alone) for alone, beside in rounds]
    click.echo(f"  p95 beside to alone, {len(ratios)} rounds: median {median(ratios):.2f}")
    click.echo(f"    {' '.join(f'{one:.2f}' for one in sorted(ratios))}")
    sent = turns[1][2] - turns[-1][2]
    rate = sent / TURN_SECONDS / len(ratios)
    click.echo(f"  {turns[1][2]:,} letters to go, {rate:.0f} a second while some are sent")


def _p95(took: list[float]) -> float:
    return quantiles(took, n=20)[-1]


def _told(took: list[float]) -> str:
    return f"median {median(took):.2f} ms, p95 {_p95(took):.2f} ms"


def _public(house: House) -> list[int]:
    found = house.watch.due(lambda *_: True, since=None)
    return [one["document"] for one in found if one["audience"] == "public"][:40]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--by-turns"]:
        serve_by_turns(Path(sys.argv[2]), int(sys.argv[3]))
        sys.exit()
    numbers = [int(one) for one in sys.argv[1:]]
    due, documents, people = (*numbers, *(20_000, 100_000, 0)[len(numbers) :])
    measure(due, max(documents, due), people or due)
