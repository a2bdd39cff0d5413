"""Signing in and out."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from styrdokument.actions import elsewhere, signing_in
from styrdokument.domain.problems import Problem
from styrdokument.views.security import cookie_name, keep_session, visit
from styrdokument.views.support import go_to, house, on_refusal, page, site, visitor

bp = Blueprint("session", __name__, url_prefix="/session")


@bp.get("")
def show() -> ResponseReturnValue:
    """The sign-in page."""
    wanted = local_address(request.args.get("next", ""))
    return _page(wanted=wanted)


@bp.post("")
def create() -> ResponseReturnValue:
    """Sign in; the old session, if there is one, ends."""
    username, wanted = request.form.get("username", ""), request.form.get("next", "")
    on_refusal(lambda problems: _page(problems, local_address(wanted), username))
    token = signing_in.sign_in(
        house(),
        username,
        request.form.get("password", ""),
        address=request.remote_addr or "",
        is_safe=_is_safe(),
    )
    return _enter(token, local_address(wanted))


@bp.get("/oidc")
def leave() -> Response:
    """On to where people sign in elsewhere; with `again`, to show themselves once more."""
    on_refusal(_page)
    again = visitor() if request.args.get("again") else None
    address = elsewhere.leave(
        house(),
        browser=visit(),
        redirect=_answers(),
        on_to=local_address(request.args.get("next", "")),
        actor=again,
    )
    return go_to(address)


@bp.get("/oidc/answer")
def come_back() -> Response:
    """Back from there."""
    state, code = request.args.get("state", ""), request.args.get("code", "")
    on_refusal(_page)
    person, on_to, is_again = elsewhere.come_back(house(), browser=visit(), state=state, code=code)
    if is_again and g.session is not None and g.session.person == person:
        elsewhere.note_look(house(), person, g.session.csrf)
        return go_to(on_to)
    return _enter(signing_in.let_in(house(), person, is_safe=_is_safe()), on_to)


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


def _page(problems: tuple[Problem, ...] = (), wanted: str = "/", username: str = "") -> str:
    return page("session/new.html", problems=problems, next=wanted, username=username, kept={})


def _is_safe() -> bool:
    return site().uses_tls or site().is_on_loopback


def _answers() -> str:
    """Where whoever signs in elsewhere comes back to."""
    return f"{(site().base_url or request.host_url).rstrip('/')}/session/oidc/answer"


def _enter(token: str, on_to: str) -> Response:
    """On with a new session; the old one, if there is one, ends."""
    _end_current()
    return keep_session(go_to(on_to), token)


def _end_current() -> None:
    if g.session is not None:
        house().sessions.end(request.cookies.get(cookie_name(), ""))
