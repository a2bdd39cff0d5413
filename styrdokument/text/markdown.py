"""A document's body as others need it: a page, a table of contents, words, links.

Nothing is stripped in silence: raw HTML and targets that may not be links are shown as
the text they are. A page makes no outbound request: only appendices' pictures are shown.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from markdown_it.token import Token

from styrdokument.text.anchors import Heading, visible_text
from styrdokument.text.parsing import parser, reader

__all__ = ["Heading", "Link", "links", "links_in", "outline", "render"]


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link or picture as written; `line` counts from 1 in the body."""

    target: str
    text: str
    line: int
    is_picture: bool


def render(body: str, *, appendices: str = "", heading_prefix: str = "") -> str:
    """Give the page of a body as safe HTML.

    `appendices` is put before the names of appendices, `heading_prefix` before every id:
    use it where two bodies share a page.
    """
    env: dict[str, Any] = {"appendices": appendices, "prefix": heading_prefix}
    return str(parser().render(body, env))


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A body as it is shown: safe HTML, and the headings in order."""

    html: str
    outline: tuple[Heading, ...]


def finish(body: str, *, appendices: str = "") -> Finished:
    """Give `render` and `outline` of a body from one reading of it."""
    env: dict[str, Any] = {"appendices": appendices}
    tokens = parser().parse(body, env)
    return Finished(
        html=str(parser().renderer.render(tokens, parser().options, env)),
        outline=tuple(env.get("headings", ())),
    )


def outline(body: str, *, heading_prefix: str = "") -> tuple[Heading, ...]:
    """Give the headings in order, with the levels and anchors that `render` gives them."""
    env: dict[str, Any] = {"prefix": heading_prefix}
    parser().parse(body, env)
    return tuple(env.get("headings", ()))


def links(body: str) -> tuple[Link, ...]:
    """Give every link and picture in order, also those that a page shows as text."""
    return tuple(links_in(reader().parse(body, {})))


def links_in(blocks: Iterable[Token]) -> Iterator[Link]:
    """Go through the links of parsed `blocks`."""
    for block in blocks:
        for place, (token, line) in enumerate(lines_of(block)):
            if token.type == "image":
                text = visible_text(token.children or [])
                yield _link(token, "src", text, line)
            elif token.type == "link_open":
                yield _link(token, "href", _text_from(block.children or [], place), line)


def lines_of(block: Token) -> Iterator[tuple[Token, int]]:
    """Go through a block's inline tokens, each with its line in the body, from 1."""
    line = (block.map or [0])[0] + 1
    for token in block.children or []:
        yield token, line
        line += token.type in {"softbreak", "hardbreak"}


def _link(token: Token, attribute: str, text: str, line: int) -> Link:
    target = str(token.attrs[attribute])
    return Link(target=target, text=text, line=line, is_picture=token.type == "image")


def _text_from(tokens: list[Token], place: int) -> str:
    """Give the words between the link opening at `place` and its end."""
    depth, words = 0, []
    for at in range(place, len(tokens)):  # no slice: a line may hold many thousand links
        depth += tokens[at].nesting * (tokens[at].tag == "a")
        if not depth:
            break
        words.append(tokens[at])
    return " ".join(visible_text(words).split())
