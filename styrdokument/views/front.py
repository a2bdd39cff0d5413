"""A bare WSGI function before Flask: a finished page, straight from the store.

It asks two questions of the database, who is here and which page is kept, and one of the domain:
may they read it. Whatever it does not know, and every refusal, is Flask's; so it may be left out,
and nothing but the time that an answer takes is changed.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from werkzeug.exceptions import SecurityError
from werkzeug.http import parse_cookie
from werkzeug.sansio.utils import get_host

from styrdokument.actions.house import House
from styrdokument.domain.access import may, reading
from styrdokument.domain.document import Audience
from styrdokument.domain.people import Actor, Person
from styrdokument.store.pages import APPLYING
from styrdokument.store.straight import Unavailable
from styrdokument.views.finished import Answer, lasting_headers, maker_of, respond, stamp_of
from styrdokument.views.site import Site
from styrdokument.views.support import LANGUAGE_COOKIE
from styrdokument.words import LANGUAGES, ORIGINAL

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
PAGE = re.compile(r"/documents/([1-9][0-9]{3,5})(?:/versions/([1-9][0-9]{0,5}))?", re.ASCII)
ASKS_MORE = ("QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")
"""What a request for no more than a page does not have."""


class Front:
    """The function, before an app."""

    def __init__(
        self, behind: Wsgi, house: House, site: Site, *, trusted_hosts: list[str] | None
    ) -> None:
        """Before `behind`, which serves the same site under the names of `trusted_hosts`."""
        self.behind = behind
        self._house, self._site = house, site
        self._lasting, self._maker = lasting_headers(site), maker_of(site)
        self._session_cookie = site.session_cookie

        @lru_cache(maxsize=64)
        def root_at(scheme: str, host: str) -> str:
            try:
                name = get_host(scheme, host, None, trusted_hosts)
            except SecurityError:
                return ""
            return site.base_url.rstrip("/") or f"{scheme}://{name}"

        self._root_at = root_at

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer, or let Flask do it."""
        answer = self._answer(environ)
        if answer is None:
            return self.behind(environ, start_response)
        status, headers, body = answer
        start_response(status, headers)
        return [body if environ["REQUEST_METHOD"] == "GET" else b""]

    def _answer(self, environ: Mapping[str, Any]) -> Answer | None:
        asked = PAGE.fullmatch(environ["PATH_INFO"])
        if asked is None or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return None
        if environ.get("SCRIPT_NAME") or any(environ.get(name) for name in ASKS_MORE):
            return None
        root = self._root_at(environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""))
        if not root:
            return None
        try:
            return self._page(int(asked[1]), int(asked[2] or APPLYING), root, environ)
        except (Unavailable, UnicodeError):
            return None

    def _page(
        self, document: int, number: int, root: str, environ: Mapping[str, Any]
    ) -> Answer | None:
        site, house = self._site, self._house
        cookies = _cookies(environ.get("HTTP_COOKIE", ""))
        glance = house.sessions.glance(cookies.get(self._session_cookie, ""), at=house.now())
        page = house.pages.find(document, number, _language(cookies))
        day = site.today or house.today
        stamp = stamp_of(self._maker, root=root, day=day, people=glance.people)
        if page is None or page.stamp != stamp:
            return None
        if not house.directory.is_fresh(glance.looked_up_at):
            return None
        actor = Actor(person=Person(id=glance.person, name="")) if glance.person else None
        is_inside = site.is_inside(environ.get("REMOTE_ADDR"))
        if not may(actor, reading(Audience(page.audience)), is_inside=is_inside):
            return None
        return respond(page, environ, self._lasting)


def _cookies(sent: str) -> Mapping[str, str]:
    """The cookies as Flask reads them, by a quicker way where they are plain."""
    if not _PLAIN.fullmatch(sent):
        return parse_cookie(sent).to_dict()
    found: dict[str, str] = {}
    for part in sent.split("; "):
        name, _, value = part.partition("=")
        found.setdefault(name, value)
    return found


_PLAIN = re.compile(r"[\w-]+=[!#-:<-~]*(?:; [\w-]+=[!#-:<-~]*)*", re.ASCII)
"""What browsers send: a name, a value without blanks and quotes, and so on."""


def _language(cookies: Mapping[str, str]) -> str:
    asked = cookies.get(LANGUAGE_COOKIE, "")
    return asked if asked in LANGUAGES else ORIGINAL
