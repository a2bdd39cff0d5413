"""What a page makes of parsed Markdown: addresses, anchors, cells, boxes and notes.

Everything is said with plain tokens that the library's own renderer writes and escapes;
nothing here builds HTML from strings, so nothing here can forget to escape.
"""

from collections.abc import Iterator, Mapping, Sequence

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from styrdokument.text import links
from styrdokument.text.anchors import Heading, anchor_headings, visible_text


def make_page(state: StateCore) -> None:
    """Turn what was read into what is shown; `env` holds `prefix` and `appendices`.

    Leaves the headings in `env["headings"]`.
    """
    prefix = state.env.get("prefix", "")
    headings = anchor_headings(state.tokens, prefix=prefix)
    state.env["headings"] = headings
    page = _Page(prefix=prefix, appendices=state.env.get("appendices", ""), headings=headings)
    state.tokens = list(page.blocks(state.tokens))


class _Page:
    """One page in the making: goes through the tokens once, in order."""

    def __init__(self, *, prefix: str, appendices: str, headings: Sequence[Heading]) -> None:
        self._prefix = prefix
        self._appendices = appendices
        self._anchors = _fragments(headings)
        self._heading = ""

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Token]:
        """Give the blocks as they are shown, with their words."""
        for place, token in enumerate(tokens):
            if token.children is not None:
                token.children = list(self._inline(token.children))
            match token.type:
                case "heading_open":
                    self._heading = str(token.attrs["id"])
                case "th_open" | "td_open":
                    _settle_cell(tokens[place : place + 3])
                case "list_item_open" if "checked" in token.meta:
                    _add_box(tokens[place : place + 3], is_checked=token.meta.pop("checked"))
                case "fence":
                    token.info = ""
            yield from self._block(token)

    def _block(self, token: Token) -> Iterator[Token]:
        match token.type:
            case "table_open":
                yield self._region()
                yield token
            case "table_close":
                yield token
                yield _tag("div", -1)
            case "footnote_block_open":
                yield _tag("section", 1, {"class": "footnotes", "role": "doc-endnotes"})
                yield _tag("ol", 1)
            case "footnote_block_close":
                yield from (_tag("ol", -1), _tag("section", -1))
            case "footnote_open":
                yield _tag("li", 1, {"id": self._note(token)})
            case "footnote_close":
                yield _tag("li", -1)
            case "footnote_anchor":
                yield from self._way_back(token)
            case _:
                yield token

    def _region(self) -> Token:
        """Open what a wide table scrolls in, by keyboard too, named by the heading above."""
        attrs = {"class": "table-scroll", "tabindex": "0"}
        if self._heading:
            attrs |= {"role": "group", "aria-labelledby": self._heading}
        return _tag("div", 1, attrs)

    def _inline(self, tokens: Sequence[Token]) -> Iterator[Token]:
        """Settle links, pictures and notes; a link within a link becomes its words."""
        stack: list[bool] = []
        for token in tokens:
            match token.type:
                case "link_open":
                    stack.append(not any(stack) and self._settle_link(token))
                    yield from [token] * stack[-1]
                case "link_close":
                    yield from [token] * stack.pop()
                case "image":
                    yield from self._picture(token, is_in_link=any(stack))
                case "footnote_ref":
                    yield from self._note_mark(token, is_in_link=any(stack))
                case _:
                    yield token

    def _settle_link(self, token: Token) -> bool:
        """Write the link's address; False where the target may not be a link after all."""
        target = str(token.attrs["href"])
        kind = links.kind_of(target)
        if kind is links.Kind.SECTION:
            target = self._anchors.get(target, target)
        elif kind is links.Kind.SITE:
            target = links.with_anchor(target)
        token.attrs["href"] = links.address_of(target, appendices=self._appendices)
        if kind is links.Kind.EXTERNAL:
            token.attrs |= {"class": "external", "rel": "noopener noreferrer"}
        return kind is not None

    def _picture(self, token: Token, *, is_in_link: bool) -> Iterator[Token]:
        """Show an appendix's picture; any other is never fetched, only linked to."""
        target = str(token.attrs["src"])
        name = links.appendix_name(target)
        if links.kind_of(target) is links.Kind.APPENDIX and links.is_picture(name):
            address = links.address_of(target, appendices=self._appendices)
            token.attrs |= {"src": address, "loading": "lazy"}
            yield token
            return
        words = _text(visible_text(token.children or []).strip() or target)
        link = Token("link_open", "a", 1, attrs={"href": target})
        is_link = not is_in_link and self._settle_link(link)
        yield from (link, words, Token("link_close", "a", -1)) if is_link else (words,)

    def _note_mark(self, token: Token, *, is_in_link: bool) -> Iterator[Token]:
        """Write the raised number that leads to a note; inside a link it leads nowhere."""
        words = _text(f"[{token.meta['id'] + 1}]")
        attrs = {"href": f"#{self._note(token)}", "id": self._mark(token), "role": "doc-noteref"}
        link = (_tag("a", 1, attrs), words, _tag("a", -1))
        yield from (_tag("sup", 1), *((words,) if is_in_link else link), _tag("sup", -1))

    def _way_back(self, token: Token) -> Iterator[Token]:
        """Write the arrow from a note to where it was called; drawn as text, not as emoji."""
        attrs = {"href": f"#{self._mark(token)}", "role": "doc-backlink"}
        yield from (_text(" "), _tag("a", 1, attrs), _text("\u21a9\ufe0e"), _tag("a", -1))

    def _note(self, token: Token) -> str:
        return f"{self._prefix}note-{token.meta['id'] + 1}"

    def _mark(self, token: Token) -> str:
        nth = token.meta["subId"]
        return f"{self._prefix}note-mark-{token.meta['id'] + 1}" + (f"-{nth + 1}" if nth else "")


def _fragments(headings: Sequence[Heading]) -> Mapping[str, str]:
    """Let `#syfte` lead to the heading whose anchor is `section-syfte`, after any prefix."""
    found = {}
    for heading in headings:
        end = heading.anchor.index("section")
        found[f"#{heading.anchor[end:].removeprefix('section-')}"] = f"#{heading.anchor}"
        found[f"#{heading.anchor[end:]}"] = f"#{heading.anchor}"
    return found


def _settle_cell(cell: Sequence[Token]) -> None:
    """Mark header cells, and say alignment with a class: inline styles are forbidden."""
    opening, inline, closing = cell
    alignment = str(opening.attrs.pop("style", "")).removeprefix("text-align:")
    if alignment:
        opening.attrs["class"] = f"align-{alignment}"
    if opening.tag == "th" and inline.content:
        opening.attrs["scope"] = "col"
    elif opening.tag == "th":
        opening.tag = closing.tag = "td"


def _add_box(item: Sequence[Token], *, is_checked: bool) -> None:
    """Put the words of an item's first line in a label with its box: they are its name."""
    attrs = {"type": "checkbox", "disabled": ""} | ({"checked": ""} if is_checked else {})
    for block in item:
        if block.type == "inline":
            box = (_tag("label", 1), _tag("input", 0, attrs), _text(" "))
            block.children = [*box, *(block.children or []), _tag("label", -1)]


def _tag(name: str, nesting: int, attrs: Mapping[str, str] | None = None) -> Token:
    return Token(f"{name}_tag", name, nesting, attrs=dict(attrs or {}))  # type: ignore[arg-type]


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)
