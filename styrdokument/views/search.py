"""Search: all the words, in titles and texts; in force first, older only when asked for."""

from typing import Any

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from styrdokument.store.catalogue import PAGE
from styrdokument.text.excerpt import excerpt
from styrdokument.views.asking import Pages, asked, filters_asked, here
from styrdokument.views.kept import kept
from styrdokument.views.lists import choices, found
from styrdokument.views.support import house, page, today
from styrdokument.views.version_json import in_list

bp = Blueprint("search", __name__)
HITS = 25
"""Hits to a page for people; the JSON list has as many as all lists."""


@bp.get("/search")
def show() -> ResponseReturnValue:
    """The form, and what was found when there is something to search for."""
    return page("search/show.html", inside=kept("search/searching.html", _searching))


def _searching() -> dict[str, Any]:
    hits, pages = _hits(HITS)
    found = {"hits": hits, "pages": pages}
    return {**found, "asked": asked(), "choices": choices(), "here": here}


@bp.get("/search.json")
def show_json() -> Response:
    """The hits as JSON: the shape of all lists, with a snippet to each."""
    hits, pages = _hits(PAGE)
    documents = [{**in_list(hit["row"]), "snippet": str(hit["snippet"])} for hit in hits]
    return jsonify(documents=documents, total=pages.total, next=pages.following or None)


def _hits(size: int) -> tuple[list[dict[str, Any]], Pages]:
    """A page of hits; none without a word to look for."""
    filters = filters_asked()
    if not filters.words:
        return [], Pages(number=1, total=0, size=size)
    rows, pages = found(filters, on=today(), size=size)
    bodies = house().catalogue.bodies(rows)
    texts = [bodies[row["document"], row["version"]] for row in rows]
    return [
        {"row": row, "snippet": snippet(text, filters.words)}
        for row, text in zip(rows, texts, strict=True)
    ], pages


def snippet(body: str, words: tuple[str, ...]) -> Markup:
    """Words of the text around a hit, with the hits in `<mark>`."""
    mark = Markup("<mark>{}</mark>")
    pieces = excerpt(body, words)
    return Markup("").join(mark.format(p.words) if p.is_hit else escape(p.words) for p in pieces)
