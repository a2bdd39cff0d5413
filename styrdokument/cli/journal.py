"""`journal`: moving what cannot be derived from the record to another database."""

# ruff: noqa: PLC0415 (a command imports what it needs when it runs)

import json
from pathlib import Path

import click

from styrdokument.cli.shell import CouldNot, OneLine, data_option, json_option, opened


@click.group(cls=OneLine)
def journal() -> None:
    """Accounts, sessions and all else that cannot be derived from the record."""


@journal.command("copy")
@data_option
@click.option(
    "--to",
    required=True,
    metavar="ADDRESS",
    help="An empty PostgreSQL database, or an SQLite file that is not there.",
)
@json_option
def copy(data: Path, to: str, *, as_json: bool) -> None:
    """Copy the whole journal; the one in use stays as it is, and in use."""
    from styrdokument.config import ADDRESS
    from styrdokument.store import sql
    from styrdokument.store.moving import copy_journal

    if "://" in to and not to.startswith(ADDRESS):
        raise CouldNot(f"--to: must begin with {ADDRESS}, or be a file's name")
    place = to if to.startswith(ADDRESS) else Path(to)
    with opened(data) as house, sql.opened(place, "journal") as target:
        counts = copy_journal(house.journal.engine, target)
        is_served = not house.alive.was_alone
    click.echo(json.dumps(counts) if as_json else _told(counts))
    if is_served:
        click.echo("Something else has this data open; what it writes now is not copied.", err=True)


def _told(counts: dict[str, int]) -> str:
    return "\n".join(f"{count} {name}" for name, count in counts.items())
