"""What every command shares: its options, the house that it opens, and how it fails.

Whatever happens, a command that could not be done ends with code 2 and one line on stderr.
"""

# ruff: noqa: PLC0415 (a command imports what it needs when it runs)

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from styrdokument.actions.house import House

PROBLEMS_FOUND = 1
COULD_NOT = 2

_WIDTH = 30
"""Signs of a progress bar."""
_BLINK = 0.1
"""Seconds between two looks of it."""

F = TypeVar("F", bound=Callable[..., Any])


class CouldNot(click.ClickException):
    """What was asked for could not be done."""

    exit_code = COULD_NOT

    def show(self, file: IO[str] | None = None) -> None:
        """The one line."""
        click.echo(self.format_message(), file=file, err=file is None)


class OneLine(click.Group):
    """A group whose commands end in one line where they cannot be done, whatever happened."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401 - as click has it
    ) -> click.Context:
        """Read what was typed before the command. Raises CouldNot."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            raise _misused(error, info_name or "") from error

    def invoke(self, ctx: click.Context) -> object:
        """Run the command. Raises CouldNot."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.NoArgsIsHelpError, click.exceptions.Exit, CouldNot):
            raise
        except click.UsageError as error:
            raise _misused(error, ctx.command_path) from error
        except Exception as error:
            raise CouldNot(_in_one_line(error)) from error


def data_option(command: F) -> F:
    """Give the command `--data`; what was typed before the command counts where it has none."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=_said_before,
        show_default="the environment's DATA, then var",
        help="The data directory.",
    )(command)


def json_option(command: F) -> F:
    """Give the command `--json`, as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Answer with JSON.")(command)


@contextmanager
def opened(data: Path) -> Iterator["House"]:
    """The house of a data directory, for one command. Raises NoRecord and BadConfig."""
    from styrdokument.app import open_house
    from styrdokument.config import read_config

    with closing(open_house(read_config(data))) as house:
        yield house


@contextmanager
def progress(table: str) -> Iterator[Callable[[str, int, int], None]]:
    """A line on the terminal that says how far it has come; nothing where there is no terminal.

    `table` of the labels has words for what is being done.
    """
    from styrdokument.words import ORIGINAL, Words

    words, is_shown, last = Words(ORIGINAL), sys.stderr.isatty(), 0.0

    def tell(doing: str, done: int, of: int) -> None:
        nonlocal last
        if is_shown and (done == 0 or time.monotonic() - last > _BLINK):
            last = time.monotonic()
            filled = _WIDTH * done // max(of, 1)
            bar = f"[{'#' * filled}{'-' * (_WIDTH - filled)}]"
            said = words.say(f"{table}.{doing}")
            click.echo(f"\r\x1b[K{said:<24} {bar} {done}/{of}", err=True, nl=False)

    try:
        yield tell
    finally:
        if is_shown:
            click.echo("\r\x1b[K", err=True, nl=False)


def _said_before() -> Path:
    outermost = click.get_current_context().find_root()
    return Path(outermost.params.get("data") or os.environ.get("DATA") or "var")


def _misused(error: click.UsageError, command: str) -> CouldNot:
    told = error.format_message().rstrip(".")
    return CouldNot(f"{told}; see: {command} --help")


def _in_one_line(error: Exception) -> str:
    from styrdokument.domain.problems import NotFound, Refused
    from styrdokument.words import ORIGINAL, Words

    if isinstance(error, Refused):
        told = "; ".join(Words(ORIGINAL).problem(problem) for problem in error.problems)
    elif isinstance(error, NotFound):
        told = f"not found: {error}"
    elif isinstance(error, OSError) or type(error).__module__.startswith("styrdokument."):
        told = str(error)
    else:  # a fault of ours, or of a database: say where
        frames = traceback.extract_tb(error.__traceback__)
        last = [frame for frame in frames if "styrdokument" in Path(frame.filename).parts][-1]
        told = f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})"
    return " ".join(told.split())
