from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from styrdokument.actions.house import House
from styrdokument.store import record
from styrdokument.text import lint
from styrdokument.text.parsing import reader
from tests.actions import small
from tests.views.library import close


@pytest.fixture
def ids(tmp_path: Path) -> small.Ids:
    """The region's people."""
    return small.build(tmp_path)


@pytest.fixture
def read_under_lock(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Bodies that were read while the record's lock was held."""
    held, read = [], []
    exclusive, parse = record.disk.exclusive, reader().parse

    @contextmanager
    def locked(lock: Any) -> Any:
        with exclusive(lock):
            held.append(lock)
            yield
            held.pop()

    def seen(body: str, env: Any) -> Any:
        read.extend([body] * bool(held))
        return parse(body, env)

    monkeypatch.setattr(record.disk, "exclusive", locked)
    monkeypatch.setattr(reader(), "parse", seen)
    return read


def test_no_text_is_read_while_the_lock_is_held(
    tmp_path: Path, ids: small.Ids, read_under_lock: list[str]
) -> None:
    house = small.house_of(tmp_path)
    case = small.open_new(house, ids)
    as_after_a_start(house)
    read_under_lock.clear()  # a new document's headings, and nothing else, are read there
    small.make_ready(house, ids, case, "## Syfte\n\nSkriven innan låset togs.\n")
    as_after_a_start(house)
    small.decide(house, ids, case)
    close(house)
    assert read_under_lock == []


def as_after_a_start(house: House) -> None:
    """Nothing is kept of what was read before."""
    lint._read.cache_clear()
    house.matters._sheet.cache_clear()
