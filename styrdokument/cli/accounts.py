"""`account`: the local accounts."""

import sys
from pathlib import Path

import click

from styrdokument.cli.shell import CouldNot, OneLine, data_option, opened


@click.group(cls=OneLine)
def account() -> None:
    """Local accounts."""


@account.command("add")
@click.argument("login")
@data_option
@click.option("--name", required=True, help="The person's name.")
@click.option("--title", default="", help="The person's title.")
@click.option("--unit", default="", help="The person's unit, by its slug.")
@click.option("--mail", default="", help="The address that mail to the person goes to.")
@click.option("--admin", is_flag=True, help="May administer; nothing else follows.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_account(
    login: str,
    data: Path,
    name: str,
    title: str,
    unit: str,
    mail: str,
    *,
    admin: bool,
    password_stdin: bool,
) -> None:
    """Add an account, and print the person id that registers know it by."""
    with opened(data) as house:
        if unit and unit not in house.registers.units:
            raise CouldNot(f"{unit}: no such unit in the register")
        password = sys.stdin.readline().rstrip("\n") if password_stdin else _asked()
        made = house.accounts.add(
            login,
            name=name,
            title=title,
            unit=unit,
            mail=mail,
            password=password,
            at=house.now(),
            is_admin=admin,
        )
    click.echo(made.person.id)


@account.command("change")
@click.argument("login")
@data_option
@click.option("--name", help="The person's name.")
@click.option("--title", help="The person's title.")
@click.option("--unit", help="The person's unit, by its slug.")
@click.option("--mail", help="The address that mail to the person goes to; empty: none.")
def change_account(login: str, data: Path, **stated: str | None) -> None:
    """Change what is said, and leave the rest; what stands on the record stays as it was."""
    facts = {name: value for name, value in stated.items() if value is not None}
    if not facts:
        raise CouldNot("nothing to change: say --name, --title, --unit or --mail")
    from styrdokument.store.renaming import change_account  # noqa: PLC0415 - when it runs

    with opened(data) as house:
        if facts.get("unit") and facts["unit"] not in house.registers.units:
            raise CouldNot(f"{facts['unit']}: no such unit in the register")
        found = house.accounts.named(login)
        if found is None:
            raise CouldNot(f"no such account: {login}")
        change_account(house.journal.engine, found.person.id, at=house.now(), **facts)


@account.command("password")
@click.argument("login")
@data_option
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def set_password(login: str, data: Path, *, password_stdin: bool) -> None:
    """Set a local account's password, for somebody who has lost it.

    Their sessions and access tokens end: who else has had the old one cannot be known.
    """
    from styrdokument.actions import own_account  # noqa: PLC0415 - when it runs

    with opened(data) as house:
        found = house.accounts.named(login)
        if found is None or not house.directory.keeps_password(found.person.id):
            raise CouldNot(f"no such account, or its password is kept in the directory: {login}")
        password = sys.stdin.readline().rstrip("\n") if password_stdin else _asked()
        own_account.set_password(house, found.person.id, password)


@account.command("disable")
@click.argument("login")
@data_option
def disable_account(login: str, data: Path) -> None:
    """Close an account for good, with its sessions and access tokens."""
    with opened(data) as house:
        house.accounts.disable(login, at=house.now())


def _asked() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
