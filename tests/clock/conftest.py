"""What tests of the clock share: the library of the pages' tests, and its house at any moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time

import pytest

from styrdokument.actions import sending
from styrdokument.actions.house import STOCKHOLM, House
from tests.views.conftest import (
    Region,
    addresses_compiled_once,
    client,
    compiled,
    eva,
    prepared,
    region,
    sign_in,
    visit,
)

__all__ = [
    "addresses_compiled_once",
    "client",
    "compiled",
    "eva",
    "prepared",
    "region",
    "sign_in",
    "visit",
]


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """No reader is waiting for the letters of a test."""
    monkeypatch.setattr(sending, "REST_SECONDS", 0)


@pytest.fixture
def house(region: Region) -> House:
    """The region's house, at noon of the cast's day."""
    return region.house


@pytest.fixture
def at(house: House) -> Callable[[date], House]:
    """The same house on another day, at six in the morning."""
    return lambda day: on_day(house, day)


def on_day(house: House, day: date, hour: int = 6) -> House:
    """The house on a day, at an hour of Stockholm's."""
    moment = datetime.combine(day, time(hour), STOCKHOLM)
    return replace(house, now=lambda: moment)
