"""`import`: documents with their history, from elsewhere."""

# ruff: noqa: PLC0415 (a command imports what it needs when it runs)

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from styrdokument.cli.shell import (
    PROBLEMS_FOUND,
    CouldNot,
    OneLine,
    data_option,
    json_option,
    opened,
    progress,
)

if TYPE_CHECKING:
    from styrdokument.actions.house import House
    from styrdokument.actions.importing import Remark, Report
    from styrdokument.domain.people import Actor
    from styrdokument.domain.problems import Problem

NOBODY = "nobody is a controller; only one may import; name one by `register put functions.yaml`"


@click.group("import", cls=OneLine)
def import_() -> None:
    """Take in documents from elsewhere."""


@import_.command("git")
@click.argument("source", type=click.Path(path_type=Path))
@data_option
@click.option("--docs", required=True, metavar="GLOB", help="Which files are documents.")
@click.option("--ref", default="HEAD", help="A branch, a tag or a commit.")
@click.option(
    "--map",
    "map_",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="How the source's fields become ours; see docs/importing.md.",
)
@click.option("--by", default="", metavar="LOGIN", help="A controller; may be left out for one.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@json_option
def import_git(
    source: Path,
    data: Path,
    docs: str,
    ref: str,
    map_: Path | None,
    by: str,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take in the documents of a git repository, with their history."""
    from styrdokument.actions import importing

    with opened(data) as house:
        actor = _controller(house, by)
        mapping = importing.read_map(house, actor, map_.read_bytes() if map_ else b"")
        with progress("importing") as tell:
            report = importing.import_git(
                house,
                actor,
                source,
                docs=docs,
                ref=ref,
                mapping=mapping,
                dry_run=dry_run,
                tell=tell,
            )
        name = importing.file_report(house, report)
    told = {**report.as_json(), "report": name}
    plain = json.dumps(told, ensure_ascii=False)
    click.echo(plain if as_json else "\n".join(_lines(report, name)))
    sys.exit(0 if report.is_clean else PROBLEMS_FOUND)


def _controller(house: "House", login: str) -> "Actor":
    """Whoever is named, else the only controller."""
    from styrdokument.domain.people import Grant

    named = house.accounts.named(login) if login else None
    people = [named.person] if named else [] if login else house.directory.people()
    found = [actor for actor in (house.actor(p.id) for p in people) if actor]
    if not login:
        found = [actor for actor in found if Grant.CONTROLLER in actor.grants]
    if len(found) != 1:
        why = f"no such account, or a disabled one: {login}" if login else "say --by LOGIN"
        raise CouldNot(why if login or found else NOBODY)
    return found[0]


def _lines(report: "Report", name: str) -> list[str]:
    """One line for each document that was not taken in whole, what to correct, and the sums."""
    lines = [
        f"{row.path}: {words}"
        for row in report.rows
        for words in dict.fromkeys((*_remarks(row.remarks), *_problems(row.problems)))
    ]
    lines += [*_remarks(report.remarks), *_to_correct(report)]
    counts = ", ".join(f"{count} {name}" for name, count in report.as_json()["counts"].items())
    lines.append(f"{counts}; {report.versions} versions; {report.removed} removed in the source")
    return [*lines, f"/imports/{name}"]


def _to_correct(report: "Report") -> Iterator[str]:
    """What a map could settle: texts that are the same, and in a dry run the table of owners."""
    from styrdokument.actions.imports.spelling import as_map
    from styrdokument.words import ORIGINAL, Words

    for group in report.copies:
        yield Words(ORIGINAL).say("importing.same_text", paths=", ".join(group))
    if report.dry_run and report.owners:
        yield as_map(report.owners).rstrip()


def _remarks(remarks: "tuple[Remark, ...]") -> list[str]:
    from styrdokument.words import ORIGINAL, Words

    words = Words(ORIGINAL)
    return [words.remark(remark.rule, remark.values) for remark in remarks]


def _problems(problems: "tuple[Problem, ...]") -> list[str]:
    from styrdokument.words import ORIGINAL, Words

    return [Words(ORIGINAL).problem(problem) for problem in problems]
