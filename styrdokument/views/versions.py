"""A document's versions: all of them, and each as it was issued, with its real standing."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from styrdokument.domain.problems import NotFound
from styrdokument.views.files import appendix_file, markdown_file
from styrdokument.views.reading import DOCUMENT, NUMBER, decision_of, issued, shown, versions_of
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
    row = issued(document, number)
    values = sheet(row, versions_of(document), as_issued=True)
    return page("versions/show.html", decision=decision_of(row["seq"]), is_hidden=True, **values)


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
