"""`register`: types, units, functions, processes and laws, each put in place by two people."""

# ruff: noqa: PLC0415 (a command imports what it needs when it runs)

from collections.abc import Sequence
from pathlib import Path

import click

from styrdokument.cli.shell import CouldNot, OneLine, data_option, opened


@click.group(cls=OneLine)
def register() -> None:
    """Types, units, functions, processes and laws."""


@register.command("put")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@data_option
@click.option("--by", multiple=True, required=True, help="A login; two people, two --by.")
@click.option("--reason", required=True, help="Why; it stands on the record.")
def put_register(file: Path, data: Path, by: Sequence[str], reason: str) -> None:
    """Put a register in place, by a decision that two people make."""
    from styrdokument.actions import registering

    with opened(data) as house:
        accounts = [house.accounts.named(login) for login in by]
        actors = [house.actor(account.person.id) if account else None for account in accounts]
        if unknown := [login for login, actor in zip(by, actors, strict=True) if not actor]:
            raise CouldNot(f"no such account, or a disabled one: {', '.join(unknown)}")
        people = [actor for actor in actors if actor]
        name = registering.name_of(file)
        registering.put_register(house, name, file.read_bytes(), by=people, reason=reason)
