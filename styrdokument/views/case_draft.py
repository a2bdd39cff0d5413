"""One draft as the page of its case shows it: its text, what it is compared with, who has said yes.

It is compared with what stands; with what the reader judged last, where they ask; and where a board
changed it, with what was put to the board.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from flask import request
from markupsafe import Markup

from styrdokument.actions.comparing import FileChange, Texts, texts_of
from styrdokument.domain import review
from styrdokument.domain.boards_text import BoardsText
from styrdokument.domain.case import HAS_TEXT, CaseNumber, Kind
from styrdokument.domain.decisionfile import Approval
from styrdokument.domain.document import FIELDS
from styrdokument.domain.matter import Draft, Matter
from styrdokument.domain.people import Actor
from styrdokument.store.cases import Held
from styrdokument.text import lint, markdown
from styrdokument.text.redline import redline
from styrdokument.views import forms
from styrdokument.views.changes import Changed, redline_words
from styrdokument.views.choices import Choices, in_words
from styrdokument.views.support import house, today, words


class Since(StrEnum):
    """What a draft is compared with."""

    ADOPTED = "adopted"
    JUDGED = "judged"
    REVIEWED = "reviewed"


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """A field that the draft has otherwise than the adopted document; both in words."""

    key: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One draft as the page shows it: `html`, or what is `changed` `since` something else.

    `others` are what else it may be compared with, `board` tells that a board changed it.
    """

    draft: Draft
    standing: str
    html: Markup
    body: str
    since: Since
    others: tuple[Since, ...]
    changed: Changed | None
    appendices_changed: tuple[FileChange, ...]
    appendices: tuple[str, ...]
    fields: tuple[FieldChange, ...]
    board: BoardsText | None
    attests: tuple[Approval, ...]
    given: tuple[Approval, ...]
    lapsed: tuple[Approval, ...]
    remaining: tuple[str, ...]
    least: int
    may_attest: bool


def rendered(body: str, place: str, prefix: str = "") -> Markup:
    """A body as a page, or nothing where it is too large or too deep to be one."""
    is_readable = not any(lint.blocks_saving(found) for found in lint.findings(body))
    html = markdown.render(body, appendices=place, heading_prefix=prefix) if is_readable else ""
    return Markup(html)  # noqa: S704 - `markdown.render` answers safe HTML


def shown(held: Held, matter: Matter, draft: Draft, by: Actor, among: Choices) -> Shown:
    """The draft for `by`, with people and units `among` those that there are."""
    case, place = matter.case, f"/cases/{matter.case.number}/documents/{draft.id}/appendices/"
    prefix = f"document-{draft.id}-" if len(matter.drafts) > 1 else ""
    texts = texts_of(house(), by, held, draft.id)
    bodies = _bodies(texts)
    since = _since(bodies, is_open=case.is_open)
    now, before = Markup(), bodies[since]
    if case.kind is not Kind.ASSIGN:  # nothing is said of the text, and there may be 200 of them
        now = rendered(texts.now, place, prefix)
    is_compared = before is not None and case.kind in HAS_TEXT
    old = rendered(before or "", place, prefix) if is_compared else Markup()
    counted, attests = review.approvals_of(case, draft), review.attests_of(case, draft)
    return Shown(
        draft=draft,
        standing=_standing(matter, draft),
        html=now,
        body=texts.now,
        since=since,
        others=tuple(one for one in Since if one is not since and bodies[one] is not None),
        changed=_changed(case.number, old, now, prefix, since) if is_compared else None,
        appendices_changed=texts.appendices_changed,
        appendices=texts.appendices,
        fields=_field_changes(matter, draft, among, texts if since is Since.REVIEWED else None),
        board=case.boards_texts.get(draft.id),
        attests=attests,
        given=counted,
        lapsed=tuple(
            a for a in case.approvals if a.document == draft.id and a not in (*counted, *attests)
        ),
        remaining=review.remaining(matter, draft),
        least=review.least(matter, draft),
        may_attest=bool(
            set(review.remaining(matter, draft)) & set(review.entries_of(matter, draft, by))
        ),
    )


def _changed(number: CaseNumber, old: Markup, now: Markup, prefix: str, since: Since) -> Changed:
    """The whole text with its changes: whoever judges it has to see all of it."""
    said = words().say
    return Changed(
        marked=redline(str(old), str(now), words=redline_words(), prefix=prefix),
        path=f"/cases/{number}",
        old=said("case.was_reviewed" if since is Since.REVIEWED else "case.before"),
        new=said("case.of_minutes" if since is Since.REVIEWED else "case.after"),
    )


def _bodies(texts: Texts) -> Mapping[Since, str | None]:
    """What there is to compare with."""
    return {
        Since.REVIEWED: texts.reviewed.body if texts.reviewed else None,
        Since.ADOPTED: texts.adopted,
        Since.JUDGED: texts.judged,
    }


def _since(bodies: Mapping[Since, str | None], *, is_open: bool) -> Since:
    """What is asked for, else what a board changed while the case is open, else what stands."""
    asked = request.args.get("since", "")
    if asked in set(Since) and bodies[Since(asked)] is not None:
        return Since(asked)
    is_changed = is_open and bodies[Since.REVIEWED] is not None
    return Since.REVIEWED if is_changed else Since.ADOPTED


def _standing(matter: Matter, draft: Draft) -> str:
    """A draft's standing is "draft"; a case without a text of its own shows what stands."""
    if matter.case.kind in HAS_TEXT:
        return "draft" if matter.case.is_open else ""
    row = house().catalogue.shown(draft.id, on=today())
    return str(row["standing"]) if row else ""


def _field_changes(
    matter: Matter, draft: Draft, among: Choices, texts: Texts | None
) -> tuple[FieldChange, ...]:
    """Against what stands, or where `texts` are given against what was put to a board."""
    before = texts.reviewed if texts else matter.adopted.get(draft.id)
    if before is None or not matter.case.is_open:
        return ()
    old = forms.values_of(replace(draft, fields=before.fields, roles=before.roles))
    new = forms.values_of(draft)
    return tuple(
        FieldChange(
            key=key,
            before=tuple(in_words(among, key, value) for value in old[key]),
            after=tuple(in_words(among, key, value) for value in new[key]),
        )
        for key in FIELDS
        if key in new and old[key] != new[key]
    )
