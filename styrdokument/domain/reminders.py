"""Reminders: which stage of its ladder a document has come to on a day.

It follows from dates and from what was sent before: asked again it answers the same, and a day that
nobody asked on is made up for on the next. A stage that another has passed by is never sent; the
ladder is the type's, and goes on each month after the last day (rules 5 to 8). What was decided in
haste has a short ladder to the day of its review afterwards, and reaches higher once that has
passed (rule 15).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from styrdokument.domain.validity import add_months, before

DAYS_WITH_HEAD = 31
"""From so many days before the end, the unit's head is told too: a calendar month."""
DAYS_WITH_DECIDERS = 14
"""From so many, the adopter and the controller: while there still is time to decide."""
AFTER_REVIEW_LADDER = ("7 days", "0 days")
"""The stages before a review afterwards; the day after it those above are told, and each month."""
_AFTER_REVIEW = "after-review "
"""How the name of a stage begins that is one of a review afterwards."""


class About(StrEnum):
    """What is kept an eye on."""

    END = "end"
    AFTER_REVIEW = "after_review"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A document's newest version, whose end is kept an eye on.

    `ends_on` is its last day, or the day of its review, or of its review afterwards. `set_on` is
    the day of the decision that set it; for what `is_imported`, nobody here decided, and nobody
    here has been told.
    """

    document: int
    version: int
    ends_on: date
    set_on: date
    is_imported: bool = False
    about: About = About.END


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A step of the ladder: its name, its day, how long is left then, and how high it reaches.

    The name is the type's period ("3 months"), or "after 2 months"; of a review afterwards
    "after-review 7 days", or "after-review after 1 day". `level` counts the units above
    the document's own whose heads are told.
    """

    name: str
    on: date
    days_left: int
    level: int = 0

    @property
    def about(self) -> About:
        """What it is a stage of."""
        return about_of(self.name)

    @property
    def reaches_head(self) -> bool:
        """Whether the unit's head is told."""
        return self.days_left <= (DAYS_WITH_HEAD if self.about is About.END else -1)

    @property
    def reaches_deciders(self) -> bool:
        """Whether adopter and controller are told."""
        return self.days_left <= (DAYS_WITH_DECIDERS if self.about is About.END else -1)


def about_of(stage: str) -> About:
    """What a stage of that name is of."""
    return About.AFTER_REVIEW if stage.startswith(_AFTER_REVIEW) else About.END


def period_of(stage: str) -> str:
    """The period in a stage's name, whatever it is of: "7 days", "after 1 month"."""
    return stage.removeprefix(_AFTER_REVIEW)


def stage_due(
    watched: Watched,
    ladder: Iterable[str],
    *,
    on: date,
    since: date | None = None,
    sent: Collection[date] = (),
) -> Stage | None:
    """The stage to be sent on a day, if any: the newest that has come, and it alone.

    `since` is the day before that was last looked at, and `sent` are the days of the stages that
    went out for the same end. What the decision itself made pass by is no news to anybody; what
    was imported has its first reminder when it is first looked at (rule 26).
    """
    stage = newest_stage(watched.ends_on, ladder, on=on, about=watched.about)
    if stage is None or any(day >= stage.on for day in sent):
        return None
    is_first_look = watched.is_imported and (since is None or watched.set_on >= since)
    is_news = stage.on > watched.set_on or watched.is_imported
    if not is_news or not (is_first_look or since is None or stage.on > since):
        return None
    if stage.on <= watched.ends_on:
        return stage
    earlier = max(months_since(watched.ends_on, watched.set_on), 0)
    return replace(stage, level=max(months_since(watched.ends_on, on) - earlier, 0))


def newest_stage(
    ends_on: date, ladder: Iterable[str], *, on: date, about: About = About.END
) -> Stage | None:
    """The stage that a text with such an end has come to on a day, whoever has heard of it."""
    if about is About.AFTER_REVIEW:
        stage = _newest_of_review(ends_on, on)
        return replace(stage, name=f"{_AFTER_REVIEW}{stage.name}") if stage else None
    return _newest_stage(ends_on, tuple(ladder), on)


@lru_cache(maxsize=8192)
def _newest_stage(ends_on: date, ladder: tuple[str, ...], on: date) -> Stage | None:
    """The same of an end; thousands of documents have the same."""
    months = months_since(ends_on, on)
    if months > 0:
        day = add_months(ends_on, months)
        name = f"after {months} month{'s' if months > 1 else ''}"
        return Stage(name=name, on=day, days_left=(ends_on - day).days, level=months)
    come = [stage for stage in _ladder(ends_on, ladder) if stage.on <= on]
    return min(come, key=lambda stage: stage.days_left, default=None)


def months_since(day: date, on: date) -> int:
    """Whole calendar months from one day to another, as a last day is counted (rule 4)."""
    months = (on.year - day.year) * 12 + on.month - day.month
    return months if add_months(day, months) <= on else months - 1


def is_ladder(periods: Iterable[str]) -> bool:
    """Whether every period is one before the end: "3 months", "14 days"."""
    try:
        return all(before(date(2024, 2, 29), one) <= date(2024, 2, 29) for one in periods)
    except (ValueError, OverflowError):
        return False


def _newest_of_review(ends_on: date, on: date) -> Stage | None:
    """The ladder of a review afterwards, which is every type's."""
    if on <= ends_on or months_since(ends_on, on) > 0:
        return newest_stage(ends_on, AFTER_REVIEW_LADDER, on=on)
    return Stage(name="after 1 day", on=ends_on + timedelta(days=1), days_left=-1)


def _ladder(ends_on: date, ladder: Iterable[str]) -> Iterator[Stage]:
    for period in ladder:
        if is_ladder([period]):
            day = before(ends_on, period)
            yield Stage(name=period, on=day, days_left=(ends_on - day).days)
