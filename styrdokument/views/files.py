"""Stored files as they were decided, byte for byte: a text, an appendix.

What comes from an author is never run: only png and jpg are shown in place, and svg, which the
browser could run, is closed in even when somebody opens it by itself.
"""

from io import BytesIO
from typing import Any

from flask import Response, send_file

from styrdokument.domain.document import ROLES, TEXT
from styrdokument.domain.problems import NotFound
from styrdokument.store.catalogue import Row
from styrdokument.store.git import ObjectId
from styrdokument.views.support import house

TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
SHOWN_IN_PLACE = frozenset({"png", "jpg", "jpeg"})
CLOSED_IN = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def markdown_file(row: Row) -> Response:
    """The whole text file of a version."""
    file = _file(row, TEXT)
    name = f"{row['document']}-{row['version']}.md"
    return _sent(file["git"], name, "text/markdown", in_place=True, etag=file["sha256"])


def appendix_file(row: Row, name: str) -> Response:
    """An appendix of a version. Raises NotFound."""
    if name in {TEXT, ROLES}:
        raise NotFound
    file = _file(row, name)
    return stored_appendix(file["git"], name, etag=file["sha256"])


def stored_appendix(blob: ObjectId, name: str, *, etag: str) -> Response:
    """An appendix by its blob, of a version or of a draft."""
    kind = name.rpartition(".")[2].lower()
    mimetype = TYPES.get(kind, "application/octet-stream")
    return _sent(blob, name, mimetype, in_place=kind in SHOWN_IN_PLACE, etag=etag)


def _file(row: Row, path: str) -> dict[str, Any]:
    found = next((file for file in row["content"] if file["path"] == path), None)
    if found is None:
        raise NotFound
    return dict(found)


def _sent(blob: str, name: str, mimetype: str, *, in_place: bool, etag: str) -> Response:
    response = send_file(
        BytesIO(house().git.blob(ObjectId(blob))),
        mimetype=mimetype,
        as_attachment=not in_place,
        download_name=name,
        etag=etag,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = CLOSED_IN
    return response
