"""Where the houses of a test keep index and journal: in files, or in a database of a server.

A data directory says by its own configuration where its databases are, so whoever opens a house
with `read_config(data, {})` finds them. A copy gets copies of them.
"""

import shutil
from pathlib import Path

from sqlalchemy import Engine

from styrdokument.config import FILE
from styrdokument.store import journal, tables
from styrdokument.store.sql import open_database
from tests.postgres import Server, name_of

SQLITE, POSTGRESQL = "sqlite", "postgresql"
KINDS = (SQLITE, POSTGRESQL)


class Databases:
    """The databases of any number of data directories, all of one kind."""

    def __init__(self, server: Server | None) -> None:
        """Of a server, or of none: files."""
        self._server = server
        self._of: dict[Path, str] = {}
        self._model: dict[str, str] = {}
        self._free: dict[str, list[str]] = {}

    @property
    def kind(self) -> str:
        """Which kind: one of KINDS."""
        return POSTGRESQL if self._server else SQLITE

    def place(self, data: Path) -> Path:
        """Give a data directory, before anything is made in it, its databases."""
        if self._server:
            self._tell(data, self._server.database())
        return data

    def copy(self, data: Path, to: Path) -> Path:
        """A copy of a data directory that nobody has open, with databases of its own."""
        shutil.copytree(data, to)
        if self._server:
            self._tell(to, self._copy(self._server, self._of[data]))
        return to

    def remove(self, data: Path) -> None:
        """Take a data directory away; its databases are kept for the next copy of the same."""
        shutil.rmtree(data)
        if self._server:
            used = self._of.pop(data)
            self._free.setdefault(self._model.get(used, ""), []).append(used)

    def engine(self, folder: Path, name: str = "") -> Engine:
        """A database of its own, that no data directory knows of."""
        place = self._server.database() if self._server else folder / f"{name or 'any'}.db"
        return open_database(place, name)

    def close(self, engine: Engine) -> None:
        """Let go of such a database, for good."""
        engine.dispose()
        if self._server:
            self._server.drop(engine.url.database or "")

    def _tell(self, data: Path, address: str) -> None:
        """Both in one database, as an administrator may do; others have one for each."""
        self._of[data] = address
        names = ("index_database", "journal_database")
        (data / FILE).write_text("".join(f'{name} = "{address}"\n' for name in names))

    def _copy(self, server: Server, model: str) -> str:
        """A database like the model: one that was like it once is put back, which is quicker."""
        if model not in self._free:
            self._free[model] = []
            server.execute(_SAVE, database=name_of(model))
        if self._free[model]:
            found = self._free[model].pop()
            server.execute(_PUT_BACK, database=name_of(found))
        else:
            found = server.database(model)
            self._model[found] = model
        return found


_TABLES = [t.name for m in (journal.METADATA, tables.METADATA) for t in m.sorted_tables]
_SAVE = "DROP SCHEMA IF EXISTS saved CASCADE; CREATE SCHEMA saved;" + "".join(
    f"CREATE TABLE saved.{name} AS TABLE {name};" for name in _TABLES
)
_PUT_BACK = f"TRUNCATE {', '.join(_TABLES)};" + "".join(
    f"INSERT INTO {name} SELECT * FROM saved.{name};" for name in _TABLES
)
