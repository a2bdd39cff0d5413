"""A document: what applies now, or what applied on a day (rule 24)."""

from datetime import date

from flask import Blueprint, Response, jsonify, redirect
from flask.typing import ResponseReturnValue

from styrdokument.domain.problems import NotFound
from styrdokument.domain.validity import Standing
from styrdokument.store.catalogue import Row
from styrdokument.views.asking import day_asked
from styrdokument.views.files import markdown_file
from styrdokument.views.finished import finished
from styrdokument.views.reading import (
    DOCUMENT,
    applied,
    shown,
    versions_for_readers_of,
    versions_of,
)
from styrdokument.views.sheet import sheet
from styrdokument.views.support import page
from styrdokument.views.version_json import in_json

bp = Blueprint("documents", __name__, url_prefix="/documents")


@bp.get(f"/{DOCUMENT}")
def show(document: int) -> ResponseReturnValue:
    """The text that applies, or the words for why there is none."""
    day = day_asked()
    if day is None:
        return finished(lambda: _now(document), document)
    row = applied(document, day)
    if row is None:
        return page("documents/not_then.html", document=document, day=day), 404
    values = sheet(row, versions_of(document), day=day)
    return page("documents/show.html", is_hidden=True, **values)


@bp.get(f"/{DOCUMENT}.md")
def show_markdown(document: int) -> Response:
    """The stored file of the version that the page shows."""
    return markdown_file(_asked(document, day_asked()))


@bp.get(f"/{DOCUMENT}.json")
def show_json(document: int) -> Response:
    """The version that the page shows, as JSON."""
    return jsonify(in_json(_asked(document, day_asked())))


@bp.get(f"/{DOCUMENT}/<path:rest>")
def lead_on(document: int, rest: str) -> ResponseReturnValue:
    """Anything else under a document leads to it."""
    del rest
    return redirect(f"/documents/{document}")


def _now(document: int) -> tuple[Row, str]:
    """The page with what applies now."""
    row = shown(document)
    values = sheet(row, versions_for_readers_of(row))
    is_hidden = row["standing"] == Standing.REPEALED
    return row, page("documents/show.html", is_hidden=is_hidden, **values)


def _asked(document: int, day: date | None) -> Row:
    row = applied(document, day) if day else shown(document)
    if row is None:
        raise NotFound
    return row
