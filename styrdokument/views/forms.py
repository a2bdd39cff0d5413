"""From what was posted to what actions take: days, numbers and choices read, and all of it kept.

Nothing is judged here. What cannot even be read becomes a problem beside what could, and the
steps find it in `Given.problems`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeVar

from werkzeug.datastructures import FileStorage, MultiDict

from styrdokument.actions.drafting import Writing
from styrdokument.actions.opening import NewDocument
from styrdokument.actions.tokens import Wanted
from styrdokument.domain.decisionfile import BasisKind, Significance
from styrdokument.domain.departures import Absence
from styrdokument.domain.document import (
    FIELDS,
    DocumentId,
    document_id,
    is_governed,
)
from styrdokument.domain.matter import Draft, Given
from styrdokument.domain.people import PersonId, Scope
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.text.characters import suspects

Form = MultiDict[str, str]
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

LONGEST = 20_000
"""Characters of a reason, a comment or any other words that follow with a step."""
MOST_DIGITS = 9
"""Digits of the number of a document or a remark."""

_WORDS = (
    "change_note",
    "reason",
    "comment",
    "basis_reason",
    "mandate",
    "presented_by",
    "body",
    "minutes_section",
    "registry_number",
)
_DAYS = ("effective_from", "valid_until", "review_on", "minutes_date", "minutes_confirmed_on")


def given_from(
    form: Form, *, second_look: str | None = None, found: Iterable[Problem] = ()
) -> Given:
    """What was said with a step, beside the second look and the problems `found` with it."""
    problems = list(found)
    values: dict[str, Any] = {name: _words(form, name, problems) for name in _WORDS}
    values |= {name: _read(form, name, date.fromisoformat, "date", problems) for name in _DAYS}
    values["basis"] = _read(form, "basis", BasisKind, "", problems)
    values["successor"] = _read(form, "successor", number_of, "id", problems)
    significance = _read(form, "significance", Significance, "", problems)
    if significance is not None:
        values["significance"] = significance
    return Given(
        snapshot=form.get("snapshot"),
        second_look=second_look,
        attest=bool(form.get("attest")),
        documents=frozenset(filter(None, map(document_id, form.getlist("document")))),
        **values,
        problems=tuple(problems),
    )


def comment_from(form: Form) -> Given:
    """A remark: its words stand in the field `body`, those that it is about in `quote`."""
    problems: list[Problem] = []
    _words(form, "quote", problems)
    given = given_from(form, found=problems)
    return replace(given, comment=given.body, body="")


def new_document_from(form: Form) -> NewDocument:
    """What is asked of the one who begins a new document."""
    return NewDocument(**{name: form.get(name, "") for name in ("title", "type", "unit")})


def wanted_token_from(form: Form, *, usual: date) -> tuple[Wanted, list[Problem]]:
    """The access token that is asked for, until `usual` where no day is said; least unless more."""
    problems: list[Problem] = []
    wanted = Wanted(
        name=_words(form, "name", problems),
        scope=_read(form, "scope", Scope, "", problems) or Scope.READ,
        expires_on=_read(form, "expires_on", date.fromisoformat, "date", problems) or usual,
    )
    return wanted, problems


def choice_from(form: Form, name: str, choices: type[E]) -> E:
    """One of `choices`. Raises Refused."""
    problems: list[Problem] = []
    found = _read(form, name, choices, "", problems)
    if found is None:
        raise Refused(*problems, *[Problem(code=Code.NEEDS_FIELD, field=name)][len(problems) :])
    return found


def documents_from(form: Form) -> tuple[DocumentId, ...]:
    """The documents that a case is opened on. Raises Refused."""
    typed = [one for one in form.getlist("document") if one.strip()]
    found = [document_id(one.strip()) for one in typed]
    if None in found:
        raise Refused(Problem(code=Code.BAD_VALUE, field="document", rule="id"))
    return tuple(one for one in found if one)


def absence_from(form: Form, person: PersonId) -> Absence:
    """When somebody is away. Raises Refused."""
    problems: list[Problem] = []
    since, until = (
        _read(form, name, date.fromisoformat, "date", problems) for name in ("from", "until")
    )
    if since is None and not form.get("from", "").strip():
        problems.append(Problem(code=Code.NEEDS_FIELD, field="from"))
    if since is None or problems:
        raise Refused(*problems)
    return Absence(person=person, since=since, until=until)


def number_from(form: Form, name: str) -> int | None:
    """A small number, or None where there is none to read."""
    typed = form.get(name, "")
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS
    return int(typed) if is_number else None


def writing_from(form: Form, draft: Draft) -> Writing:
    """A save: the fields that were posted and that say something else than the draft does."""
    shown = values_of(draft)
    typed = {key: form.getlist(key) for key in form if key in FIELDS or is_governed(key)}
    changed = {key: values for key, values in typed.items() if _filled(values) != shown.get(key)}
    return Writing(base=form.get("base", ""), text=form.get("text"), fields=changed)


def values_of(draft: Draft) -> dict[str, list[str]]:
    """The values of every author's field as a form shows them."""
    values = vars(draft.fields) | vars(draft.roles)
    return {key: _shown(values[key]) for key in FIELDS if key != "id"}


def upload_hash(file: FileStorage | None) -> str | None:
    """SHA-256 of an uploaded file; None where none was chosen."""
    return sha256(file.read()).hexdigest() if file and file.filename else None


def number_of(typed: str) -> DocumentId:
    """A document's number. Raises ValueError."""
    found = document_id(typed.strip())
    if found is None:
        raise ValueError(typed)
    return found


def _words(form: Mapping[str, str], name: str, problems: list[Problem]) -> str:
    typed = form.get(name, "").replace("\r\n", "\n")
    if len(typed) > LONGEST:
        values = {"most": LONGEST}
        problems.append(Problem(code=Code.BAD_VALUE, field=name, rule="too_long", values=values))
        return typed[:LONGEST]
    if any(suspects(typed)):
        problems.append(Problem(code=Code.BAD_VALUE, field=name, rule="characters"))
    return typed


def _read(
    form: Mapping[str, str],
    name: str,
    read: Callable[[str], T],
    rule: str,
    problems: list[Problem],
) -> T | None:
    """What `read` makes of a field, None where it is empty or, with a problem, unreadable."""
    typed = form.get(name, "").strip()
    if not typed:
        return None
    try:
        return read(typed)
    except ValueError:
        problems.append(Problem(code=Code.BAD_VALUE, field=name, rule=rule))
        return None


def _filled(typed: Iterable[str]) -> list[str]:
    return [clean for one in typed if (clean := " ".join(one.split()))]


def _shown(value: object) -> list[str]:
    values = value if isinstance(value, tuple) else (value,)
    return [str(one) for one in values if one not in {None, ""}]
