"""Days as a calendar file (RFC 5545): whole days, the same events however often they are read.

Whoever changes how a uid is made doubles every event that somebody has.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

PRODUCT = "-//styrdokument//styrdokument//SV"


@dataclass(frozen=True, kw_only=True)
class Day:
    """A whole day. `uid` is the event's own for ever, without a host."""

    uid: str
    on: date
    title: str
    words: str
    address: str


def calendar_of(days: Iterable[Day], *, name: str, host: str, at: datetime) -> bytes:
    """The file; `host` makes uids the region's own, and `at` is when it is made."""
    from icalendar import Calendar, Event  # noqa: PLC0415 - it takes a while, and few ask for it

    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for day in days:
        event = Event()
        event.add("uid", f"{day.uid}@{host}")
        event.add("dtstamp", at)
        event.add("dtstart", day.on)
        event.add("dtend", min(day.on, date.max - timedelta(days=1)) + timedelta(days=1))
        event.add("summary", day.title)
        event.add("description", day.words)
        event.add("url", day.address)
        event.add("transp", "TRANSPARENT")
        made.add_component(event)
    return bytes(made.to_ical())
