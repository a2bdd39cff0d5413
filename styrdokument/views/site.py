"""What the web front has been told about where and how it is served."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from styrdokument.domain.networks import Network, lies_in
from styrdokument.views.accent import Accent


@dataclass(frozen=True, kw_only=True)
class Site:
    """The public face: its name, its address, and the day that pages are read on, if moved.

    `base_url` is empty where the product itself is what readers reach; `networks` are those where
    internal texts are read without signing in.
    """

    region: str
    accent: Accent | None = None
    logo: Path | None = None
    base_url: str = ""
    is_on_loopback: bool = True
    today: date | None = None
    networks: tuple[Network, ...] = ()

    @property
    def uses_tls(self) -> bool:
        """Whether readers reach the product over TLS."""
        return self.base_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """The session cookie's name: bound to the host where there is TLS (contract: Sessions)."""
        return "__Host-styrdokument" if self.uses_tls else "styrdokument"

    def is_inside(self, address: str | None) -> bool:
        """Whether a request from the address comes from one of the networks."""
        return bool(self.networks) and _lies_in(address or "", self.networks)


_lies_in = lru_cache(maxsize=4096)(lies_in)
