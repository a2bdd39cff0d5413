"""`init` and `serve`: from an empty folder to a region on the web."""

# ruff: noqa: PLC0415 (a command imports what it needs when it runs)

import json
import os
import signal
import sys
import threading
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from styrdokument.cli.shell import CouldNot, data_option

NICENESS = 19
"""How far letters stand back for those who read pages meanwhile."""

if TYPE_CHECKING:
    from styrdokument.actions.house import House
    from styrdokument.config import Config


@click.command()
@data_option
@click.option("--demo", is_flag=True, help="Make the demonstration region.")
def init(data: Path, *, demo: bool) -> None:
    """Begin a record; nothing is done where there is one."""
    from styrdokument.actions import beginning, demonstrating
    from styrdokument.actions.house import INDEX, JOURNAL
    from styrdokument.app import join
    from styrdokument.config import FILE, first_file, read_config

    config = read_config(data)
    in_files = replace(config, index_database="", journal_database="")
    servers = {INDEX: config.index_database, JOURNAL: config.journal_database}
    is_new = beginning.begin(
        data,
        join=lambda place: join(replace(in_files, data=place)),
        fill=demonstrating.fill if demo else beginning.fill_nearly_empty,
        configuration=(FILE, first_file().encode()),
        servers={name: address for name, address in servers.items() if address},
    )
    click.echo(f"{data}: the record is begun." if is_new else f"{data}: the record is there.")


@click.command()
@data_option
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=int, help="The port to listen on.")
@click.option("--threads", type=int, help="How many requests are served at once.")
def serve(data: Path, host: str | None, port: int | None, threads: int | None) -> None:
    """Serve the region until told to stop."""
    for told in (signal.SIGTERM, signal.SIGINT):  # a shell may have had SIGINT ignored
        signal.signal(told, lambda *_: sys.exit())
    from styrdokument.app import create_app, open_house
    from styrdokument.cli import server
    from styrdokument.config import PREFIX, read_config
    from styrdokument.schedule import running

    stated = {"HOST": host, "PORT": port, "THREADS": threads}
    typed = {f"{PREFIX}{name}": str(v) for name, v in stated.items() if v is not None}
    config = read_config(data, os.environ | typed)
    with closing(open_house(config)) as house:
        welcome = _welcome(house, config)
        app = create_app(house, config)
        with server.listen(config.host, config.port) as listening:
            click.echo(welcome)
            with running(house, config.scheduler):
                server.serve(app, listening, threads=config.threads)


@click.command()
@data_option
@click.option("--send", "is_once", is_flag=True, help="Send what waits, say as JSON how, and end.")
def scheduler(data: Path, *, is_once: bool) -> None:
    """Mind the clock alone, until told to stop: remind, send mail, keep the record in order.

    For a region whose servers are told `scheduler = "none"`; of several, one leads.
    """
    if is_once:
        _send(data)
        return
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: sys.exit())
    from styrdokument.app import open_house
    from styrdokument.config import read_config
    from styrdokument.schedule import running

    with closing(open_house(read_config(data))) as house, running(house):
        click.echo(f"{data}: the scheduler is running.")
        threading.Event().wait()


def _send(data: Path) -> None:
    """One round of letters; told to stop, or left by whoever began it, it ends after the next."""
    os.nice(NICENESS)
    told_to, parent = threading.Event(), os.getppid()
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: told_to.set())
    from styrdokument.actions.sending import send_waiting
    from styrdokument.app import open_house
    from styrdokument.config import read_config

    with closing(open_house(read_config(data))) as house:
        done = send_waiting(house, go_on=lambda: not told_to.is_set() and os.getppid() == parent)
    click.echo(json.dumps(asdict(done)))


def _welcome(house: "House", config: "Config") -> str:
    """What is printed at the start. Raises CouldNot where known passwords would be let out."""
    from styrdokument.actions.demonstrating import PASSWORD
    from styrdokument.words import ORIGINAL, Words

    words = Words(ORIGINAL)
    host = f"[{config.host}]" if ":" in config.host else config.host
    address = config.base_url or f"http://{host}:{config.port}"
    lines = [words.say("command.serving", region=config.region, address=address)]
    found = [house.accounts.account(person.id) for person in house.accounts.people()]
    accounts = [one for one in found if one and one.is_demonstration]
    if accounts and not config.is_on_loopback:
        raise CouldNot(words.say("command.loopback_only", host=config.host))
    if accounts:
        lines += [words.say("command.demonstration", password=PASSWORD)]
        lines += [f"  {one.login:<9} {one.person.title}" for one in accounts]
    return "\n".join([*lines, words.say("command.stopping")])
