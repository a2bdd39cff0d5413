"""A board's text: what the minutes say, where the board changed the draft that was reviewed.

It is a save by the registrar, and says so itself; no other save can (rule 20). Any other change of
the document makes it an ordinary draft again, which its reviewers read anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from styrdokument.domain.document import ContentHash, DocumentId
from styrdokument.domain.people import Who

Contents = Mapping[DocumentId, ContentHash]


@dataclass(frozen=True, kw_only=True)
class BoardsText:
    """The draft holds what a board decided; `reviewed` is the text that was put to it."""

    reviewed: ContentHash
    by: Who


BoardsTexts = Mapping[DocumentId, BoardsText]


def after_change(texts: BoardsTexts, before: Contents, after: Contents) -> BoardsTexts:
    """Those that still stand once contents were changed in the ordinary way."""
    return {d: text for d, text in texts.items() if after.get(d) == before.get(d)}


def after_entry(texts: BoardsTexts, before: Contents, after: Contents, by: Who) -> BoardsTexts:
    """Those that stand once the registrar has entered some; the reviewed text again is none."""
    found = dict(texts)
    for document, content in after.items():
        if content == before.get(document):
            continue
        known = found.pop(document, None)
        reviewed = known.reviewed if known else before.get(document)
        if reviewed is not None and content != reviewed:
            found[document] = BoardsText(reviewed=reviewed, by=by)
    return found
