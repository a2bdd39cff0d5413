"""A mail server, reached by TLS with its certificate checked; nothing waits for it long.

What a server says is told apart: not now, and never to this recipient. What is wrong with us (a
password, a certificate, our own address) is always the first: it can be mended, and the mail goes.
"""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from styrdokument.domain.addresses import mail_address
from styrdokument.outside.mail import Later, Letter, Letterhead, Rejected, Send, compose, one_line

TIMEOUT = 10
"""Seconds that each answer of a server may take."""
DEADLINE = 25
"""Seconds that a connection may take from one mail to the next, whatever the server does."""
_PERMANENT = 500


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """A mail server; `security` is `starttls`, `tls`, or `none`: in clear."""

    head: Letterhead
    server: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = ""

    @contextmanager
    def connected(self) -> Iterator[Send]:
        """A connection for any number of letters. Raises Later."""
        watchman = _Watchman()
        try:
            with self._opened(watchman) as server:
                yield lambda letter: self._send(server, watchman, letter)
        except smtplib.SMTPResponseException as error:
            raise Later(_words(error.smtp_code, error.smtp_error)) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise Later(f"{self.server}: {error or type(error).__name__}") from error
        finally:
            watchman.stop()

    def answers(self) -> str:
        """Whether the server lets us in."""
        try:
            with self.connected():
                return ""
        except Later as error:
            return str(error)

    @contextmanager
    def _opened(self, watchman: "_Watchman") -> Iterator[smtplib.SMTP]:
        context = None if self.security == "none" else ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(timeout=TIMEOUT)
        # what is certified is the name that was configured
        server._host = self.server  # type: ignore[attr-defined] # noqa: SLF001
        watchman.watch(server)
        try:
            server.connect(self.server, self.port)
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            yield server
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
        finally:
            server.close()

    def _send(self, server: smtplib.SMTP, watchman: "_Watchman", letter: Letter) -> None:
        watchman.watch(server)
        message = compose(letter, self.head)
        try:
            server.sendmail(self.head.sender, [mail_address(letter.to)], message)
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            raise _error(code)(_words(code, words)) from refused
        except smtplib.SMTPDataError as error:
            raise _error(error.smtp_code)(_words(error.smtp_code, error.smtp_error)) from error


class _Watchman:
    """Closes a connection that has taken too long, however it is kept waiting."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def watch(self, server: smtplib.SMTP) -> None:
        self.stop()
        self._timer = threading.Timer(DEADLINE, _shut, [server])
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()


def _error(code: int) -> type[Later] | type[Rejected]:
    return Rejected if code >= _PERMANENT else Later


def _words(code: int, told: bytes | str) -> str:
    words = told.decode(errors="replace") if isinstance(told, bytes) else told
    return f"{code} {one_line(words, 300)}"


def _shut(server: smtplib.SMTP) -> None:
    """End whatever waits for the server; to close what another thread reads would wait, too."""
    with suppress(OSError, ValueError):
        if server.sock:
            server.sock.shutdown(socket.SHUT_RDWR)
