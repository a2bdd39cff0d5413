"""What the editor of a draft shows: as it stands, as it was typed, or both where they part."""

from dataclasses import dataclass

from flask import request

from styrdokument.actions.comparing import sheet_of
from styrdokument.domain.document import FIELDS, DocumentId, FieldKind
from styrdokument.domain.matter import Draft, Matter, loses_a_say, relations
from styrdokument.domain.problems import Code, Problem
from styrdokument.store.cases import Held
from styrdokument.text import lint
from styrdokument.views import forms
from styrdokument.views.case_draft import rendered
from styrdokument.views.choices import Choices, choices, in_words
from styrdokument.views.support import actor, house, page

BLANKS = 2
"""Empty rows below a field's values, to add in."""
LISTS = frozenset({FieldKind.MANY, FieldKind.DOCUMENTS})


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field that is saved otherwise than it was typed; both in words."""

    key: str
    saved: tuple[str, ...]
    typed: tuple[str, ...]


def render(
    held: Held,
    matter: Matter,
    document: DocumentId,
    problems: tuple[Problem, ...] = (),
    *,
    is_preview: bool = False,
) -> str:
    """The editor, with what was typed if something was."""
    draft, sheet, among = matter.drafts[document], sheet_of(house(), held, document), choices()
    is_stale = any(problem.code is Code.STALE_SNAPSHOT for problem in problems)
    text = lint.clean(request.form["text"]) if "text" in request.form else sheet.body
    place = f"/cases/{matter.case.number}/documents/{document}/appendices/"
    return page(
        "cases/edit.html",
        problems=problems,
        case=matter.case,
        draft=draft,
        base=_base(draft, is_stale=is_stale),
        text=text,
        saved_text=sheet.body if is_stale else None,
        differences=_differences(draft, among) if is_stale else (),
        values={key: _rows(key, said) for key, said in _as_typed(draft).items()},
        fields=FIELDS,
        choices=among,
        appendices=sheet.appendices,
        appendices_at=place,
        warns=loses_a_say(relations(matter, actor())),
        preview=rendered(text, place) if is_preview else None,
        preview_problems=lint.findings(text, appendices=sheet.appendices) if is_preview else (),
    )


def _base(draft: Draft, *, is_stale: bool) -> str:
    """What the form goes on from: what was edited from, or what is saved now, once it is shown."""
    return draft.content_hash if is_stale else request.form.get("base") or draft.content_hash


def _as_typed(draft: Draft) -> dict[str, list[str]]:
    form = request.form
    saved = forms.values_of(draft)
    return {key: form.getlist(key) if key in form else said for key, said in saved.items()}


def _rows(key: str, values: list[str]) -> list[str]:
    """A row for each value, and some empty ones to add in."""
    if FIELDS[key].kind in LISTS:
        return [value for value in values if value.strip()] + [""] * BLANKS
    return (values or [""])[:1]


def _differences(draft: Draft, among: Choices) -> tuple[Difference, ...]:
    typed = {key: [v for v in values if v.strip()] for key, values in _as_typed(draft).items()}
    return tuple(
        Difference(
            key=key,
            saved=tuple(in_words(among, key, value) for value in saved),
            typed=tuple(in_words(among, key, value) for value in typed[key]),
        )
        for key, saved in forms.values_of(draft).items()
        if saved != typed[key]
    )
