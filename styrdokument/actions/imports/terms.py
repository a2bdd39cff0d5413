"""How long an imported text holds: as its source says, else due at once, else by a plan.

Never fresh months (rule 26): a plan is a day of review, and the text is due from its first day
(decision 0011).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from styrdokument.actions.imports.days import Period, is_until_further_notice, read_day, read_period
from styrdokument.actions.imports.mapping import DAYS, PERIODS
from styrdokument.actions.imports.remark import Remark, short
from styrdokument.domain.validity import add_months
from styrdokument.store.strictyaml import Value


@dataclass(frozen=True, kw_only=True)
class Said:
    """The days and periods that a source says, where a map tells under what names."""

    effective_from: date | None = None
    reviewed_on: date | None = None
    valid_until: date | None = None
    review_on: date | None = None
    valid_for: Period | None = None
    review_in: Period | None = None
    is_until_further_notice: bool = False


@dataclass(frozen=True, kw_only=True)
class Term:
    """The last day, or the day of review; `is_planned` where the day of review is the plan's."""

    valid_until: date | None = None
    review_on: date | None = None
    is_planned: bool = False


def read_said(
    front: Mapping[str, Value], names: Mapping[str, Sequence[str]]
) -> tuple[Said, tuple[Remark, ...]]:
    """What the head says of days, and a remark for each that could not be read."""
    found: dict[str, date | Period | bool] = {}
    remarks = []
    for key in sorted((DAYS | PERIODS) & names.keys()):
        theirs = next((name for name in names[key] if front.get(name) is not None), "")
        text = _text(front.get(theirs))
        read = read_day(text) if key in DAYS else read_period(text)
        if key == "valid_until" and is_until_further_notice(text):
            found["is_until_further_notice"] = True
        elif read is not None:
            found[key] = read
        elif theirs:
            rule = "no_day" if key in DAYS else "no_period"
            remarks.append(Remark(rule=rule, values={"key": theirs, "value": short(text)}))
    return Said(**found), tuple(remarks)  # type: ignore[arg-type]  # each under its own key


def _text(value: Value) -> str:
    """What was written; YAML takes [2021-03-04] for a list."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return "" if value is None else str(value)


def term_of(said: Said, *, begins: date) -> Term | None:
    """What the source says of a text that applies from `begins`; None where it says nothing.

    A period runs from the last review, else from where the source says that the text applies.
    """
    start = said.reviewed_on or said.effective_from or begins
    ends = said.valid_until or (said.valid_for and said.valid_for.after(start))
    if ends:
        return Term(valid_until=max(ends, begins))
    review = said.review_on or (said.review_in and said.review_in.after(start))
    if review:
        return Term(review_on=review)
    return None


def planned(count: int, *, today: date, months: int) -> list[date]:
    """`count` days of review, evenly apart: the first soon, the last after `months`."""
    span = (add_months(today, months) - today).days
    return [today + timedelta(days=-(-span * place // count)) for place in range(1, count + 1)]
