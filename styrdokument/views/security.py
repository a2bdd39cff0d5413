"""What stands before every view: who is here, whether they may, and whether the form is ours.

Default deny: a route that `ACCESS` does not list is refused to everybody, and a test fails.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import urljoin

from flask import Flask, Response, g, request
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.exceptions import RequestEntityTooLarge

from styrdokument.domain.access import Act
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.store.sql import Away
from styrdokument.views.access import ACCESS
from styrdokument.views.site import Site
from styrdokument.views.support import house, is_reading, require, require_current, site
from styrdokument.words import LANGUAGES, ORIGINAL, Words

VISIT = "styrdokument-visit"
TOKEN_DOORS = frozenset({"git_door"})
"""Where programs come in with a token, and cookies count for nothing."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
KEPT_BY = "private, no-cache"
"""What the answers may be kept by: the reader's own browser, which asks each time."""
HEADERS: dict[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def install(app: Flask) -> None:
    """Put the guards before every request of the app, and the headers after it."""
    app.before_request(limit_form)
    app.before_request(recognise)
    app.before_request(admit)
    app.before_request(check_form)
    app.after_request(add_headers)


def limit_form() -> None:
    """A form without files is not read where it is larger, or has more fields, than one of ours.

    Flask keeps these limits for forms with files alone. Raises RequestEntityTooLarge.
    """
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    sent = request.get_data()
    most, parts = request.max_form_memory_size, request.max_form_parts
    if (most and len(sent) > most) or (parts and sent.count(b"&") >= parts):
        request.max_content_length = 0  # so that nobody else reads it either
        raise RequestEntityTooLarge


def cookie_name() -> str:
    """The session cookie's name."""
    return site().session_cookie


def keep_session(response: Response, token: str) -> Response:
    """Let the browser keep a session's token."""
    response.set_cookie(
        cookie_name(), token, httponly=True, samesite="Lax", secure=site().uses_tls, path="/"
    )
    return response


def recognise() -> None:
    """Who is here, from the session cookie; looked up anew at every request.

    Where that cannot be known, a reader is nobody, and sees what is public; nobody may post.
    """
    g.session = g.actor = g.away = None
    if request.blueprint in TOKEN_DOORS:
        recognise_token()
        return
    token = request.cookies.get(cookie_name(), "")
    if not token or request.endpoint == "static":
        return
    try:
        session = house().sessions.read(token, at=house().now())
        g.actor = house().actor(session.person) if session else None
    except Away as away:
        if not is_reading():
            raise
        g.away = away
        return
    g.session = session if g.actor else None


def recognise_token() -> None:
    """Who is here, from the token in the password of Basic; its owner's rights are those of now."""
    sent = request.authorization
    token = house().tokens.find((sent and sent.password) or "", at=house().now())
    g.actor = house().actor(token.person) if token else None
    g.scope = token.scope if token else None
    asked = request.accept_languages.best_match(LANGUAGES, ORIGINAL)
    g.words = Words(asked)


def admit() -> None:
    """Whether the route is open to whoever is here. Raises Refused."""
    if request.endpoint is None:
        return
    act = ACCESS.get(request.endpoint)
    if act is None:
        raise NoSuchPage
    if act is Act.ENTER:
        return
    require(act)
    if not is_reading() and request.blueprint not in TOKEN_DOORS:
        require_current()


def form_token() -> str:
    """What a form carries to show that it is ours: the session's, or the visit's before sign-in."""
    if g.session is not None:
        return str(g.session.csrf)
    return hashlib.sha256(f"form {visit()}".encode()).hexdigest()


def visit() -> str:
    """What the browser is known by while nobody is signed in."""
    if "visit" not in g:
        g.visit = request.cookies.get(VISIT) or secrets.token_urlsafe(24)
    return str(g.visit)


def check_form() -> None:
    """A post must come from a form of ours, on a page of ours. Raises Refused."""
    if is_reading() or request.blueprint in TOKEN_DOORS:
        return
    sent = request.form.get("csrf_token", "")
    is_ours = _is_same_origin() and (g.session is not None or VISIT in request.cookies)
    if not (is_ours and hmac.compare_digest(sent.encode(), form_token().encode())):
        raise Refused(Problem(code=Code.CSRF))


def headers_of(site: Site) -> Mapping[str, str]:
    """The headers of every answer of the site."""
    return HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if site.uses_tls else {})


def add_headers(response: Response) -> Response:
    """The headers of every answer; nothing that depends on the reader is kept by others."""
    for name, value in headers_of(site()).items():
        response.headers.setdefault(name, value)
    if not response.cache_control.public and request.endpoint != "static":
        response.headers.setdefault("Cache-Control", KEPT_BY)
        response.vary.add("Cookie")
    if "visit" in g and g.visit != request.cookies.get(VISIT):
        response.set_cookie(VISIT, g.visit, httponly=True, samesite="Lax", secure=site().uses_tls)
    return response


def _is_same_origin() -> bool:
    """Whether the browser says that the post comes from our own pages; silence is let through."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    ours = (request.host_url, site().base_url or request.host_url)
    origin = request.headers.get("Origin")
    return origin is None or origin in {urljoin(one, "/").rstrip("/") for one in ours}
