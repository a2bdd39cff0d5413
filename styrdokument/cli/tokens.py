"""`token`: personal access tokens, for git and other programs."""

# ruff: noqa: PLC0415 (a command imports what it needs when it runs)

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from styrdokument.cli.shell import CouldNot, OneLine, data_option, json_option, opened

if TYPE_CHECKING:
    from styrdokument.actions.house import House
    from styrdokument.domain.people import PersonId
    from styrdokument.store.tokens import Token

_MOST_DAYS = 9999
"""What a calendar holds for sure; how long a token may last, the rules say."""


@click.group(cls=OneLine)
def token() -> None:
    """Personal access tokens."""


@token.command("create")
@click.argument("login")
@data_option
@click.option("--name", default="git", show_default=True, help="What the token is for.")
@click.option("--scope", type=click.Choice(["read", "write"]), default="write", show_default=True)
@click.option(
    "--days",
    type=click.IntRange(0, _MOST_DAYS),
    help="How many days it lasts; a year where nothing is said, two years at most.",
)
@json_option
def create(
    login: str, data: Path, name: str, scope: str, days: int | None, *, as_json: bool
) -> None:
    """Make a token for somebody, and print its secret, which is never shown again."""
    from datetime import timedelta

    from styrdokument.actions import tokens
    from styrdokument.domain.people import Scope

    with opened(data) as house:
        person = _person(house, login)
        last = tokens.usual_day(house) if days is None else house.today + timedelta(days=days)
        wanted = tokens.Wanted(name=name, scope=Scope(scope), expires_on=last)
        made, secret = tokens.make_for(house, person, wanted)
    plain = json.dumps({**_plain(made), "secret": secret}, ensure_ascii=False)
    click.echo(plain if as_json else secret)


@token.command("list")
@click.argument("login")
@data_option
@json_option
def list_(login: str, data: Path, *, as_json: bool) -> None:
    """Show somebody's tokens, the newest first; never their secrets."""
    with opened(data) as house:
        found = [_plain(one) for one in house.tokens.of(_person(house, login, is_here=False))]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    for one in [] if as_json else found:
        state = "revoked " + one["revoked_at"] if one["revoked_at"] else "to " + one["expires_on"]
        used = f"used {one['last_used_at']}" if one["last_used_at"] else "never used"
        click.echo(f"{one['number']} {one['scope']} {state}, {used}: {one['name']}")


@token.command("revoke")
@click.argument("which", metavar="NUMBER|LOGIN")
@data_option
@click.option("--all", "is_all", is_flag=True, help="All of the login's.")
def revoke(which: str, data: Path, *, is_all: bool) -> None:
    """End a token, by its number; or with --all every token of a login."""
    from styrdokument.actions import tokens

    if not is_all and not (which.isascii() and which.isdigit() and len(which) < 10):  # noqa: PLR2004
        raise CouldNot(f"{which}: not the number of a token; all of a login's: add --all")
    with opened(data) as house:
        person = _person(house, which, is_here=False) if is_all else house.tokens.owner(int(which))
        numbers = [one.number for one in tokens.live(house, person)] if is_all else [int(which)]
        for number in numbers:
            house.tokens.revoke(person, number, at=house.now())
    click.echo(f"{len(numbers)} revoked.")


def _person(house: "House", login: str, *, is_here: bool = True) -> "PersonId":
    account = house.accounts.named(login)
    if account is None or (is_here and account.is_disabled):
        raise CouldNot(f"no such account, or a disabled one: {login}")
    return account.person.id


def _plain(one: "Token") -> dict[str, Any]:
    """A token as JSON has it."""
    return {
        "number": one.number,
        "name": one.name,
        "scope": str(one.scope),
        "created_at": one.created_at.isoformat(),
        "expires_on": one.expires_on.isoformat(),
        "last_used_at": one.last_used_at.isoformat() if one.last_used_at else None,
        "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
    }
