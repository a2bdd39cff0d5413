"""A document's versions: all of them, and each as it was issued, with its real standing."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from styrdokument.domain.problems import NotFound
from styrdokument.store.catalogue import Row
from styrdokument.views.files import appendix_file, markdown_file
from styrdokument.views.finished import finished
from styrdokument.views.reading import (
    DOCUMENT,
    NUMBER,
    issued,
    shown,
    versions_for_readers_of,
    versions_of,
)
from styrdokument.views.sheet import sheet
from styrdokument.views.support import page
from styrdokument.views.version_json import in_json

bp = Blueprint("versions", __name__, url_prefix=f"/documents/{DOCUMENT}/versions")


@bp.get("")
def index(document: int) -> ResponseReturnValue:
    """All versions, newest first."""
    row = shown(document)
    return page("versions/index.html", row=row, versions=versions_of(document))


@bp.get(f"/{NUMBER}")
def show(document: int, number: int) -> ResponseReturnValue:
    """One version as it was issued."""
    return finished(lambda: _issued(document, number), document, number)


@bp.get(f"/{NUMBER}.md")
def show_markdown(document: int, number: int) -> Response:
    """The stored file."""
    return markdown_file(issued(document, number))


@bp.get(f"/{NUMBER}.json")
def show_json(document: int, number: int) -> Response:
    """The version as JSON."""
    return jsonify(in_json(issued(document, number)))


@bp.get(f"/{NUMBER}/appendices/<path:name>")
def appendix(document: int, number: int, name: str) -> Response:
    """An appendix of the version."""
    if "/" in name:
        raise NotFound
    return appendix_file(issued(document, number), name)


def _issued(document: int, number: int) -> tuple[Row, str]:
    row = issued(document, number)
    values = sheet(row, versions_for_readers_of(row), as_issued=True)
    return row, page("versions/show.html", is_hidden=True, **values)
