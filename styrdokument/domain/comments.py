"""Remarks on a draft, as a case's log makes them: numbered in the order in which they were made."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from styrdokument.domain import facts
from styrdokument.domain.document import DocumentId
from styrdokument.domain.people import Who


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A remark on a draft; `reply_to` is another's number, `quote` the words it is about."""

    number: int
    by: Who
    at: datetime
    body: str
    document: DocumentId | None = None
    quote: str = ""
    reply_to: int | None = None
    is_resolved: bool = False


def with_comment(
    comments: tuple[Comment, ...], *, by: Who, at: datetime, said: Mapping[str, Any]
) -> tuple[Comment, ...]:
    """The remarks with one more, as its event said it."""
    comment = Comment(
        number=len(comments) + 1,
        by=by,
        at=at,
        body=facts.text(said, "body"),
        document=facts.document(said, "document"),
        quote=facts.text(said, "quote"),
        reply_to=facts.number(said, "reply_to"),
    )
    return (*comments, comment)


def with_resolved(comments: tuple[Comment, ...], number: int | None) -> tuple[Comment, ...]:
    """The remarks with one dealt with."""
    return tuple(
        replace(one, is_resolved=one.is_resolved or one.number == number) for one in comments
    )
