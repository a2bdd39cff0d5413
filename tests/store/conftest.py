"""A journal of its own for each test, on every kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from styrdokument.store.journal import Journal
from tests.databases import Databases


@pytest.fixture
def journal_engine(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """The engine of a journal that is prepared and empty."""
    engine = databases.engine(tmp_path, "journal")
    Journal(engine).prepare()
    yield engine
    databases.close(engine)
