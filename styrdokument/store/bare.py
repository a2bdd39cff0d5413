"""A bare repository as it is made, and as it is put in order after a kill.

Both may themselves be killed at any point and simply run again: HEAD is written last, and without
it there is no repository.
"""

import os
import re
import shutil
from pathlib import Path

from styrdokument.store.disk import TEMPORARY, make_folder, write_durably

# No core.fsyncObjectFiles: only dulwich's own writer reads it, which we never use, and git warns
# of it at every call. No reflogs: they would keep drafts that are to be weeded. What a caller may
# see of the hidden refs is opened for each request by the git door.
CONFIG = b"""\
[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
\tlogAllRefUpdates = false
\tfsync = all
[gc]
\tauto = 0
[receive]
\tfsckObjects = true
\tdenyDeletes = true
\tdenyNonFastForwards = true
\tmaxInputSize = 100m
\tautogc = false
\tunpackLimit = 1
\tadvertisePushOptions = true
\tprocReceiveRefs = refs/heads/draft
[uploadpack]
\tallowFilter = true
[transfer]
\thideRefs = refs/cases
\thideRefs = refs/meta
\thideRefs = refs/heads/draft
"""

_FOLDERS = ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info", "hooks")
_QUARANTINES = ("incoming-", "tmp_objdir-")
_PACKING = (TEMPORARY, ".tmp-")
_LOOSE = re.compile(r"objects/[^/]{2}")


def create_bare(path: Path) -> None:
    """Make a bare SHA-1 repository whose HEAD is `main`; one that is complete is left alone."""
    if (path / "HEAD").exists():
        return
    for folder in _FOLDERS:
        make_folder(path / folder)
    write_durably(path / "config", CONFIG)
    write_durably(path / "HEAD", b"ref: refs/heads/main\n")


def sweep_bare(path: Path) -> None:
    """Remove what killed writers left: locks, temporary files, quarantines, empty objects.

    Only for a process that is alone: a lock that somebody holds looks the same.
    """
    top = len(os.fspath(path)) + 1
    for place, folders, names in os.walk(path):
        for name in [name for name in folders if name.startswith(_QUARANTINES)]:
            folders.remove(name)
            shutil.rmtree(Path(place, name))
        for name in names:
            if (
                _is_left_over(place[top:], name)
                or _is_empty_object(place[top:], place, name)
                or (place[top:] == "objects/pack" and _lacks_index(name, names))
            ):
                Path(place, name).unlink()


def _is_left_over(folder: str, name: str) -> bool:
    if name.endswith(".lock"):
        return True
    # a draft may be called tmp_anything
    return name.startswith(_PACKING) and folder.partition("/")[0] != "refs"


def _is_empty_object(folder: str, place: str, name: str) -> bool:
    """There are as many as there were steps: a `Path` for each would take longer than the rest."""
    return _LOOSE.fullmatch(folder) is not None and os.stat(f"{place}/{name}").st_size == 0  # noqa: PTH116


def _lacks_index(name: str, names: list[str]) -> bool:
    """Whether it is of a pack that nobody can read: its index, which comes last, never came."""
    stem, _, ending = name.rpartition(".")
    return ending in {"pack", "rev"} and stem.startswith("pack-") and f"{stem}.idx" not in names
