"""Days as a calendar file (RFC 5545): whole days, the same events however often they are read.

Whoever changes how a uid is made doubles every event that somebody has.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from styrdokument.domain.naming import CONTROL, in_pieces

PRODUCT = "-//styrdokument//styrdokument//SV"
OCTETS = 75


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
    stamp = f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", f"PRODID:{PRODUCT}", "VERSION:2.0", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{_text(name)}")
    for day in days:
        ends = min(day.on, date.max - timedelta(days=1)) + timedelta(days=1)
        lines += (
            "BEGIN:VEVENT",
            f"UID:{_text(f'{day.uid}@{host}')}",
            stamp,
            f"DTSTART;VALUE=DATE:{_day(day.on)}",
            f"DTEND;VALUE=DATE:{_day(ends)}",
            f"SUMMARY:{_text(day.title)}",
            f"DESCRIPTION:{_text(day.words)}",
            f"URL:{day.address}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        )
    return b"".join(_folded(line) for line in (*lines, "END:VCALENDAR"))


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _text(words: str) -> str:
    """Words as a value (3.3.11): what would end it is escaped, what nobody sees is a space."""
    words = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return CONTROL.sub(" ", "\\n".join(words.splitlines()))


def _folded(line: str) -> bytes:
    """A line in pieces of at most 75 octets, with the space that begins all but the first (3.1)."""
    return b"\r\n ".join(in_pieces(line, OCTETS - 1)) + b"\r\n"
