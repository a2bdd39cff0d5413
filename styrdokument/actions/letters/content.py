"""What a letter says, before it has any form: words, sections, and the days worth noting.

The same content becomes plain text and HTML by the two templates of `web/templates/mail`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from styrdokument.resources import folder
from styrdokument.text.calendar import Day
from styrdokument.words import Words


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something to look at: what it is called, lines about it, and where it is."""

    title: str
    lines: tuple[str, ...]
    address: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """Items under a heading, which may be empty."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Content:
    """A whole letter. A subject never holds the title of a text that is not public."""

    subject: str
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...] = ()
    days: tuple[Day, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ended:
    """There is nothing to send, and never will be: one of the labels `mail.ended_…`."""

    why: str


def forms_of(content: Content, words: Words, *, name: str, region: str) -> tuple[str, str]:
    """The letter as plain text and as HTML."""
    values: Mapping[str, object] = {
        "content": content,
        "t": words.say,
        "language": words.language,
        "name": " ".join(name.split()),
        "region": region,
    }
    text = _environment().get_template("mail/letter.txt").render(values)
    return text, _environment().get_template("mail/letter.html").render(values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(folder("web") / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
