"""How the pages look: one style sheet, put together once, with the region's own accent and logo.

The files in `web/static/css` are its parts; `app.css` says which, in what order and layer. It is
kept for ever under an address that carries its hash, so a change of any part is a new address.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, send_file

from styrdokument.domain.problems import NotFound
from styrdokument.resources import folder
from styrdokument.views.accent import Accent
from styrdokument.views.support import site

bp = Blueprint("style", __name__)

FOR_EVER = "public, max-age=31536000, immutable"
PART = re.compile(r'@import url\("([a-z]+\.css)"\) layer\(([a-z]+)\);')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@bp.get("/style.css")
def show() -> Response:
    """The style sheet."""
    response = Response(sheet(site().accent), mimetype="text/css")
    response.headers["Cache-Control"] = FOR_EVER
    return response


@bp.get("/logo")
def show_logo() -> Response:
    """The region's logo. Raises NotFound where it has none."""
    logo = site().logo
    if logo is None:
        raise NotFound
    return send_file(logo, max_age=3600)


def style_address() -> str:
    """Where the style sheet is, as it looks now."""
    return _style_address(site().accent)


@cache
def static_address(name: str) -> str:
    """Where a file in `web/static` is, as it is now."""
    return f"/static/{name}?v={_mark((folder('web') / 'static' / name).read_bytes())}"


@cache
def sheet(accent: Accent | None) -> str:
    """All parts in one, each in its layer; the accent stands last among the tokens."""
    parts = folder("web") / "static" / "css"
    order = COMMENT.sub("", (parts / "app.css").read_text("utf-8")).strip()
    whole = PART.sub(lambda found: _layer(parts / found[1], found[2]), order)
    return f"{whole}\n@layer tokens {{\n{accent.css}\n}}\n" if accent else whole


def _layer(part: Path, layer: str) -> str:
    return f"@layer {layer} {{\n{COMMENT.sub('', part.read_text('utf-8')).strip()}\n}}"


@cache
def _style_address(accent: Accent | None) -> str:
    return f"/style.css?v={_mark(sheet(accent).encode())}"


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
