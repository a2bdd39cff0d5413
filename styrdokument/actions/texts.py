"""What store asks of text: a text as readers see it, and what is wrong with a draft.

The two know nothing of each other; here they meet.
"""

from collections.abc import Iterable

from styrdokument.domain.problems import Problem
from styrdokument.store.sheet import Sheet
from styrdokument.store.texts import Text
from styrdokument.text import lint, markdown


def finish(body: str, appendices: str) -> Text:
    """A text as readers see it."""
    finished = markdown.finish(body, appendices=appendices)
    outline = tuple((h.level, h.text, h.anchor) for h in finished.outline)
    return Text(html=finished.html, outline=outline)


def inspect(sheet: Sheet, headings: tuple[str, ...]) -> Iterable[Problem]:
    """What is wrong with a draft's text."""
    return lint.findings(sheet.body, appendices=sheet.appendices, headings=headings)
