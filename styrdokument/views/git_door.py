"""The git door: clone, fetch and push with any git client, behind our own authentication.

Only git's smart protocol is served; every other address below is unknown. Who is here is known by
a token alone, never by a cookie, so that no page can push in a reader's name.
"""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import IO

from flask import Blueprint, Flask, Response, current_app, g, request

from styrdokument.actions.pushes.answering import Caller
from styrdokument.actions.pushes.judging import visible_tips
from styrdokument.actions.pushes.taking import Told, put_in_order, take
from styrdokument.domain.access import sees_all_cases
from styrdokument.domain.people import Scope
from styrdokument.domain.problems import Code, NotFound, Problem, Refused
from styrdokument.domain.pushing import push_problem
from styrdokument.store import packscan, programs, serving
from styrdokument.views.git_report import fault, report
from styrdokument.views.support import actor, house, require_current, site, words

bp = Blueprint("git_door", __name__, url_prefix="/git/record.git")
PLACES, ORDER = "styrdokument-git", "styrdokument-git-order"
"""The extensions that say how many clients git may serve at a time, and put things in order."""
_PROTOCOL = re.compile(r"version=[0-2]")


def install(app: Flask, *, at_once: int) -> None:
    """Serve at most so many clients at a time: readers of pages have the other threads."""
    app.extensions[PLACES] = threading.BoundedSemaphore(at_once)
    app.extensions[ORDER] = ThreadPoolExecutor(1, "git-order")


@bp.get("/info/refs")
def advertise() -> Response:
    """What the client may see; the first half of every clone, fetch and push."""
    service = request.args.get("service", "")
    if service not in {serving.UPLOAD, serving.RECEIVE}:
        raise NotFound(request.path)
    is_writing = _is_writing(service)
    query, branches = f"service={service}", _branches()
    return _in_turn(lambda: _answer(query, None, serving.settings(branches, is_writing=is_writing)))


@bp.post("/git-upload-pack")
def fetch() -> Response:
    """Serve a clone or a fetch."""
    return _in_turn(_fetch)


@bp.post("/git-receive-pack")
def push() -> Response:
    """Take a push in. A page elsewhere can send a form, but not with the type that git sends."""
    _is_writing(serving.RECEIVE)
    if request.content_type != serving.PUSHED:
        raise Refused(push_problem("garbled"))
    return _in_turn(_push)


def _is_writing(service: str) -> bool:
    """Whether the service changes anything; then the token has to allow it. Raises Refused."""
    if service == serving.RECEIVE and g.scope is not Scope.WRITE:
        raise Refused(Problem(code=Code.WRONG_ROLE, rule="scope"))
    if service == serving.RECEIVE:
        require_current()
    return service == serving.RECEIVE


def _in_turn(make: Callable[[], Response]) -> Response:
    """The answer, where there is a place for one more; it is free again when all is sent."""
    places: threading.BoundedSemaphore = current_app.extensions[PLACES]
    if not places.acquire(blocking=False):
        raise Refused(Problem(code=Code.THROTTLED, rule="crowded"))
    try:
        response = make()
    except BaseException:
        places.release()
        raise
    response.call_on_close(places.release)
    return response


def _fetch() -> Response:
    body = _take_in(serving.LARGEST_FETCH)
    if not _is_theirs(body):
        body.close()
        told = words().located(push_problem("not_advertised"))
        return fault(told, str(request.content_type))
    return _answer("", body, serving.settings(_branches(), is_writing=False))


def _is_theirs(body: IO[bytes]) -> bool:
    """Whether all that is asked for may be had. Raises Refused for what is no request."""
    try:
        wanted = serving.wants(body)
    except serving.NotServed:
        return False
    except packscan.NotAPush:
        body.close()
        raise Refused(push_problem("garbled")) from None
    return not programs.unreached(house().git.path, wanted, *visible_tips(house(), actor()))


def _push() -> Response:
    """What is sent is looked through, and taken in."""
    with _take_in(serving.LARGEST_PUSH) as body:
        try:
            request = packscan.scan(body)
        except packscan.TooMuch as found:
            told = [words().located(push_problem(found.rule))]
            return report(found.request, Told(lines=told, fault="refused"))
        except packscan.NotAPush:
            raise Refused(push_problem("garbled")) from None
        caller = Caller(house=house(), actor=actor(), words=words(), root=_root())
        response = report(request, take(caller, request, body))
    response.call_on_close(partial(current_app.extensions[ORDER].submit, put_in_order, house()))
    return response


def _take_in(most: int) -> IO[bytes]:
    """The body of the request, whole. Raises Refused."""
    request.max_content_length = most
    encoding = request.headers.get("Content-Encoding", "")
    try:
        return serving.take_in(request.stream, encoding=encoding, most=most)
    except serving.TooLong:
        raise Refused(Problem(code=Code.TOO_LARGE)) from None
    except packscan.NotAPush:
        raise Refused(push_problem("garbled")) from None


def _answer(
    query: str,
    body: IO[bytes] | None,
    told: list[tuple[str, str]],
) -> Response:
    asked = serving.Asked(
        method=request.method,
        path=request.path.removeprefix(str(bp.url_prefix)),
        query=query,
        content_type=request.content_type or "",
        protocol=_protocol(),
        person=str(actor().id),
    )
    backend = serving.Backend(house().git.path, asked, body, told)
    response = Response(backend.parts(), backend.status, backend.headers)
    response.call_on_close(backend.close)
    return response


def _branches() -> frozenset[str]:
    """The drafts that the client may see."""
    return house().catalogue.branches_of(actor(), sees_all=sees_all_cases(actor()))


def _protocol() -> str:
    asked = request.headers.get("Git-Protocol", "")
    return asked if _PROTOCOL.fullmatch(asked) else ""


def _root() -> str:
    return (site().base_url or request.host_url).rstrip("/")
