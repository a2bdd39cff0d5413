"""Who leads: of all processes that serve the same data, one at a time does what the clock says.

Where the journal is a file, a lock on a file beside it says who; where a server has it, a lock of
that server's. Both are gone with the process that held them, however it ended.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from styrdokument.store.sql import Away, is_server

FILE = "leader"
_LOCK = "hashtext('styrdokument leader'), hashtext(current_schema())"


class Leader:
    """A place that one process has at a time."""

    def __init__(self, data: Path, engine: Engine) -> None:
        """For the data directory whose journal the engine opens."""
        self._path, self._engine = data / FILE, engine
        self._file: int | None = None
        self._connection: Connection | None = None

    def leads(self) -> bool:
        """Whether we have the place now; takes it where nobody has. Raises Away."""
        return self._leads_by_server() if is_server(self._engine) else self._leads_by_file()

    def let_go(self) -> None:
        """Leave the place to another."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._connection is not None:
            with suppress(SQLAlchemyError, Away):
                self._connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_LOCK})")
            with suppress(SQLAlchemyError, Away):
                self._connection.invalidate()  # not back to the pool with a lock on it
                self._connection.close()
            self._connection = None

    def _leads_by_file(self) -> bool:
        if self._file is not None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def _leads_by_server(self) -> bool:
        """A lock of the session, which lasts as long as its connection does."""
        try:
            if self._connection is None:
                options = {"isolation_level": "AUTOCOMMIT"}
                self._connection = self._engine.connect().execution_options(**options)
                query = f"SELECT pg_try_advisory_lock({_LOCK})"
                taken = bool(self._connection.exec_driver_sql(query).scalar_one())
            else:
                taken = self._connection.exec_driver_sql("SELECT true").scalar_one()
        except (SQLAlchemyError, Away):
            self.let_go()
            raise
        if not taken:
            self.let_go()
        return bool(taken)
