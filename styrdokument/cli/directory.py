"""`directory`: people of the organisation's directory, as the product knows them."""

# ruff: noqa: PLC0415 (a command imports what it needs when it runs)

import json
from dataclasses import asdict
from pathlib import Path

import click

from styrdokument.cli.shell import CouldNot, OneLine, data_option, json_option, opened


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


@directory.command("group")
@click.argument("name")
@data_option
def show_group(name: str, data: Path) -> None:
    """Print the key of a group, for `group:` of a function in functions.yaml."""
    with opened(data) as house:
        found = house.directory.groups(name)
    if not found:
        raise CouldNot(f"{name}: no group of that name in the directory")
    for key, whole in found.items():
        click.echo(f"{key} {whole}")


@directory.command("look")
@data_option
@click.option("--believe", is_flag=True, help="Also where more than half of all have left at once.")
@json_option
def look(data: Path, *, believe: bool, as_json: bool) -> None:
    """Look who has left and who holds functions by groups, as is done each day."""
    from styrdokument.actions import daily_look

    with opened(data) as house:
        found = daily_look.look(house, is_believed=believe)
        named = house.directory.known({*found.left, *found.back, *found.new})
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
        return
    for word, people in (("left", found.left), ("back", found.back), ("new", found.new)):
        for person in people:
            click.echo(f"{word}: {person} {named[person].name}")
    click.echo(f"here: {found.here}; holders by group: {found.holders}")
