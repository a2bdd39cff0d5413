"""Beginning a data directory: record, key, journal, registers and hook, whole or not at all.

All is made in `DATA/beginning/` and then moved up, so nobody ever sees half a record, and nothing
but that folder is ever removed. What a server is to have is made in files there too, and handed
over whole. DATA itself may be a mounted place, which cannot be renamed.
What was cut off while it was being made is made anew; what was cut off on its way up goes on.
The record is moved after all else, and the configuration file, for others to look for, after that.
"""

import shlex
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import styrdokument
from styrdokument.actions.house import INDEX, JOURNAL, KEY, REPOSITORY, House
from styrdokument.actions.registering import begin_record
from styrdokument.domain.people import Who
from styrdokument.resources import folder
from styrdokument.store import disk
from styrdokument.store.evidence import Signer
from styrdokument.store.git import Git
from styrdokument.store.moving import copy_journal
from styrdokument.store.sql import opened

PART = "beginning"
HOOKS = ("pre-receive", "proc-receive")
PRODUCT = Who(id=None, name="styrdokument")
_LEFT_BEHIND = frozenset({"alive", "lock"})
"""Locks of the house that was built; the data directory has its own."""


def begin(
    data: Path,
    *,
    join: Callable[[Path], House],
    fill: Callable[[House], None],
    configuration: tuple[str, bytes],
    servers: Mapping[str, str] | None = None,
) -> bool:
    """Whether a record was begun at `data`; False where there is one already.

    `join` makes a house of a folder with repository and key, all in files; `fill` enters the first
    commits; `configuration` is the name and the bytes of the file that is written last; `servers`
    are the addresses of those databases, `index.db` and `journal.db`, that a server is to have.
    Raises Away, and NotEmpty where another journal stands there.
    """
    servers = servers or {}
    disk.make_folder(data)
    with disk.exclusive(data / "lock"):
        disk.clear_temporaries(data)
        is_new = not (data / REPOSITORY).exists()
        if is_new:
            if not (data / PART / configuration[0]).exists():
                _check_servers(servers)
                _build(data / PART, join, fill, configuration)
            _hand_over(data / PART, servers)
            _move_up(data, but=configuration[0])
        install_hooks(data / REPOSITORY)
        if not (data / configuration[0]).exists():
            disk.write_durably(data / configuration[0], configuration[1], mode=0o600)
        shutil.rmtree(data / PART, ignore_errors=True)
    return is_new


def fill_nearly_empty(house: House) -> None:
    """Enter registers that a new region can grow from: usual types, one unit, one function."""
    enter_registers(house, read_registers(folder("content") / "registers-empty"))


def read_registers(place: Path) -> dict[str, bytes]:
    """The registers' files below a folder, by path."""
    files = sorted(place.rglob("*.yaml"))
    return {file.relative_to(place).as_posix(): file.read_bytes() for file in files}


def enter_registers(house: House, files: dict[str, bytes]) -> None:
    """Make the first commit: the registers, and whose signatures count."""
    now = house.now()
    line = Signer.load(house.data / KEY).allowed_signers_line(now)
    begin_record(house.record, files | {"signers": f"{line}\n".encode()}, by=PRODUCT, at=now)
    house.index.catch_up()


def install_hooks(repository: Path) -> None:
    """Put the hooks in place, with what they are to call: the Python that runs now, our guard."""
    guard = Path(styrdokument.__file__).with_name("guard.py")
    for name in HOOKS:
        shim = (folder("hooks") / name).read_text("utf-8")
        shim = shim.replace("@PYTHON@ ", f"{shlex.quote(sys.executable)} ")
        shim = shim.replace("@GUARD@ ", f"{shlex.quote(str(guard))} ")
        disk.write_durably(repository / "hooks" / name, shim.encode(), mode=0o755)


def _check_servers(servers: Mapping[str, str]) -> None:
    for name, address in servers.items():
        with opened(address, Path(name).stem) as engine, engine.connect():
            pass


def _build(
    part: Path,
    join: Callable[[Path], House],
    fill: Callable[[House], None],
    configuration: tuple[str, bytes],
) -> None:
    if part.exists():
        shutil.rmtree(part)
    disk.make_folder((part / KEY).parent)
    (part / KEY).parent.chmod(0o700)
    Git.create(part / REPOSITORY)
    Signer.create(part / KEY)
    with closing(join(part)) as house:
        fill(house)
    disk.write_durably(part / configuration[0], configuration[1], mode=0o600)


def _hand_over(part: Path, servers: Mapping[str, str]) -> None:
    """Let servers have what they are to have; an index is made there at the first start."""
    if JOURNAL in servers and (part / JOURNAL).exists():
        with opened(part / JOURNAL) as ours, opened(servers[JOURNAL], "journal") as theirs:
            copy_journal(ours, theirs, again=True)
    for name in {INDEX, JOURNAL} & servers.keys():
        for file in part.glob(f"{name}*"):
            file.unlink()


def _move_up(data: Path, but: str) -> None:
    """Move all up `but` the configuration and the locks; the record last, for it says "done"."""
    part = data / PART
    names = {path.name for path in part.iterdir()} - _LEFT_BEHIND - {REPOSITORY, but}
    for name in (*sorted(names), REPOSITORY):
        (part / name).replace(data / name)
        disk.sync_folder(data)
