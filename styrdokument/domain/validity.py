"""From decided dates to standing on a day: derived on every look, stored nowhere.

Valid until is the last day, inclusive, and Europe/Stockholm says which day it is (rules 1-8).
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """What the calendar says of a version."""

    UPCOMING = "upcoming"
    IN_FORCE = "in_force"
    DUE = "due"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REPEALED = "repealed"


APPLIES = frozenset({Standing.IN_FORCE, Standing.DUE, Standing.EXPIRED})
"""The standings of the version that a reader is to follow (rule 5)."""
PAST = frozenset({Standing.SUPERSEDED, Standing.REPEALED})
"""The standings of what nobody is to follow any more."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """An adopted text's place in time.

    `valid_until` None means until further notice; then `review_on` is set (rule 6).
    `after_review_on`: decided in haste, and to be reviewed afterwards by that day (rule 15).
    `is_due_at_once`: it came from elsewhere, and `review_on` is no more than a plan (rule 26).
    `is_cancelled`: repealed before it took effect (rule 2). `extensions` counts those in a row;
    `gaps` are the first and last days of when it stood expired before one of them (rule 10).
    """

    number: int
    effective_from: date
    valid_until: date | None
    review_on: date | None = None
    after_review_on: date | None = None
    is_due_at_once: bool = False
    corrects: int | None = None
    is_cancelled: bool = False
    extensions: int = 0
    gaps: tuple[tuple[date, date], ...] = ()

    @property
    def is_until_further_notice(self) -> bool:
        """Whether it has a review day instead of a last day (rule 6)."""
        return self.valid_until is None and self.review_on is not None


@dataclass(frozen=True, kw_only=True)
class History:
    """All versions of a document, rising, and the first day when none of them applies any more."""

    versions: tuple[Version, ...] = ()
    repealed_from: date | None = None

    @property
    def latest(self) -> Version | None:
        """The newest version that was not cancelled."""
        return next((v for v in reversed(self.versions) if not v.is_cancelled), None)

    @property
    def next_number(self) -> int:
        """The number of the next version: one number, one text, for ever (rule 1)."""
        return max((v.number for v in self.versions), default=0) + 1

    def after_review_on(self, number: int) -> date | None:
        """By when a version is to be reviewed afterwards; None where nobody waits for it (rule 15).

        The newest version takes over what those before it owe, or has done with it.
        """
        latest = self.latest
        is_owed = latest is not None and latest.number == number and self.repealed_from is None
        return latest.after_review_on if latest and is_owed else None

    def version(self, number: int) -> Version | None:
        """The version with that number."""
        return next((v for v in self.versions if v.number == number), None)

    def applying(self, on: date) -> Version | None:
        """The version that applies on the day, expired or not (rule 1)."""
        if self.repealed_from and on >= self.repealed_from:
            return None
        return self._last_begun(on)

    def shown(self, on: date) -> Version | None:
        """What a page shows: what applies, else the last that did, else what is to come."""
        return self._last_begun(on) or self.begun_after(0)

    def begun_after(self, number: int) -> Version | None:
        """The next later version that takes, or took, over from version `number`."""
        return next((v for v in self.versions if v.number > number and not v.is_cancelled), None)

    def standing(self, number: int, *, on: date, reminders: Sequence[str] = ()) -> Standing:
        """The standing of a version on a day; `reminders` are its type's (rule 5)."""
        version = self.version(number)
        if version is None:
            raise KeyError(number)
        if version.is_cancelled:
            return Standing.REPEALED
        begun = self._last_begun(on)
        if begun and begun.number > number:
            return Standing.SUPERSEDED
        if self.repealed_from and on >= self.repealed_from:
            return Standing.REPEALED
        if on < version.effective_from:
            return Standing.UPCOMING
        return _calendar_standing(version, on, due_from(version, reminders))

    def _last_begun(self, on: date) -> Version | None:
        begun = [v for v in self.versions if v.effective_from <= on and not v.is_cancelled]
        return begun[-1] if begun else None


def _calendar_standing(version: Version, on: date, due: date) -> Standing:
    if version.valid_until and on > version.valid_until:
        return Standing.EXPIRED
    if any(first <= on <= last for first, last in version.gaps):
        return Standing.EXPIRED
    return Standing.DUE if on >= due else Standing.IN_FORCE


def due_from(version: Version, reminders: Sequence[str]) -> date:
    """The first reminder day before the last day, or before the review (rules 5 and 6).

    A text with neither, or with a day that is only planned, came from elsewhere, and is due at
    once (rule 26).
    """
    if version.is_due_at_once:
        return version.effective_from
    end = version.valid_until or version.review_on or version.effective_from
    return min((before(end, reminder) for reminder in reminders), default=end)


def before(day: date, period: str) -> date:
    """The day that lies `period` before `day`: "3 months", "1 month", "14 days", "0 days".

    Raises ValueError for any other wording.
    """
    count, _, unit = period.partition(" ")
    if unit in {"month", "months"}:
        return add_months(day, -int(count))
    if unit in {"day", "days"}:
        return date.fromordinal(max(day.toordinal() - int(count), date.min.toordinal()))
    raise ValueError(period)


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later, clamped to that month's end (rule 4).

    Days that the calendar of `date` lacks become its first or last one.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.max if months > 0 else date.min
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def last_day(*, decided_on: date, effective_from: date, months: int) -> date:
    """The last day of validity: `months` from the later of the two days, inclusive (rule 4)."""
    return add_months(max(decided_on, effective_from), months)
