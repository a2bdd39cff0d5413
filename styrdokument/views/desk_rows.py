"""A document in the desk's lists, for pages, JSON and CSV: how long is left, and who is missing.

The keys are public (docs/formats.md): add, and never rename.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from styrdokument.domain.vacancy import people_behind, vacancy_of, vacancy_of_unit
from styrdokument.store.catalogue import ANSWERING, Row, Vacant
from styrdokument.views.card import Said, entry_said, unit_said
from styrdokument.views.support import house, label_of, name_of, recall, today, words
from styrdokument.views.version_json import in_list

Missing = Mapping[str, str]
"""A `role` that nobody is behind: its `entry`, and `why`."""
HEADINGS = (
    "id",
    "version",
    "title",
    "type",
    "audience",
    "standing",
    "effective_from",
    "valid_until",
    "review_on",
    "days_left",
    "unit",
    "fact_owner",
    "case_officer",
    "vacant",
    "after_review_on",
)
"""The columns of the CSV."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A row as a page shows it."""

    row: Row
    days_left: int | None
    unit: Said
    case_officer: Said
    fact_owner: Said
    vacant: tuple[Said, ...]

    @classmethod
    def of(cls, row: Row, missing: Sequence[Missing]) -> Self:
        """A row with whoever is missing in it, in words."""
        return cls(
            row=row,
            days_left=days_left(row),
            unit=unit_said(row["unit"]),
            case_officer=entry_said(row["case_officer"]),
            fact_owner=entry_said(row["fact_owner"]),
            vacant=tuple(Said(words=_vacant_words(one), note=_why(one)) for one in missing),
        )


def ends_on(row: Row) -> date | None:
    """The last day, or the day of review where there is none."""
    found: date | None = row["valid_until"] or row["review_on"]
    return found


def days_left(row: Row) -> int | None:
    """Whole days until the last day or the review; below nought when it has passed."""
    ends = ends_on(row)
    return (ends - today()).days if ends else None


def missing_in(rows: Sequence[Row], vacant: Vacant) -> dict[int, list[Missing]]:
    """For each document the roles, or the unit, that nobody is behind, and why."""
    found: dict[int, list[Missing]] = {}
    for row in rows:
        if row["unit"] in vacant.units:
            found[row["document"]] = [{"role": "unit", "entry": row["unit"], "why": _ended(row)}]
    reasons = dict(_reasons(vacant))
    numbers = [row["document"] for row in rows]
    for document, named in house().desk.roles_in(numbers, vacant.entries).items():
        found.setdefault(document, []).extend(
            {"role": one["role"], "entry": one["entry"], "why": reasons[one["entry"]]}
            for one in named
        )
    return found


def in_json(row: Row, missing: Sequence[Missing]) -> dict[str, Any]:
    """A row with public keys."""
    return {
        **in_list(row),
        "unit": row["unit"],
        "review_on": row["review_on"].isoformat() if row["review_on"] else None,
        "days_left": days_left(row),
        "vacant": list(missing),
        "after_review_on": row["after_review_on"].isoformat() if row["after_review_on"] else None,
    }


def in_csv(
    rows: Sequence[Row], missing: Mapping[int, Sequence[Missing]]
) -> Iterator[tuple[str, ...]]:
    """The rows in words, one value for each of `HEADINGS`."""
    recall_named(rows, missing)
    for row in rows:
        lacking = missing.get(row["document"], ())
        said = {
            **in_json(row, lacking),
            "unit": label_of("units", row["unit"]),
            "fact_owner": name_of(row["fact_owner"]),
            "case_officer": name_of(row["case_officer"]),
            "vacant": "; ".join(f"{_vacant_words(one)} ({_why(one)})" for one in lacking),
        }
        yield tuple("" if said[key] is None else str(said[key]) for key in HEADINGS)


def recall_named(rows: Sequence[Row], missing: Mapping[int, Sequence[Missing]]) -> None:
    """Look up everybody that the rows are going to name, at once."""
    recall_behind(
        [row[role] for row in rows for role in sorted(ANSWERING)]
        + [one["entry"] for several in missing.values() for one in several]
    )


def recall_behind(entries: Iterable[str]) -> None:
    """Look up everybody named by, or acting in, some of the entries at once."""
    named = set(entries)
    recall(named | people_behind(house().registers, named, on=today()))


def _reasons(vacant: Vacant) -> Iterator[tuple[str, str]]:
    """Why nobody is behind each entry; those in it who are named are all known to be gone."""
    registers = house().registers
    for entry in vacant.entries:
        why = vacancy_of(registers, entry, on=today(), here=frozenset())
        yield entry, str(why)


def _ended(row: Row) -> str:
    return str(vacancy_of_unit(house().registers, row["unit"], on=today()))


def _vacant_words(one: Missing) -> str:
    role, entry = words().field(one["role"]), one["entry"]
    name = label_of("units", entry) if one["role"] == "unit" else name_of(entry)
    return f"{role}: {name}" if name else role


def _why(one: Missing) -> str:
    return words().say(f"vacancy.{one['why']}")
