"""A line to one of the directory's servers: opened, bound, asked, and let go, within a time.

Four things that ldap3 leaves to whoever uses it are seen to here. Certificates are checked. No
referral is followed, for it would take our password along. The result of every page of a search is
looked at: a server that stops at a limit says so there, and nowhere else. And what Active Directory
tells in parts, as it does the members of a large group, is asked for to the end.
"""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeVar

from ldap3 import ANONYMOUS, BASE, NONE, SIMPLE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException

from styrdokument.outside.directory import Silent
from styrdokument.outside.ldap.entries import Entry, values_from
from styrdokument.outside.ldap.settings import Address, Settings

LOG = logging.getLogger("styrdokument")
CONNECT_SECONDS = 1
RECEIVE_SECONDS = 2
PAGE = 500
PAGED = "1.2.840.113556.1.4.319"
SUCCESS = 0
NOT_OURS = frozenset({10, 32})
"""There is no such entry, or another server has it: one of another domain, whose people we let in
by no name."""
NOT_NOW = frozenset({1, 3, 51, 52, 80})
"""Results that say something of the server, and nothing of the password."""
T = TypeVar("T")


class Line:
    """An open line; everything it is asked may raise Silent."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        """Over a connection that is bound."""
        self._connection, self._settings = connection, settings

    def search(self, filter_: str, attributes: Sequence[str]) -> list[Entry]:
        """All entries below the base that fit, page by page."""
        found: list[Entry] = []
        cookie = None
        while True:
            self._connection.search(
                self._settings.base,
                filter_,
                search_scope=SUBTREE,
                attributes=list(attributes),
                paged_size=PAGE,
                paged_cookie=cookie,
            )
            result = self._connection.result
            if result["result"] != SUCCESS:
                raise Silent(f"{filter_}: {result['description']}, after {len(found)} entries")
            found += _entries(self._connection)
            told = (result.get("controls") or {}).get(PAGED, {}).get("value", {})
            cookie = told.get("cookie")
            if not cookie:
                return found

    def read(self, dn: str, attributes: Sequence[str]) -> Entry | None:
        """The entry of a name; None where this directory has none."""
        self._connection.search(
            dn, "(objectClass=*)", search_scope=BASE, attributes=list(attributes)
        )
        result = self._connection.result
        if result["result"] in NOT_OURS:
            return None
        if result["result"] != SUCCESS:
            raise Silent(f"{dn}: {result['description']}")
        return next(iter(_entries(self._connection)), None)

    def all_values(self, entry: Entry, name: str) -> list[str]:
        """All the values of an attribute, also where the server tells some at a time."""
        found, more = values_from(entry, name)
        while more:
            part = self.read(entry["dn"], [f"{name};range={more}-*"])
            values, more = values_from(part or {}, name)
            if not values:
                raise Silent(f"{entry['dn']}: {name} ends after {len(found)} values")
            found += values
        return found

    def whoami(self) -> str:
        """Who the server takes us for, in its own words; empty: for nobody."""
        return str(self._connection.extend.standard.who_am_i() or "")


class Servers:
    """The directory's servers. The one that answered last is asked first."""

    def __init__(self, settings: Settings) -> None:
        """As an administrator has set them."""
        self._settings, self._first = settings, 0

    def ask(self, question: Callable[[Line], T], *, seconds: float) -> T:
        """Put a question, as ourselves. Raises Silent after `seconds` at most."""
        settings = self._settings
        ends = time.monotonic() + seconds
        return self._ask(settings.user, settings.password.encode(), question, ends)

    def ask_as(
        self, dn: str, password: bytes, question: Callable[[Line], T], *, seconds: float
    ) -> T | None:
        """Put a question as somebody; None where that is not their password. Raises Silent."""
        try:
            return self._ask(dn, password, question, time.monotonic() + seconds)
        except _Wrong:
            return None

    def _ask(self, user: str, password: bytes, question: Callable[[Line], T], ends: float) -> T:
        addresses, reasons = self._settings.addresses, []
        for step in range(len(addresses)):
            number = (self._first + step) % len(addresses)
            try:
                with self._line(addresses[number], user, password, ends) as line:
                    answer = question(line)
            except (Silent, LDAPException, OSError) as error:
                reasons.append(f"{addresses[number].host}: {error}")
            else:
                self._first = number
                return answer
        raise Silent("; ".join(reasons))

    @contextmanager
    def _line(self, address: Address, user: str, password: bytes, ends: float) -> Iterator[Line]:
        connection = self._connection(address, user, password)
        with _cut_off(connection, ends):
            try:
                connection.open(read_server_info=False)
                if address.speaks == "starttls":
                    connection.start_tls(read_server_info=False)
                connection.bind(read_server_info=False)
                _check_bind(connection, is_ours=user == self._settings.user)
                yield Line(connection, self._settings)
            finally:
                connection.strategy.close()
                if connection.socket:  # where it was never quite open
                    connection.socket.close()

    def _connection(self, address: Address, user: str, password: bytes) -> Connection:
        server = Server(
            address.host,
            port=address.port,
            use_ssl=address.speaks == "ldaps",
            tls=_Checked(self._settings.tls),
            get_info=NONE,
            connect_timeout=CONNECT_SECONDS,
        )
        return Connection(
            server,
            user=user or None,
            password=password or None,  # type: ignore[arg-type] # bytes are sent as they are
            authentication=SIMPLE if user else ANONYMOUS,
            auto_referrals=False,
            auto_range=False,  # it takes a part for all where the server fails in the middle
            return_empty_attributes=False,
            check_names=False,
            read_only=True,
            receive_timeout=RECEIVE_SECONDS,
        )


class _Checked(Tls):
    """TLS whose certificate and name Python checks: ldap3 itself accepts any, if not told."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = context

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:  # noqa: FBT001, FBT002 - ldap3's
        """Encrypt, and see who is at the other end."""
        del do_handshake
        host = connection.server.host
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wrapped = self._context.wrap_socket(
            connection.socket, server_hostname=host, do_handshake_on_connect=False
        )
        connection.socket = wrapped  # first, so that waiting for the other end can be cut off
        wrapped.do_handshake()


class _Wrong(Exception):
    """The server does not take this password from this name."""


@contextmanager
def _cut_off(connection: Connection, ends: float) -> Iterator[None]:
    """End whatever still waits for the server when time is up, also where it dribbles."""
    left = ends - time.monotonic()
    if left <= 0:
        raise Silent("no time left")

    def cut() -> None:
        with suppress(Exception):  # whatever state it is in, it is to wait no longer
            connection.socket.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(left, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _check_bind(connection: Connection, *, is_ours: bool) -> None:
    """Raises Silent where the server cannot say, or does not know us; _Wrong where it says no."""
    result = connection.result or {}
    code, told = result.get("result", 1), result.get("description", "")
    if code == SUCCESS and connection.bound:
        return
    if is_ours:
        LOG.error("directory: the product's own sign-in is refused: %s", told)
        raise Silent(f"our own sign-in is refused: {told}")
    if code in NOT_NOW:
        raise Silent(told)
    raise _Wrong


def _entries(connection: Connection) -> list[Entry]:
    """What was found; references to other servers are none of it."""
    return [entry for entry in connection.response or () if entry["type"] == "searchResEntry"]
