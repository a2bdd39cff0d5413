"""The page of a text as it is kept and sent: the same bytes for everybody who may read it.

Views make it (`finished`), and `front` sends it again without them while its stamp holds; both
answer with `respond`, so that they cannot differ. What a page shows must either stand on the
record about its own document, be told of by `note_named`, or have its part in `stamp_of`.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import brotli  # type: ignore[import-untyped]
from flask import Response, g, request
from werkzeug.http import parse_accept_header, parse_etags

from styrdokument.domain.document import DocumentId
from styrdokument.resources import fingerprint
from styrdokument.store.catalogue import Row
from styrdokument.store.pages import APPLYING, Finished, Key
from styrdokument.store.straight import Unavailable
from styrdokument.views.reading import root
from styrdokument.views.security import KEPT_BY, headers_of
from styrdokument.views.site import Site
from styrdokument.views.support import house, shared, site, today, words

QUALITY = 5
"""Of brotli: more costs ten times as much and saves a hundredth."""
Headers = list[tuple[str, str]]
Answer = tuple[str, Headers, bytes]


def finished(
    make: Callable[[], tuple[Row, str]], document: int, number: int = APPLYING
) -> Response:
    """Make a page, keep it, and answer with it. `make` gives the version that it shows.

    One that was made while nobody could be looked up has ids for names, and is not kept.
    """
    pages = house().pages
    begun, people = pages.begun(), people_known()
    stamp = stamp_of(maker_of(site()), root=root(), day=today(), people=people or 0)
    with shared() as named:
        row, html = make()
    page = _packed(row, html.encode(), stamp)
    key = Key(document=DocumentId(document), number=number, language=words().language)
    if people is not None and not g.get("away"):
        pages.keep(key, page, named=named, begun=begun)
    status, headers, body = respond(page, request.environ, lasting_headers(site()))
    return Response(body, status=status, headers=headers)


@lru_cache(maxsize=8)
def maker_of(site: Site) -> str:
    """How pages are made: by which program, templates, words and settings."""
    return hashlib.sha256(f"{fingerprint()} {site!r}".encode()).hexdigest()[:20]


def stamp_of(maker: str, *, root: str, day: date, people: int) -> str:
    """What a page depends on beside the record: how it is made, for where, when, and names."""
    return f"{maker} {day} {people} {root}"


def respond(
    page: Finished, environ: Mapping[str, Any], lasting: Sequence[tuple[str, str]]
) -> Answer:
    """The answer with a page: status, headers, body; none of it if the asker has it already."""
    is_packed = _takes_brotli(environ.get("HTTP_ACCEPT_ENCODING", ""))
    tag = f"{page.tag}-br" if is_packed else page.tag
    headers = [("ETag", f'"{tag}"'), *lasting]
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    if known and parse_etags(known).contains_weak(tag):
        return "304 NOT MODIFIED", headers, b""
    body = page.body if is_packed else brotli.decompress(page.body)
    headers.append(("Content-Type", "text/html; charset=utf-8"))
    headers.append(("Content-Length", str(len(body))))
    if is_packed:
        headers.append(("Content-Encoding", "br"))
    return "200 OK", headers, body


def lasting_headers(site: Site) -> Headers:
    """The headers of every page."""
    kept = {"Cache-Control": KEPT_BY, "Vary": "Accept-Encoding, Cookie"}
    return list({**kept, **headers_of(site)}.items())


def people_known() -> int | None:
    """How often somebody was added or renamed; None where that cannot be asked."""
    try:
        return house().sessions.glance("", at=house().now()).people
    except Unavailable:
        return None


def _packed(row: Row, html: bytes, stamp: str) -> Finished:
    named = hashlib.sha256(html).hexdigest()[:20]
    return Finished(
        stamp=stamp,
        audience=row["audience"],
        tag=f"{row['version']}-{row['standing']}-{named}",
        body=brotli.compress(html, quality=QUALITY),
    )


@lru_cache(maxsize=256)
def _takes_brotli(accepts: str) -> bool:
    """Whether an Accept-Encoding names brotli, and does not refuse it."""
    return any(name.casefold() == "br" and q > 0 for name, q in parse_accept_header(accepts))
