"""The one Markdown parser: which constructs count, and how much work a text may cost.

Raw HTML is off and every target passes `links.kind_of`, here and again when the page is
made. What is read must end up visible: what the parser would drop is either kept as text
here or found by `lint`. Costs are bounded by shape, not by clock, so the same text always
gives the same page.
"""

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_def

from styrdokument.text import links
from styrdokument.text.page import make_page

BRACKET_BUDGET = 10_000_000
"""Most characters times opening brackets in one text: the parser's scans grow with it."""

_OPTIONS = {
    "html": False,
    "xhtmlOut": False,
    "tasklists": True,
    "store_labels": True,
    "maxNesting": 40,
}


class Parser(MarkdownIt):
    """Markdown-it with our judgement of links."""

    def validateLink(self, url: str) -> bool:  # noqa: N802  the library's name
        """Tell whether `url` may become a link or a picture."""
        return links.kind_of(url) is not None


class TrustingParser(MarkdownIt):
    """The same Markdown with every target let through, to find what the other refuses."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802  the library's name
        """Let any `url` be a link: never make a page with this one."""
        return True


@cache
def parser() -> MarkdownIt:
    """Give the parser that makes pages; `env` takes `prefix` and `appendices`."""
    made = _configure(Parser, notes_at_end=True)
    made.core.ruler.push("page", make_page)
    return made


@cache
def reader() -> MarkdownIt:
    """Give the parser that only looks: all targets, notes where they stand."""
    return _configure(TrustingParser, notes_at_end=False)


def _configure(kind: type[MarkdownIt], *, notes_at_end: bool) -> MarkdownIt:
    made = kind("commonmark", _OPTIONS)
    made.enable(["table", "strikethrough"])
    made.use(deflist_plugin)
    made.use(footnote_plugin, inline=False, move_to_end=notes_at_end)
    made.block.ruler.at("footnote_def", _read_note, {"alt": ["paragraph", "reference"]})
    made.core.ruler.at("inline", _read_inline)
    return made


def _read_note(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """Read a footnote, but not one inside another: the plug-in loses the outer one's text."""
    if state.env.get("in_note"):
        return False
    state.env["in_note"] = not silent
    try:
        return footnote_def(state, start, end, silent)
    finally:
        state.env["in_note"] = False


def _read_inline(state: StateCore) -> None:
    """Read words, links and emphasis; past the budget a passage stays plain text.

    The first such passage is told in `env["unread_line"]`, counted from 1.
    """
    spent = 0
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        spent += token.content.count("[") * len(token.content)
        if spent <= BRACKET_BUDGET:
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        else:
            state.env.setdefault("unread_line", (token.map or [0])[0] + 1)
            token.children.append(Token("text", "", 0, content=token.content))
