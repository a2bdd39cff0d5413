"""The command `styrdokument`: from what was typed to an action, and from its end to an exit code.

0: done and clean. 1: done, and problems were found, each named. 2: it could not be done, and one
line on stderr says why. A command imports what it needs when it runs: `--help` must not wait for
a database. What is not built is an unknown command.
"""

import os
from pathlib import Path

import click

from styrdokument import __version__
from styrdokument.cli.accounts import account
from styrdokument.cli.checking import check
from styrdokument.cli.directory import directory
from styrdokument.cli.guarding import guard
from styrdokument.cli.importing import import_
from styrdokument.cli.journal import journal
from styrdokument.cli.keeping import config, health, housekeep, rebuild
from styrdokument.cli.registers import register
from styrdokument.cli.reminding import remind
from styrdokument.cli.serving import init, scheduler, serve
from styrdokument.cli.shell import OneLine, data_option
from styrdokument.cli.tokens import token
from styrdokument.cli.verifying import verify

COMMANDS = (
    *(account, check, config, directory, guard, health, housekeep, import_, init, journal),
    *(rebuild, register, remind, scheduler, serve, token, verify),
)


@click.group(cls=OneLine)
@data_option
@click.version_option(__version__, message="%(prog)s %(version)s")
def main(**_data: Path) -> None:
    """Document control with git as the record."""
    os.umask(0o027)  # journal and drafts are nothing for the machine's other users


for command in COMMANDS:
    main.add_command(command)
