"""What an administrator asks of a running region: its index, its health, its configuration."""

# ruff: noqa: PLC0415 (a command imports what it needs when it runs)

import json
import sys
from pathlib import Path

import click

from styrdokument.cli.shell import PROBLEMS_FOUND, data_option, json_option, opened


@click.command()
@data_option
def rebuild(data: Path) -> None:
    """Make the index anew from the record."""
    with opened(data) as house:
        click.echo(f"{house.index.rebuild()} versions are in the index.")


@click.command()
@data_option
@click.option("--whole", is_flag=True, help="Pack all anew, without what nothing leads to.")
def housekeep(data: Path, *, whole: bool) -> None:
    """Pack the record, and clear what pushes that were cut off left; readers notice nothing."""
    from styrdokument.store.housekeeping import keep

    with opened(data) as house:
        cleared = keep(house.git.path, is_whole=whole)
    click.echo("\n".join(("the record is in order", *cleared)))


@click.command()
@data_option
@json_option
def health(data: Path, *, as_json: bool) -> None:
    """Say how the record, the key and the index are."""
    from styrdokument.actions.examining import examine

    with opened(data) as house:
        found = examine(house)
    if as_json:
        click.echo(json.dumps({"decisions": found.decisions, "problems": found.problems}))
    else:
        click.echo("\n".join((f"{found.decisions} decisions", *found.problems)))
    sys.exit(PROBLEMS_FOUND if found.problems else 0)


@click.command()
@data_option
@json_option
def config(data: Path, *, as_json: bool) -> None:
    """Print what is in force; secrets are masked."""
    from styrdokument.config import in_words, read_config

    words = in_words(read_config(data))
    lines = "\n".join(f"{name} = {value}" for name, value in words.items())
    click.echo(json.dumps(words, ensure_ascii=False) if as_json else lines)
