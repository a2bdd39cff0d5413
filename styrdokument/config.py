"""The configuration: read once, from `DATA/styrdokument.toml` and the environment, into one value.

A value that is wrong stops the start with one line that says which. Every setting stands in
docs/operations.md; a house test holds the two together.
"""

import dataclasses
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from styrdokument.domain.networks import Network, networks_in

FILE = "styrdokument.toml"
PREFIX = "STYRDOKUMENT_"
SECRET_WORDS = ("password", "secret", "database")
ADDRESS = "postgresql+psycopg://"
"""How the address of a database on a server begins."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


SCHEDULERS = ("inside", "none")


class BadConfig(Exception):
    """A setting has a value that cannot be used; the text names it."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What an administrator sets. Durations are in the unit that the name says."""

    data: Path
    region: str = field(
        default="Region Exempel", metadata={"words": "The name at the top of every page."}
    )
    accent: str = field(
        default="",
        metadata={"words": "The region's own colour, like #1d5c63; dark enough for text on white."},
    )
    logo: str = field(
        default="",
        metadata={"words": "The region's logo, an SVG or PNG file; the path counts from DATA."},
    )
    host: str = field(default="127.0.0.1", metadata={"words": "The address to listen on."})
    port: int = field(default=8080, metadata={"words": "The port to listen on."})
    threads: int = field(default=8, metadata={"words": "How many requests are served at once."})
    base_url: str = field(
        default="",
        metadata={"words": "The public address, where a proxy serves the product over TLS."},
    )
    trusted_proxies: tuple[Network, ...] = field(
        default=(),
        metadata={"words": "The proxies in front that are believed, as addresses with commas."},
    )
    networks: tuple[Network, ...] = field(
        default=(),
        metadata={"words": "Networks where internal documents are read without signing in."},
    )
    index_database: str = field(
        default="", metadata={"words": "A PostgreSQL address for the index; empty: SQLite in DATA."}
    )
    journal_database: str = field(
        default="",
        metadata={"words": "A PostgreSQL address for the journal; empty: SQLite in DATA."},
    )
    directory_kind: str = field(
        default="",
        metadata={"words": "The organisation's directory: openldap or active_directory."},
    )
    directory_servers: str = field(
        default="",
        metadata={"words": "Its servers with commas: ldaps://… or starttls://…; asked in turn."},
    )
    directory_base: str = field(
        default="", metadata={"words": "The name in the directory below which people are."}
    )
    directory_user: str = field(
        default="", metadata={"words": "The name that the product itself signs in with there."}
    )
    directory_password: str = field(
        default="", metadata={"words": "The password of that name; best in the environment."}
    )
    directory_filter: str = field(
        default="",
        metadata={"words": "Who may sign in: a filter, {login} for what is typed; else by kind."},
    )
    directory_ca: str = field(
        default="",
        metadata={"words": "The file of the authority that its certificates are checked against."},
    )
    oidc_issuer: str = field(
        default="",
        metadata={"words": "Where people sign in elsewhere by OpenID Connect: its address."},
    )
    oidc_client: str = field(
        default="", metadata={"words": "What the product is called there (client id)."}
    )
    oidc_secret: str = field(
        default="", metadata={"words": "Its secret there; best in the environment."}
    )
    oidc_claim: str = field(
        default="",
        metadata={"words": "The claim that names a login of the directory, where there is one."},
    )
    session_idle_minutes: int = field(
        default=120, metadata={"words": "A session ends when unused for so long."}
    )
    session_hours: int = field(
        default=12, metadata={"words": "A session ends after so long, used or not."}
    )
    appendix_megabytes: int = field(default=20, metadata={"words": "The largest appendix."})
    scheduler: str = field(
        default="inside",
        metadata={
            "words": "inside: the server minds the clock; none: `styrdokument scheduler` does."
        },
    )
    mail_server: str = field(
        default="", metadata={"words": "The mail server; empty: mail is files in DATA/mail."}
    )
    mail_port: int = field(default=587, metadata={"words": "The mail server's port."})
    mail_security: str = field(
        default="starttls",
        metadata={"words": "starttls, tls, or none: in clear, for a server on this machine."},
    )
    mail_user: str = field(default="", metadata={"words": "The name to sign in to it with."})
    mail_password: str = field(default="", metadata={"words": "The password that goes with it."})
    mail_from: str = field(
        default="styrdokument@localhost", metadata={"words": "The address that mail is from."}
    )
    recorded_ahead: int = field(
        default=0,
        metadata={"words": "The last decision that a clock which ran ahead has recorded; 0: none."},
    )
    today: date | None = field(
        default=None,
        metadata={
            "words": "Moves the calendar for reading pages (YYYY-MM-DD), never a decision's time."
        },
    )

    @property
    def is_on_loopback(self) -> bool:
        """Whether only this machine can reach the product directly."""
        return self.host in LOOPBACK


SETTINGS: Mapping[str, dataclasses.Field[Any]] = {
    f.name: f for f in dataclasses.fields(Config) if f.name != "data"
}


def read_config(data: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """The configuration of a data directory. Raises BadConfig."""
    stated = _from_file(data / FILE)
    for name in SETTINGS:
        if (value := environment.get(PREFIX + name.upper())) is not None:
            stated[name] = value
    unknown = stated.keys() - SETTINGS.keys()
    if unknown:
        raise BadConfig(f"{FILE}: no such setting: {', '.join(sorted(unknown))}")
    values: dict[str, Any] = {name: _value(name, value) for name, value in stated.items()}
    config = Config(data=data, **values)
    _check(config)
    return config


def in_words(config: Config) -> dict[str, str]:
    """What is in force, for `styrdokument config`; secrets are masked."""
    return {
        name: "***" if value and any(w in name for w in SECRET_WORDS) else _shown(value)
        for name in SETTINGS
        for value in (getattr(config, name),)
    }


def first_file() -> str:
    """A configuration file that sets nothing: every setting with its words, commented out."""
    settings = "\n".join(
        f"# {setting.metadata['words']}\n# {name} = {_in_toml(setting.default)}\n"
        for name, setting in SETTINGS.items()
    )
    return (
        "# The configuration of this installation. What is commented out is as it is without it.\n"
        f"# The environment comes first: {PREFIX}PORT, and so on; a secret stands best there.\n\n"
        f"{settings}"
    )


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadConfig(f"{path.name}: {error}") from error


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _in_toml(default: object) -> str:
    return json.dumps("" if default in {None, ()} else default, ensure_ascii=False)


def _value(name: str, stated: object) -> str | int | date | tuple[Network, ...] | None:
    kind = type(SETTINGS[name].default)
    try:
        if name == "today":
            return date.fromisoformat(str(stated)) if stated else None
        if kind is tuple:
            return networks_in(str(stated))
        if kind is int and not isinstance(stated, bool):
            return int(str(stated))
    except ValueError as error:
        wanted = {date: "a day", int: "a number"}.get(date if name == "today" else kind)
        raise BadConfig(f"{name}: {f'{stated!r} is not {wanted}' if wanted else error}") from error
    if not isinstance(stated, str) or kind is not str:
        raise BadConfig(f"{name}: {stated!r} is not a {kind.__name__}")
    return stated


def _check(config: Config) -> None:
    limits = {"port": 65_535, "threads": 256, "session_hours": 24 * 31, "appendix_megabytes": 200}
    for name, most in limits.items():
        if not 1 <= getattr(config, name) <= most:
            raise BadConfig(f"{name}: {getattr(config, name)} is not between 1 and {most}")
    if config.scheduler not in SCHEDULERS:
        raise BadConfig(f"scheduler: {config.scheduler!r} is neither inside nor none")
    if config.session_idle_minutes < 1:
        raise BadConfig(f"session_idle_minutes: {config.session_idle_minutes} is less than 1")
    if config.base_url and not config.base_url.startswith(("https://", "http://")):
        raise BadConfig(f"base_url: {config.base_url!r} begins with neither https:// nor http://")
    if config.logo and not (config.data / config.logo).is_file():
        raise BadConfig(f"logo: there is no file {config.logo!r} in the data directory")
    if config.networks and not (config.base_url or config.is_on_loopback):
        raise BadConfig("networks: say base_url too, or other sites could borrow readers' places")
    for name in ("index_database", "journal_database"):
        value = getattr(config, name)
        if value and not value.startswith(ADDRESS):
            raise BadConfig(f"{name}: must begin with {ADDRESS}")
