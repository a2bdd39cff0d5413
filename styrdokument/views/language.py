"""The reader's language: Swedish first, another by a link at the foot of every page."""

from flask import Blueprint, Response, request

from styrdokument.domain.problems import NotFound
from styrdokument.views.session import local_address
from styrdokument.views.support import LANGUAGE_COOKIE, go_to, house, site, visitor
from styrdokument.words import LANGUAGES

bp = Blueprint("language", __name__, url_prefix="/language")

KEPT_SECONDS = 365 * 24 * 3600


@bp.get("/<code>")
def choose(code: str) -> Response:
    """Read on, and get mail, in another language. Raises NotFound where there are no words."""
    if code not in LANGUAGES:
        raise NotFound
    if reader := visitor():
        house().wishes.wish_language(reader.id, code)
    response = go_to(local_address(request.args.get("next", "")))
    response.set_cookie(
        LANGUAGE_COOKIE,
        code,
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=site().uses_tls,
    )
    return response
