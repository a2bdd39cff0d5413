"""Days as a calendar file: what icalendar reads in it is what was put in."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from styrdokument.domain.naming import CONTROL
from styrdokument.text.calendar import PRODUCT, Day, calendar_of

AT = datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=1)))
WORDS = st.text(max_size=200).map(lambda said: CONTROL.sub(" ", " ".join(said.splitlines())))
PLAIN = WORDS.map(lambda said: re.sub(r"[\\;,]", "", said))
"""What icalendar leaves escaped in a property that is none of RFC 5545's is not in it."""
DAY = Day(
    uid="document-1042-2026-12-10",
    on=date(2026, 12, 10),
    title="Sista giltighetsdag: Provtagning",
    words="Dokument 1042, version 3",
    address="http://x.invalid/documents/1042",
)


def read(data: bytes) -> Calendar:
    return Calendar.from_ical(data)  # type: ignore[return-value]


def test_an_event_is_a_whole_day_with_words_and_an_address() -> None:
    made = calendar_of([DAY], name="Region, Exempel", host="exempel.invalid", at=AT)
    assert made.decode().splitlines() == [
        "BEGIN:VCALENDAR",
        f"PRODID:{PRODUCT}",
        "VERSION:2.0",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Region\\, Exempel",
        "BEGIN:VEVENT",
        "UID:document-1042-2026-12-10@exempel.invalid",
        "DTSTAMP:20261121T083000Z",
        "DTSTART;VALUE=DATE:20261210",
        "DTEND;VALUE=DATE:20261211",
        "SUMMARY:Sista giltighetsdag: Provtagning",
        "DESCRIPTION:Dokument 1042\\, version 3",
        "URL:http://x.invalid/documents/1042",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


@given(st.lists(st.tuples(WORDS, st.dates()), max_size=3), PLAIN)
@example([("Åsa; \\n, \\\\ 'x': END:VEVENT" + "😀" * 60, date.max)], "x" * 75)
def test_whatever_a_text_is_called_the_file_can_be_read_back(
    called: list[tuple[str, date]], name: str
) -> None:
    days = [
        Day(uid=f"u{number}", on=on, title=said, words=said, address="http://x.invalid/")
        for number, (said, on) in enumerate(called)
    ]
    data = calendar_of(days, name=name, host="h", at=AT)
    lines = data.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    assert all(line.decode() is not None for line in lines)  # no character is cut
    found = read(data)
    assert str(found.get("x-wr-calname", "")) == name
    events = found.walk("VEVENT")
    assert [str(one["uid"]) for one in events] == [f"{day.uid}@h" for day in days]
    assert [(str(one["summary"]), str(one["description"])) for one in events] == [
        (day.title, day.words) for day in days
    ]
    assert [one["dtstart"].dt for one in events] == [day.on for day in days]
    assert all(one["dtstamp"].dt == AT.astimezone(UTC) for one in events)


def test_a_line_break_in_a_title_begins_no_property() -> None:
    hostile = Day(uid="u", on=DAY.on, title="a\r\nURL:http://gun.invalid", words="\x00", address="")
    (event,) = read(calendar_of([hostile], name="n", host="h", at=AT)).walk("VEVENT")
    assert str(event["summary"]) == "a\nURL:http://gun.invalid"
    assert not str(event["url"])
