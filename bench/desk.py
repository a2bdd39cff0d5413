# ruff: noqa: INP001, PLR2004, S101, S311 - a script of its own; chance here guards nothing
"""What the controller's desk costs, in CPU milliseconds of the process that answers.

    python bench/desk.py [DOCUMENTS ...]

Makes a region whose index holds so many documents with five versions each (rows made up, no text in
git), signs Karin in and asks for each page a few times; prints the least and the median.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from random import Random
from typing import Any

import click
from sqlalchemy import Table, event, insert

from styrdokument.actions import beginning, demonstrating
from styrdokument.actions.house import House
from styrdokument.app import create_app, join
from styrdokument.config import FILE, Config, first_file
from styrdokument.domain.document import DocumentId
from styrdokument.store import tables
from styrdokument.store.sql import writing

ASKED = (
    "/overview",
    "/overview/expired",
    "/overview/due",
    "/overview/ownerless",
    "/overview/expired?unit=medicinkliniken",
    "/overview/cases",
    "/overview/stuck",
    "/overview/departures",
    "/overview/in-force",
    "/overview/expired.csv",
    "/units/medicinkliniken",
    "/people/{alma}",
)
VERSIONS = 5
TEXT = "Texten finns för att läsas. " * 60
TIMES = 7
FIRST_ID = 2_000
NOON = clock(12)
A_CASE_FOR = 20
"""Every so many documents have an open case."""


def fill(house: House, count: int) -> None:
    """Add the documents, and some open cases, to the index of a demonstration region."""
    random = Random(1)
    people = [person.id for person in house.directory.people()]
    rows: dict[Table, list[dict[str, Any]]] = {}
    for number in range(count):
        for table, row in _document(house, random, people, number):
            rows.setdefault(table, []).append(row)
    with writing(house.index.engine) as connection:
        for table in (t for t in tables.METADATA.sorted_tables if t in rows):
            connection.execute(insert(table), rows[table])


def _document(
    house: House, random: Random, people: list[Any], number: int
) -> Iterator[tuple[Table, dict[str, Any]]]:
    document = DocumentId(FIRST_ID + number)
    registers, today = house.registers, house.today
    functions, units = sorted(registers.functions), sorted(registers.units)
    unit, kind = random.choice(units), random.choice(sorted(registers.types))
    who = {role: random.choice([*people, *functions]) for role in ("case_officer", "fact_owner")}
    yield (
        tables.documents,
        {"document": document, "latest": VERSIONS, "unit": unit, **who}
        | {"reviewers": people[:2], "adopter": [functions[0]]},
    )
    entries = {*who.items(), ("reviewers", people[0]), ("reviewers", people[1])}
    for role, entry in sorted(entries | {("adopter", random.choice(functions))}):
        yield tables.document_entries, {"document": document, "role": role, "entry": entry}
    begun = today - timedelta(days=random.randrange(900))
    starts = [begun - timedelta(days=300 * back) for back in range(VERSIONS)][::-1]
    for version, start in enumerate(starts, 1):
        later = starts[version] if version < VERSIONS else None
        yield tables.versions, _version(document, version, kind, start, later)
        yield tables.decisions, _decision(document, version, start, random)
    if number % A_CASE_FOR == 0:
        yield from _case(number, document, unit, kind, random.choice(people), house)


def _version(
    document: DocumentId, version: int, kind: str, start: date, later: date | None
) -> dict[str, Any]:
    empty: dict[str, Any] = {
        name: [] if name in {"fields", "roles", "content"} else ""
        for name in tables.versions.columns.keys()  # noqa: SIM118 - not a mapping
    }
    ends = start + timedelta(days=730)
    days = {"effective_from": start, "valid_until": ends, "due_from": ends - timedelta(days=91)}
    return empty | {
        "document": document,
        "version": version,
        "seq": document * 10 + version,
        "type": kind,
        "title": f"Rutin {document}",
        "sorting": f"rutin {document}",
        "audience": "public" if document % 2 else "internal",
        **dict.fromkeys(("text", "body", "words"), f"{document} {TEXT}"),
        "decided_on": start,
        "recorded_at": _moment(start),
        **days,
        "review_on": None,
        "after_review_on": None,
        "applies_until": later,
        "repealed_from": None,
        "is_cancelled": False,
        "corrects": None,
        "extensions": 0,
    }


def _decision(document: DocumentId, version: int, start: date, random: Random) -> dict[str, Any]:
    name = f"Beslutsfattare {random.randrange(100)}"
    return {
        "seq": document * 10 + version,
        "document": document,
        "version": version,
        "kind": "adopt",
        "case_number": None,
        "recorded_at": _moment(start),
        "decider": f"{name.casefold()} ",
        "decided_by": {"id": None, "name": name, "title": "", "unit": "", "for": None},
        "basis": {"kind": "delegation"},
        "commit_id": "",
        "path": "",
        "file": "{}",
    }


def _case(
    number: int, document: DocumentId, unit: str, kind: str, person: str, house: House
) -> Iterator[tuple[Table, dict[str, Any]]]:
    at = house.now() - timedelta(days=number % 90)
    case = FIRST_ID + number
    yield (
        tables.cases,
        {"number": case, "kind": "revise", "state": "draft", "title": f"Rutin {document}"}
        | {"unit": unit, "type": kind, "opened_by": person, "branch": "", "log": ""}
        | dict.fromkeys(("opened_at", "turn_since", "changed_at"), at),
    )
    yield tables.case_documents, {"number": case, "document": document}
    for is_turn in (True, False):
        yield tables.case_entries, {"number": case, "entry": person, "is_turn": is_turn}


def _moment(day: date) -> datetime:
    return datetime.combine(day, NOON, UTC)


def measure(count: int) -> None:
    """Print what each page costs at that size."""
    with tempfile.TemporaryDirectory() as folder:
        house = _begin(Path(folder))
        fill(house, count)
        app = create_app(house, Config(data=Path(folder)))
        client = app.test_client()
        karin, alma = (house.accounts.named(login) for login in ("karin", "alma"))
        assert karin
        assert alma
        token = house.sessions.begin(karin.person.id, at=house.now())
        client.set_cookie("styrdokument", token)
        asked: list[str] = []
        for engine in (house.index.engine, house.journal.engine):
            event.listen(engine, "before_cursor_execute", _noting(asked))
        for address in (one.format(alma=alma.person.id) for one in ASKED):
            spent = []
            for _ in range(TIMES):
                asked.clear()
                begun = time.process_time()
                answer = client.get(address)
                spent.append((time.process_time() - begun) * 1000)
                assert answer.status_code == 200, (address, answer.status_code)
            least, median = min(spent), statistics.median(spent)
            click.echo(f"{count:>7} {least:7.1f} {median:7.1f} {len(asked):>4}  {address}")
        house.close()


def _noting(asked: list[str]) -> Callable[..., None]:
    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    return note


def _begin(data: Path) -> House:
    config = Config(data=data)
    beginning.begin(
        data,
        join=lambda place: join(replace(config, data=place)),
        fill=demonstrating.fill,
        configuration=(FILE, first_file().encode()),
    )
    return join(config)


if __name__ == "__main__":
    click.echo("documents  least  median  SQL  page")
    for wanted in sys.argv[1:] or ("1000", "10000"):
        measure(int(wanted))
