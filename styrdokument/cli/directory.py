"""`directory`: people of the organisation's directory, as the product knows them."""

from pathlib import Path

import click

from styrdokument.cli.shell import CouldNot, OneLine, data_option, opened


@click.group(cls=OneLine)
def directory() -> None:
    """The organisation's directory."""


@directory.command("add")
@click.argument("login")
@data_option
def add_person(login: str, data: Path) -> None:
    """Know somebody before they first sign in, and print the person id for registers."""
    with opened(data) as house:
        found = house.directory.named(login)
        person = house.directory.welcome(found) if found else None
        if person is None:
            raise CouldNot(f"{login}: nobody who may come in has that name in the directory")
    click.echo(person)


@directory.command("tie")
@click.argument("login")
@data_option
@click.option("--to", "name", default="", help="Their name in the directory, if it is another.")
def tie_account(login: str, data: Path, name: str) -> None:
    """Let the directory answer for a local account: the person keeps their id."""
    with opened(data) as house:
        account = house.accounts.named(login)
        found = house.directory.named(name or login)
        if account is None or found is None:
            raise CouldNot(f"{login}: there has to be an account, and a name in the directory")
        house.directory.ties.take_over(account.person.id, found, at=house.now())
    click.echo(account.person.id)
