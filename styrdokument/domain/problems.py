"""What can stand in the way, as values to show, and the three exceptions that edges know.

A refusal carries every problem at once. The words stand in `web/labels` under
`problem.<code>` or, where a code has several rules, `problem.<code>.<rule>`.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """The public problem codes of the contract; add new ones there and to the labels."""

    NOT_SIGNED_IN = "not_signed_in"
    WRONG_ROLE = "wrong_role"
    OWN_WORK = "own_work"
    NOT_APPROVED = "not_approved"
    STALE_SNAPSHOT = "stale_snapshot"
    WRONG_STATE = "wrong_state"
    NEEDS_SECOND_LOOK = "needs_second_look"
    NEEDS_CHANGE_NOTE = "needs_change_note"
    NEEDS_REVIEWERS = "needs_reviewers"
    NEEDS_MINUTES = "needs_minutes"
    NEEDS_FIELD = "needs_field"
    NEEDS_REASON = "needs_reason"
    NEEDS_ATTEST = "needs_attest"
    BASIS_NOT_ALLOWED = "basis_not_allowed"
    VALIDITY_TOO_LONG = "validity_too_long"
    DATES_OUT_OF_ORDER = "dates_out_of_order"
    GOVERNED_FIELD = "governed_field"
    BAD_FRONT_MATTER = "bad_front_matter"
    BAD_TEXT = "bad_text"
    BAD_APPENDIX = "bad_appendix"
    BAD_PUSH = "bad_push"
    BAD_VALUE = "bad_value"
    OPEN_REVISION_EXISTS = "open_revision_exists"
    BASE_MOVED = "base_moved"
    NOTHING_CHANGED = "nothing_changed"
    TOO_MANY_EXTENSIONS = "too_many_extensions"
    THROTTLED = "throttled"
    CSRF = "csrf"
    TOO_LARGE = "too_large"
    NOT_WRITABLE = "not_writable"
    DATABASE_AWAY = "database_away"
    DIRECTORY_AWAY = "directory_away"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One reason why something may not be done.

    `field` is the form field or front-matter key it is about; `rule` picks the words
    among several for one code; `line` counts from 1 in the file as it would be stored;
    `file` is that file, where whoever is told has to know which; `values` fill the words'
    places.
    """

    code: Code
    field: str = ""
    rule: str = ""
    line: int = 0
    file: str = ""
    values: Mapping[str, object] = dataclasses.field(default_factory=dict, hash=False)


class Refused(Exception):
    """What was asked for may not be done, for all of `problems`."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(f"{p.code}/{p.rule or p.field}" for p in problems))
        self.problems = problems


class Conflict(Refused):
    """Someone was before you: what was judged is no longer what stands."""


class NotFound(Exception):
    """There is no such thing, or none that the asker may know of."""
