"""C git as a program: called with nothing of the machine's or a user's own configuration.

For what dulwich does not do, or does slowly: serving clients, and walking many commits.
"""

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from styrdokument.store.objects import Damaged, ObjectId

SECONDS = 60
_KEPT = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT")
_QUARANTINE = "GIT_OBJECT_DIRECTORY"
_PASSED = (_QUARANTINE, "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH")


@dataclass(frozen=True)
class Quarantine:
    """Where git keeps what a push brought until it is let in: the variables that a hook is given.

    Without any, nothing is in quarantine.
    """

    variables: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Quarantine":
        """The quarantine that a hook was called with."""
        return cls({name: environment[name] for name in _PASSED if environment.get(name)})

    @classmethod
    def beside(cls, objects: Path, folder: Path) -> "Quarantine":
        """A folder of objects beside those of a repository."""
        quoted = str(objects).replace("\\", "\\\\").replace('"', '\\"')
        return cls(
            {
                _QUARANTINE: str(folder),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{quoted}"',
                "GIT_QUARANTINE_PATH": str(folder),
            }
        )

    @property
    def objects(self) -> Path | None:
        """The folder with the objects that are new."""
        found = self.variables.get(_QUARANTINE)
        return Path(found) if found else None


def environment(settings: Sequence[tuple[str, str]] = ()) -> dict[str, str]:
    """The environment for a git program, with settings of ours and nobody else's."""
    ours = [("safe.directory", "*"), *settings]
    counted = {"GIT_CONFIG_COUNT": str(len(ours))}
    for number, (key, value) in enumerate(ours):
        counted |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    private = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    return kept | private | counted | {"LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0"}


def run(repository: Path, *arguments: str, quarantine: Quarantine | None = None) -> str:
    """What `git <arguments>` prints. Raises Damaged with its words where it fails."""
    variables = quarantine.variables if quarantine else {}
    done = subprocess.run(  # noqa: S603 - a program of ours, with arguments of ours
        ["git", f"--git-dir={repository}", *arguments],  # noqa: S607 - found as the shell does
        env=environment() | dict(variables),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise Damaged(done.stderr.decode("utf-8", "replace").strip()[:500] or arguments[0])
    return done.stdout.decode("utf-8", "surrogateescape")


def new_commits(
    repository: Path, tip: ObjectId, *known: ObjectId, most: int, quarantine: Quarantine
) -> list[ObjectId]:
    """The commits that lead to `tip` and to none of `known`, newest first; `most` at the most."""
    asked = ("rev-list", f"--max-count={most}", "--topo-order", tip, "--not", *known)
    return [ObjectId(line) for line in run(repository, *asked, quarantine=quarantine).split()]


def unreached(repository: Path, wanted: Iterable[str], *tips: ObjectId) -> set[str]:
    """Those of `wanted` that `tips` do not lead to, whether or not the repository holds them.

    Newest first, and no further than to the last that is found.
    """
    missing = set(wanted) - set(tips)
    if not missing:
        return set()
    asked = ("rev-list", "--objects", "--no-object-names", "--in-commit-order", *tips)
    walk = subprocess.Popen(  # noqa: S603 - a program of ours, with arguments of ours
        ["git", f"--git-dir={repository}", *asked],  # noqa: S607 - found as the shell does
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with walk:
        for line in walk.stdout or ():
            missing.discard(line.decode().strip())
            if not missing:
                break
        walk.kill()
    return missing


def merge_base(
    repository: Path, one: ObjectId, other: ObjectId, *, quarantine: Quarantine
) -> ObjectId | None:
    """The newest commit that both lead to; None where they have no history in common."""
    try:
        found = run(repository, "merge-base", one, other, quarantine=quarantine)
    except Damaged as damaged:
        if damaged.id == "merge-base":  # it failed without a word
            return None
        raise
    return ObjectId(found.split()[0])


def merge_texts(began: str, mine: str, other: str) -> str | None:
    """`mine` with what `other` changed since `began`; None where both changed the same lines."""
    with TemporaryDirectory() as folder:
        sides = [Path(folder, name) for name in ("mine", "began", "other")]
        for side, text in zip(sides, (mine, began, other), strict=True):
            side.write_bytes(text.encode())
        try:
            return run(Path(folder), "merge-file", "--stdout", "--quiet", *map(str, sides))
        except Damaged:
            return None
