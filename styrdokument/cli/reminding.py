"""`remind`: what the scheduler does each morning, by hand, for any day, or only shown."""

# ruff: noqa: PLC0415 (a command imports what it needs when it runs)

import json
import os
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from styrdokument.cli.shell import data_option, json_option, opened

if TYPE_CHECKING:
    from styrdokument.actions.house import House
    from styrdokument.actions.reminding import Look
    from styrdokument.words import Words


@click.command()
@data_option
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day to remind on; else today."
)
@click.option("--dry-run", is_flag=True, help="Show what would go out, and claim nothing.")
@json_option
def remind(data: Path, day: datetime | None, *, dry_run: bool, as_json: bool) -> None:
    """Send the day's reminders, and say what goes to whom, and why to them.

    Also what the scheduler held back because it was too much. What cannot go now stays in the
    outbox, and goes when the scheduler sends.
    """
    from styrdokument.actions import reminding, sending
    from styrdokument.store.runs import Run
    from styrdokument.words import Words, language_in, plain

    with opened(data) as house:
        found = reminding.look(house, day.date() if day else house.today)
        if not dry_run:
            begun, count = house.now(), reminding.remind(house, found)
            told = {"on": found.on.isoformat(), "reminders": count, "unheard": found.unheard}
            done = Run(job="remind", begun_at=begun, done_at=house.now(), told=told)
            if found.on == house.today:  # as the scheduler does, and what it held is let go
                house.runs.note(done)
            sending.send_waiting(house)
        words = Words(language_in(os.environ))
        shown = _plain(house, found) | {"dry_run": dry_run}
        lines = () if as_json else [plain(line) for line in _lines(house, shown, words)]
    click.echo(json.dumps(shown, ensure_ascii=False) if as_json else "\n".join(lines))


def _plain(house: "House", found: "Look") -> dict[str, Any]:
    """What goes out, by person, as JSON has it."""
    from styrdokument.actions.explaining import names_of
    from styrdokument.actions.reminding import reason_of

    people: dict[str, list[dict[str, Any]]] = {}
    for one in found.due:
        for who in one.recipients:
            told = {
                "document": one.row["document"],
                "version": one.row["version"],
                "title": one.row["title"],
                "stage": one.stage.name,
                "stage_on": one.stage.on.isoformat(),
                "ends_on": one.row["ends_on"].isoformat(),
                "why": reason_of(who),
            }
            people.setdefault(who.person, []).append(told)
    names = names_of(house, people)
    return {
        "on": found.on.isoformat(),
        "since": found.since.isoformat() if found.since else None,
        "reminders": [
            {"person": person, "name": names.get(person, person), "documents": documents}
            for person, documents in sorted(people.items(), key=lambda one: names.get(one[0], ""))
        ],
        "nobody": [one.row["document"] for one in found.due if not one.recipients],
    }


def _lines(house: "House", told: Mapping[str, Any], words: "Words") -> Iterator[str]:
    """The same for a terminal."""
    from styrdokument.actions.explaining import names_of, people_in, reason_said, stage_said
    from styrdokument.domain.reminders import About, about_of

    people, registers = told["reminders"], house.registers
    documents = [one for person in people for one in person["documents"]]
    names = names_of(house, people_in(one["why"] for one in documents))
    on = date.fromisoformat(told["on"])
    if not documents and not told["nobody"]:
        yield words.say("reminder.nothing", day=on)
    else:
        yield words.say("reminder.found", count=len(documents), people=len(people), day=on)
    for person in people:
        yield words.say("reminder.to", name=person["name"], person=person["person"])
        for one in person["documents"]:
            why = reason_said(words, one["why"], registers, names)
            is_end = about_of(one["stage"]) is About.END
            key = "reminder.ends" if is_end else "reminder.by_day"
            ends = words.say(key, day=date.fromisoformat(one["ends_on"]))
            stage = stage_said(words, one["stage"])
            yield words.say("reminder.line", **one | {"ends": ends, "stage": stage, "why": why})
    for document in told["nobody"]:
        yield words.say("reminder.nobody", document=document)
    if told["dry_run"]:
        yield words.say("reminder.dry")
