"""What a push brought, kept apart until it is let in: a folder of objects of its own.

git's `index-pack` takes the pack in: it checks each object as `git fsck --strict` does, and that
whatever an object names is there, and is what it should be. What is not let in goes with the
folder; what a killed process left is cleared at the next start, and by housekeeping.
"""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from styrdokument.store import programs
from styrdokument.store.programs import Quarantine

SECONDS = 600
_LAST = ".idx"
"""Whoever finds a pack's index takes the pack to be whole."""


class Broken(Exception):
    """git would not take the pack in; the text is its words."""


class Brought:
    """What a push brought, and where that is: here git has it, and lets it in by itself."""

    def __init__(self, quarantine: Quarantine) -> None:
        """In `quarantine`, until it is let in."""
        self.quarantine = quarantine

    def let_in(self) -> None:
        """Move it to where all else is; `Git.make_last` makes it last there."""


class Incoming(Brought):
    """What a push brought, in a folder of our own."""

    def __init__(self, repository: Path) -> None:
        """Beside the objects of a bare repository; nothing is in it before `take`."""
        super().__init__(Quarantine())
        self._repository = repository
        self._objects = repository / "objects"
        self._folder = self._objects / f"tmp_objdir-incoming-{secrets.token_hex(8)}"

    def take(self, body: IO[bytes], at: int) -> None:
        """Take in the pack that stands at a place of the body. Raises Broken."""
        (self._folder / "pack").mkdir(parents=True)
        quarantine = Quarantine.beside(self._objects, self._folder)
        # the file itself, not what was read of it ahead, has to stand at the pack's beginning
        os.lseek(body.fileno(), at, os.SEEK_SET)
        command = ("index-pack", "--stdin", "--fix-thin", "--strict")
        done = subprocess.run(  # noqa: S603 - a program of ours, with arguments of ours
            ["git", f"--git-dir={self._repository}", *command],  # noqa: S607 - as the shell does
            env=programs.environment([("core.fsync", "all")]) | dict(quarantine.variables),
            stdin=body,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode:
            raise Broken(done.stderr.decode("utf-8", "replace").strip()[:500])
        self.quarantine = quarantine

    def let_in(self) -> None:
        """Move it to where all else is; again there is nothing to do."""
        if self.quarantine.objects is None:
            return
        packs = sorted((self._folder / "pack").iterdir(), key=lambda path: path.suffix == _LAST)
        for path in packs:
            path.replace(self._objects / "pack" / path.name)
        self.quarantine = Quarantine()

    def remove(self) -> None:
        """Remove what was not let in."""
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def incoming(repository: Path) -> Iterator[Incoming]:
    """What is taken in here is let in, or removed."""
    found = Incoming(repository)
    try:
        yield found
    finally:
        found.remove()
