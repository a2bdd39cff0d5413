"""Letters by the hundred: another process sends them, and what it leaves is sent later."""

from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy

import pytest

from styrdokument.actions import clockwork, reminding, sending_apart
from styrdokument.actions.house import STOCKHOLM, House
from styrdokument.actions.sending_apart import send_apart
from styrdokument.outside.mail import Letterhead

ADDRESS = "http://127.0.0.1:8765"


@pytest.fixture
def busy(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house now, as the other process sees it too, with letters that are many."""
    head = Letterhead(region="Region Exempel", sender="x@exempel.invalid", base_url=ADDRESS)
    now = replace(house, now=lambda: datetime.now(STOCKHOLM), letterhead=head)
    assert reminding.remind(now, reminding.look(now, now.today))
    monkeypatch.setattr(clockwork, "MANY", 0)
    return now


def letters(house: House) -> list[str]:
    found = sorted((house.data / "mail").glob("*.eml"))
    read = (message_from_bytes(one.read_bytes(), policy=policy.default) for one in found)
    return [one.get_body(("plain",)).get_content() for one in read]


def test_many_letters_are_sent_by_another_process_with_links_to_this_one(
    busy: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, _ = busy.outbox.waiting()
    monkeypatch.setattr(clockwork, "send_waiting", None)

    told = clockwork.send(busy, lambda: True)

    assert (told["sent"], told["fault"]) == (waiting, "")
    assert busy.outbox.waiting() == (0, None)
    assert len(letters(busy)) == waiting > 1
    assert all(f"{ADDRESS}/documents/" in letter for letter in letters(busy))


def test_what_is_left_when_there_is_no_more_time_is_sent_the_next_time(busy: House) -> None:
    waiting, _ = busy.outbox.waiting()

    told = send_apart(busy, go_on=lambda: False)

    sent = told.sent if told else 0
    left, _ = busy.outbox.waiting()
    assert sent + left == waiting
    clockwork.send(busy, lambda: True)
    assert len(letters(busy)) == waiting


def test_where_no_other_process_can_do_it_this_one_does(
    busy: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, _ = busy.outbox.waiting()
    monkeypatch.setattr(sending_apart, "WORDS", ("-c", "import sys; sys.exit(3)"))
    assert send_apart(busy) is None

    told = clockwork.send(busy, lambda: True)

    assert told["sent"] == waiting
    assert len(letters(busy)) == waiting
