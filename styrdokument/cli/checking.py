"""`check`: what the service would say of documents on this computer, before anything is sent.

It needs no data directory: a clone is enough, or any folder.
"""

# ruff: noqa: PLC0415 (a command imports what it needs when it runs)

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from styrdokument.cli.shell import PROBLEMS_FOUND, json_option, progress

if TYPE_CHECKING:
    from styrdokument.domain.problems import Problem
    from styrdokument.words import Words


@click.command()
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@json_option
def check(paths: tuple[Path, ...], *, as_json: bool) -> None:
    """Check documents, by their files or folders, as they would be judged at submission.

    Each problem is a line, `file:line: rule: words`.
    """
    from styrdokument.actions import checking
    from styrdokument.words import Words, language_in

    words = Words(language_in(os.environ))
    with progress("checking") as tell:
        found = checking.check(paths, tell=tell)
    if as_json:
        click.echo(json.dumps([_plain(one, words) for one in found]))
    for problem in [] if as_json else found:
        click.echo(words.located(problem))
    sys.exit(PROBLEMS_FOUND if found else 0)


def _plain(problem: "Problem", words: "Words") -> dict[str, object]:
    return {
        "file": problem.file,
        "line": problem.line or 1,
        "code": str(problem.code),
        "rule": problem.rule or None,
        "words": words.problem(replace(problem, line=0)),
    }
