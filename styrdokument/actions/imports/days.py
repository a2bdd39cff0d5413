"""Days and periods as people write them in the head of a document, in Swedish or English.

Only what can mean one thing is read: `03/04/2021` is two different days, and stays unread.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from styrdokument.domain.validity import add_months

_MONTHS = (
    ("jan", "januari", "january"),
    ("feb", "februari", "february"),
    ("mar", "mars", "march"),
    ("apr", "april"),
    ("maj", "may"),
    ("jun", "juni", "june"),
    ("jul", "juli", "july"),
    ("aug", "augusti", "august"),
    ("sep", "sept", "september"),
    ("okt", "oct", "oktober", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
_NUMBER_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_EDGES = " \t\"'()[]<>{}"
_ISO = re.compile(r"(\d{4})\s*-+\s*(\d{1,2})\s*-+\s*(\d{1,2})(?:[t ]\d{1,2}:.*)?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"(?:den\s+)?(\d{1,2})(?:st|nd|rd|th|:?e)?\s+([a-zåäö]+)\.?,?\s+(\d{4})")
_MONTH_FIRST = re.compile(r"([a-zåäö]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_PERIOD = re.compile(r"(\d{1,3})\s*([a-zåäö]*)\.?")
_MONTHS_IN = {
    "": 1,
    **dict.fromkeys(("m", "mo", "mån", "månad", "månader", "month", "months"), 1),
    **dict.fromkeys(("y", "yr", "år", "year", "years"), 12),
}
_DAYS_IN = {
    **dict.fromkeys(("d", "dag", "dagar", "day", "days"), 1),
    **dict.fromkeys(("v", "w", "vecka", "veckor", "week", "weeks"), 7),
}
_FOR_EVER = {"tills vidare", "tv", "until further notice"}


@dataclass(frozen=True, kw_only=True)
class Period:
    """How long something holds; a bare number is months."""

    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        """The last day of the period that begins on `day` (rule 4)."""
        return add_months(day, self.months) + timedelta(days=self.days)


def read_day(text: str) -> date | None:
    """The day that `text` says, or None where it says none, or more than one."""
    said = _DASHES.sub("-", text).strip(_EDGES).strip(".").casefold()
    for pattern, order in (
        (_ISO, (1, 2, 3)),
        (_COMPACT, (1, 2, 3)),
        (_DAY_FIRST, (3, 2, 1)),
        (_MONTH_FIRST, (3, 1, 2)),
    ):
        if found := pattern.fullmatch(said):
            year, month, day = (found[place] for place in order)
            number = _NUMBER_OF.get(month, 0) if month.isalpha() else int(month)
            return _day(int(year), number, int(day))
    return None


def read_period(text: str) -> Period | None:
    """The period that `text` says ("6 months", "2 år", "24"), or None."""
    found = _PERIOD.fullmatch(text.strip(_EDGES).casefold())
    if found is None or not int(found[1]):
        return None
    if months := _MONTHS_IN.get(found[2]):
        return Period(months=int(found[1]) * months)
    days = _DAYS_IN.get(found[2])
    return Period(days=int(found[1]) * days) if days else None


def is_until_further_notice(text: str) -> bool:
    """Whether `text` says that there is no last day."""
    return " ".join(text.strip(_EDGES).strip(".").casefold().split()) in _FOR_EVER


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
