"""Refusals as pages: every reason in words, what was typed shown again, never a traceback."""

import errno
import logging
import re
import secrets

from flask import Flask, Response, g, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError

from styrdokument.domain.problems import Code, Conflict, NotFound, Problem, Refused
from styrdokument.store.git import Damaged
from styrdokument.store.sql import Away
from styrdokument.views.security import TOKEN_DOORS
from styrdokument.views.support import is_reading, page, words

LOG = logging.getLogger("styrdokument")
STATUS = {
    Code.NOT_SIGNED_IN: 401,
    Code.WRONG_ROLE: 403,
    Code.OWN_WORK: 403,
    Code.NOT_APPROVED: 403,
    Code.NEEDS_SECOND_LOOK: 403,
    Code.CSRF: 403,
    Code.NOT_FOUND: 404,
    Code.STALE_SNAPSHOT: 409,
    Code.WRONG_STATE: 409,
    Code.BASE_MOVED: 409,
    Code.OPEN_REVISION_EXISTS: 409,
    Code.TOO_LARGE: 413,
    Code.THROTTLED: 429,
    Code.NOT_WRITABLE: 503,
    Code.DATABASE_AWAY: 503,
    Code.DIRECTORY_AWAY: 503,
}
SECRETS = ("password", "code", "passkey", "challenge", "waiting", "answer")
"""What shows who somebody is, and is never shown again."""
TO_A_FIELD = re.compile(r'<a href="#(field-[\w-]+)">(.*?)</a>', re.DOTALL)
SIGN_IN, MISSING, FORBIDDEN_METHOD, MENDABLE = 401, 404, 405, 422
LOWEST_REFUSAL = 400
RETRY_SECONDS = "30"
ORDER = (401, 404, 409, 403, 413, 429, 503, MENDABLE)


def install(app: Flask) -> None:
    """Answer the exceptions that edges know, and hide all others."""
    app.register_error_handler(Refused, refuse)
    app.register_error_handler(NotFound, miss)
    app.register_error_handler(HTTPException, fail_http)
    app.register_error_handler(Damaged, fail)
    app.register_error_handler(OSError, fail_disk)
    app.register_error_handler(Away, fail_away)
    app.register_error_handler(Exception, fail)


def status_of(problems: tuple[Problem, ...]) -> int:
    """The answer's status: the gravest of what the problems ask for."""
    wanted = {STATUS.get(problem.code, MENDABLE) for problem in problems}
    return next((status for status in ORDER if status in wanted), 400)


def refuse(refused: Refused) -> ResponseReturnValue:
    """Say every reason; a form is shown again as it was typed."""
    status = status_of(refused.problems)
    if isinstance(refused, Conflict):
        status = 409
    return _answer(refused.problems, status)


def miss(_missed: NotFound) -> ResponseReturnValue:
    """No such thing, or none that the asker may know of: the same words for both."""
    return _answer((Problem(code=Code.NOT_FOUND),), 404)


def fail_http(error: HTTPException) -> ResponseReturnValue:
    """What Flask itself refuses."""
    if isinstance(error, RequestEntityTooLarge):
        return _answer((Problem(code=Code.TOO_LARGE),), 413)
    if isinstance(error, SecurityError):  # a page has addresses, and this host has none of ours
        return _problem_json((Problem(code=Code.BAD_VALUE, rule="request"),), 400)
    if error.code in {MISSING, FORBIDDEN_METHOD}:
        response = make_response(_answer((Problem(code=Code.NOT_FOUND),), error.code))
        response.headers.extend(
            dict(error.get_headers(request.environ)) if error.code == FORBIDDEN_METHOD else {}
        )
        response.headers["Content-Type"] = _type()
        return response
    if error.code is None or error.code < LOWEST_REFUSAL:
        return error
    return _answer((Problem(code=Code.BAD_VALUE, rule="request"),), error.code)


def fail_disk(error: OSError) -> ResponseReturnValue:
    """A full or read-only disk: nothing was written, and reading goes on."""
    if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
        return fail(error)
    return _answer((Problem(code=Code.NOT_WRITABLE),), STATUS[Code.NOT_WRITABLE])


def fail_away(error: Away) -> ResponseReturnValue:
    """A database server that does not answer: said on a page that needs none, and logged."""
    LOG.error("%s %r: %s", request.method, request.path, error)
    g.again, g.away = None, error
    problem = Problem(code=Code.DATABASE_AWAY, rule="" if is_reading() else "writing")
    response = _answer((problem,), STATUS[problem.code])
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def fail(error: Exception) -> ResponseReturnValue:
    """A defect, or damage: logged under a number that the page shows, and nothing more."""
    number = secrets.token_hex(4)
    LOG.error("%s %r failed, number %s", request.method, request.path, number, exc_info=error)
    g.again = None
    if _wants_json():
        return _problem_json((), 500)
    return make_response(page("error.html", problems=(), status=500, number=number), 500)


def _answer(problems: tuple[Problem, ...], status: int) -> Response:
    if request.blueprint in TOKEN_DOORS:
        return _in_lines(problems, status)
    if _wants_json():
        return _problem_json(problems, status)
    again = g.pop("again", None)
    if again is not None and status != MISSING:
        html = again(problems)
    elif status == SIGN_IN:
        html = page(
            "session/new.html",
            problems=problems if request.method == "POST" else (),
            next=_way_back(),
            username="",
            kept=_typed(),
        )
    else:
        html = page("error.html", problems=problems, status=status, number="", kept=_typed())
    return make_response(_without_dead_ends(html), status)


def _in_lines(problems: tuple[Problem, ...], status: int) -> Response:
    """For a program that shows what it is told on a terminal."""
    if status == SIGN_IN:
        problems = (Problem(code=Code.NOT_SIGNED_IN, rule="token"),)
    told = "".join(f"{words().problem(problem)}\n" for problem in problems)
    response = make_response(told, status)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    if status == SIGN_IN:
        response.headers["WWW-Authenticate"] = 'Basic realm="styrdokument", charset="UTF-8"'
    return response


def _without_dead_ends(html: str) -> str:
    """A problem leads to its field; where the page has no such field, its words stand alone."""
    return TO_A_FIELD.sub(lambda link: link[0] if f'id="{link[1]}"' in html else link[2], html)


def _way_back() -> str:
    """Where to go after signing in: the page asked for, or that of a form sent too late."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return request.path.rsplit("/", 1)[0] or "/"


def _typed() -> dict[str, str]:
    """What was typed in a form that could not be taken, so that it is not lost."""
    if request.method != "POST" or (request.content_length or 0) > (
        request.max_content_length or 0
    ):
        return {}
    hidden = {"csrf_token", "form_id", "snapshot", "base", "next", "username", *SECRETS}
    return {k: v for k, v in request.form.items() if k not in hidden and v.strip()}


def _wants_json() -> bool:
    if request.path.endswith(".json") or request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json"


def _type() -> str:
    return "application/problem+json" if _wants_json() else "text/html; charset=utf-8"


def _problem_json(problems: tuple[Problem, ...], status: int) -> Response:
    """RFC 9457."""
    listed = [
        {"code": p.code, "field": p.field or None, "words": words().problem(p)} for p in problems
    ]
    title = words().say(f"error.{status}") if status in {401, 403, 404, 409, 500, 503} else ""
    body = {"type": "about:blank", "title": title, "status": status, "problems": listed}
    response = make_response(body, status)
    response.headers["Content-Type"] = "application/problem+json"
    return response
