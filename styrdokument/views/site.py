"""What the web front has been told about where and how it is served."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from styrdokument.views.accent import Accent


@dataclass(frozen=True, kw_only=True)
class Site:
    """The public face: its name, its address, and the day that pages are read on, if moved.

    `base_url` is empty where the product itself is what readers reach.
    """

    region: str
    accent: Accent | None = None
    logo: Path | None = None
    base_url: str = ""
    is_on_loopback: bool = True
    today: date | None = None

    @property
    def uses_tls(self) -> bool:
        """Whether readers reach the product over TLS."""
        return self.base_url.startswith("https://")
