"""Proving a record: a whole data directory, or a clone with nothing else at hand."""

# ruff: noqa: PLC0415 (a command imports what it needs when it runs)

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from styrdokument.cli.shell import PROBLEMS_FOUND, data_option, json_option, opened

if TYPE_CHECKING:
    from styrdokument.store.claims import Finding
    from styrdokument.store.verify import Report


@click.command()
@data_option
@click.option("--repo", type=click.Path(path_type=Path), help="A clone, instead of --data.")
@click.option(
    "--signers",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Signers from elsewhere, to trust instead of the record's own.",
)
@json_option
def verify(data: Path, repo: Path | None, signers: Path | None, *, as_json: bool) -> None:
    """Prove chain, signatures and hashes; and that the index is what the record makes."""
    from styrdokument.actions.verifying import verify_house, verify_repository

    trusted = signers.read_bytes() if signers else None
    if repo is None:
        with opened(data) as house:
            report = verify_house(house, signers=trusted)
    else:
        report = verify_repository(repo, signers=trusted)
    click.echo(_json(report) if as_json else _words(report))
    sys.exit(PROBLEMS_FOUND if report.findings else 0)


def _json(report: "Report") -> str:
    return json.dumps(dataclasses.asdict(report), ensure_ascii=False)


def _words(report: "Report") -> str:
    found = [_line(one) for one in report.findings]
    notes = [f"note: {_line(one)}" for one in report.remarks]
    told = f"{report.commits} commits, {report.decisions} decisions, head {report.head[:12]}"
    return "\n".join((*notes, *found, f"{told}: {len(found) or 'no'} problems"))


def _line(found: "Finding") -> str:
    return f"{found.commit[:12]} {found.place}: {found.what}".strip()
