"""What proxies in front say of a request: from where it came, by which scheme, to which name.

Believed only where the request itself comes from a proxy that the configuration names; from
anybody else the same headers are nothing. Stands before everything else that looks at a request.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from styrdokument.domain.networks import Network, way_back

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
FROM, SCHEME, NAME = (f"HTTP_X_FORWARDED_{word}" for word in ("FOR", "PROTO", "HOST"))
SCHEMES = frozenset({"http", "https"})


class Proxies:
    """The function that reads what trusted proxies say, before an app."""

    def __init__(self, behind: Wsgi, trusted: tuple[Network, ...]) -> None:
        self._behind = behind

        @lru_cache(maxsize=1024)
        def read(peer: str, said: str) -> tuple[str, int]:
            return way_back(peer, said, trusted)

        self._read = read

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Put what is believed in its place, and take away what the request says of it."""
        said, scheme, name = (environ.pop(header, "") for header in (FROM, SCHEME, NAME))
        reader, hops = self._read(environ.get("REMOTE_ADDR", ""), said)
        if hops:
            environ["REMOTE_ADDR"] = reader
            if (scheme := _at_hop(scheme, hops).casefold()) in SCHEMES:
                environ["wsgi.url_scheme"] = scheme
            if name := _at_hop(name, hops):
                environ["HTTP_HOST"] = name
        return self._behind(environ, start_response)


def _at_hop(said: str, hops: int) -> str:
    """What the outermost of our proxies said: of several values, as many from the end."""
    values = [value.strip() for value in said.split(",")]
    return values[-min(hops, len(values))]
