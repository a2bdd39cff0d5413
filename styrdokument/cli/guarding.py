"""`guard`: what the record's hooks run where another git server than the product's is pushed to."""

# ruff: noqa: PLC0415 (a command imports what it needs when it runs)

import json
import os
import sys
from contextlib import closing
from pathlib import Path

import click

from styrdokument.cli.shell import CouldNot


@click.command(hidden=True)
@click.argument("repository", type=click.Path(path_type=Path, file_okay=False, exists=True))
def guard(repository: Path) -> None:
    """Answer one question of a hook, from standard input to standard output, as JSON.

    Who pushes stands in STYRDOKUMENT_PERSON, else in REMOTE_USER: a person's id, or a login.
    """
    from styrdokument.actions.pushes.answering import Caller, answer
    from styrdokument.app import open_house
    from styrdokument.config import read_config
    from styrdokument.domain.people import PersonId
    from styrdokument.words import Words, language_in

    question = json.loads(sys.stdin.readline())
    data = repository.resolve().parent
    config = read_config(data)
    with closing(open_house(config, is_within_git=True)) as house:
        name = os.environ.get("STYRDOKUMENT_PERSON") or os.environ.get("REMOTE_USER") or ""
        account = house.accounts.named(name)
        actor = house.actor(account.person.id if account else PersonId(name))
        if actor is None:
            raise CouldNot(f"{name or 'nobody'}: not a person who may push")
        caller = Caller(
            house=house,
            actor=actor,
            words=Words(language_in(question.get("environment", {}))),
            root=config.base_url.rstrip("/"),
        )
        click.echo(json.dumps(answer(caller, question)))
