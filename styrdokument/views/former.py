"""Former ids and addresses lead to their document."""

from urllib.parse import unquote

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from styrdokument.domain.document import DocumentId
from styrdokument.domain.problems import NotFound
from styrdokument.views.support import house

bp = Blueprint("former", __name__, url_prefix="/former")


@bp.get("/<path:former_id>")
def lead_on(former_id: str) -> ResponseReturnValue:
    """On to the document that once had this id or address, written with or without its slash."""
    whole = request.full_path.removeprefix("/former/").rstrip("?") if request.args else former_id
    spellings = dict.fromkeys((whole, f"/{whole}", unquote(whole), f"/{unquote(whole)}", former_id))
    document = next(filter(None, map(_document, spellings)), None)
    if document is None:
        raise NotFound
    return redirect(f"/documents/{document}", code=301)


def _document(former_id: str) -> DocumentId | None:
    """Of several that had the same, the first; what no database takes is nobody's."""
    return house().catalogue.former(former_id) if former_id.isprintable() else None
