"""Which day it is: Stockholm's, to the minute, wherever the machine stands and in any year.

T5, T11 and T13.
"""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from styrdokument.actions import clockwork, reminding
from styrdokument.app import create_app
from tests.clock.conftest import on_day
from tests.views.conftest import Region
from tests.views.library import DUE, Text, put

ROOT = Path(__file__).parents[2]
LAST = date(2026, 12, 10)
"""The last day of DUE."""
PLACES = (
    {"TZ": "UTC", "LANG": "C", "LC_ALL": "C"},
    {"TZ": "Asia/Kathmandu"},
)
ASKED = """
import sys; from datetime import datetime, UTC; from pathlib import Path
from styrdokument.actions import reminding
from styrdokument.actions.house import STOCKHOLM
from styrdokument.app import create_app, join
from styrdokument.config import read_config
config = read_config(Path(sys.argv[1]), {})
moment = datetime(2026, 12, 10, 23, 30, tzinfo=UTC)  # the day after, in Stockholm
house = join(config, now=lambda: moment.astimezone(STOCKHOLM))
client = create_app(house, config).test_client()
print(house.today, [(d.row["document"], d.stage) for d in reminding.look(house, house.today).due])
for page in ("documents/1002", "documents/1002/history", "documents.json?standing=expired",
             "documents/1042.json", "feeds/changes.atom"):
    print(client.get(page).get_data(as_text=True))
house.close()
"""


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-07-01T21:59:59", "2026-07-01"),
        ("2026-07-01T22:00:00", "2026-07-02"),
        ("2026-12-10T22:59:59", "2026-12-10"),
        ("2026-12-10T23:00:00", "2026-12-11"),
        ("2027-03-27T22:59:59", "2027-03-27"),  # the night to summer time
        ("2027-03-28T21:59:59", "2027-03-28"),
        ("2027-03-28T22:00:00", "2027-03-29"),
        ("2027-10-30T22:00:00", "2027-10-31"),  # and from it
        ("2027-10-31T22:59:59", "2027-10-31"),
        ("2027-10-31T23:00:00", "2027-11-01"),
    ],
)
def test_a_day_begins_and_ends_at_midnight_in_stockholm(
    region: Region, moment: str, day: str
) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert replace(region.house, now=lambda: at).today == date.fromisoformat(day)


def test_a_text_is_valid_to_the_last_second_of_its_last_day(region: Region) -> None:
    end = datetime(2026, 12, 10, 23, 0, tzinfo=UTC)
    for moment, standing in ((end - timedelta(seconds=1), "due"), (end, "expired")):
        house = replace(region.house, now=lambda moment=moment: moment)
        shown = create_app(house, region.config).test_client().get(f"/documents/{DUE}.json")
        assert shown.get_json()["standing"] == standing
        assert clockwork.remind(house, lambda: True)["on"] == str(house.today)


def test_wherever_the_machine_stands_the_days_and_the_words_are_the_same(region: Region) -> None:
    told = set()
    for place in PLACES:
        command = [sys.executable, "-c", ASKED, str(region.config.data)]
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **place}, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        told.add(done.stdout)
    (words,) = told
    assert words.startswith(b"2026-12-11 ")
    assert b"Giltighetstiden gick ut 2026-12-10" in words


def test_days_long_ago_and_far_ahead_are_days_like_others(region: Region, visit: Any) -> None:
    text = Text(document=1905, title="Gammal", begins=date(1965, 2, 28), ends=date(2100, 2, 28))
    put(region.house, text, region.ids)
    region.house.index.catch_up()

    def stage_on(day: date) -> str:
        found = reminding.look(on_day(region.house, day), day).due
        return next((one.stage.name for one in found if one.row["document"] == 1905), "")

    assert visit().get("/documents/1905?on=1965-02-27").status_code == 404
    assert "Gammal" in visit().get("/documents/1905?on=1965-02-28").text
    assert stage_on(date(2100, 1, 28)) == "1 month"
    late = on_day(region.house, date(2100, 2, 28))
    assert clockwork.remind(late, lambda: True)["reminders"] > 0
    assert stage_on(date(2100, 3, 28)) == "after 1 month"
    shown = visit(on=date(2100, 3, 1)).get("/documents/1905.json").get_json()
    assert (shown["effective_from"], shown["standing"]) == ("1965-02-28", "expired")
