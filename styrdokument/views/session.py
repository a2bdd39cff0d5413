"""Signing in and out."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from styrdokument.actions import signing_in
from styrdokument.views.security import cookie_name
from styrdokument.views.support import go_to, house, on_refusal, page, site

bp = Blueprint("session", __name__, url_prefix="/session")


@bp.get("")
def show() -> ResponseReturnValue:
    """The sign-in page."""
    wanted = local_address(request.args.get("next", ""))
    return page("session/new.html", problems=(), next=wanted, username="", kept={})


@bp.post("")
def create() -> ResponseReturnValue:
    """Sign in; the old session, if there is one, ends."""
    username, wanted = request.form.get("username", ""), request.form.get("next", "")
    values = {"next": local_address(wanted), "username": username, "kept": {}}
    on_refusal(lambda problems: page("session/new.html", problems=problems, **values))
    token = signing_in.sign_in(
        house(),
        username,
        request.form.get("password", ""),
        address=request.remote_addr or "",
        is_safe=site().uses_tls or site().is_on_loopback,
    )
    _end_current()
    response = go_to(local_address(wanted))
    response.set_cookie(
        cookie_name(), token, httponly=True, samesite="Lax", secure=site().uses_tls, path="/"
    )
    return response


@bp.post("/end")
def end() -> Response:
    """Sign out; the session is gone, here and for whoever copied it."""
    _end_current()
    response = go_to("/")
    response.delete_cookie(cookie_name(), path="/", secure=site().uses_tls, httponly=True)
    return response


def local_address(wanted: str) -> str:
    """`wanted` if it is an address on this site, else the start page."""
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    clean = plain and wanted.isprintable() and "\\" not in wanted
    parts = urlsplit(wanted) if clean else None
    return wanted if parts and not parts.scheme and not parts.netloc else "/"


def _end_current() -> None:
    if g.session is not None:
        house().sessions.end(request.cookies.get(cookie_name(), ""))
