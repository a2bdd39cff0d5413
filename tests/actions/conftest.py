"""What tests of imports share: a region that has begun and holds nothing, and a source.

A module that needs another `begun` or `house` (another database, a demonstration) has its own.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from styrdokument.actions.house import House
from tests.actions.foreign import Foreign, build, house_of
from tests.views.library import close


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The region's data; nobody writes here."""
    data = tmp_path_factory.mktemp("region") / "data"
    data.mkdir()
    build(data)
    return data


@pytest.fixture
def house(begun: Path, tmp_path: Path) -> Iterator[House]:
    """A copy of the region, open."""
    shutil.copytree(begun, tmp_path / "data")
    house = house_of(tmp_path / "data")
    yield house
    close(house)


@pytest.fixture
def source(tmp_path: Path) -> Foreign:
    """A repository without commits."""
    return Foreign(tmp_path / "rutiner")
