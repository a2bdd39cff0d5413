"""Mail servers to try things on: a real one that takes or refuses, and one that says nothing."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "styrdokument", "ett-langt-hemligt-ord"


class Inbox:
    """What a server has taken, and what it answers to each recipient."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.answers: dict[str, str] = {}
        self.at_data = ""

    @property
    def letters(self) -> list[EmailMessage]:
        """The letters, read."""
        plain = (data.replace(b"\r\n", b"\n") for _, _, data in self.taken)
        return [message_from_bytes(data, policy=policy.default) for data in plain]

    def to(self, address: str) -> list[EmailMessage]:
        """Those that went to an address."""
        found = zip(self.taken, self.letters, strict=True)
        return [letter for (_, to, _), letter in found if to == [address]]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.at_data:
            return self.at_data
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


class _Handler:
    """What a server asks of an inbox: it looks through all that its handler has at each call."""

    def __init__(self, inbox: Inbox) -> None:
        self.handle_RCPT, self.handle_DATA = inbox.handle_RCPT, inbox.handle_DATA


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def serving(
    inbox: Inbox, port: int = 0, *, tls: ssl.SSLContext | None = None, asks: bool = False
) -> Iterator[int]:
    """A mail server on the port; with `tls` it wants STARTTLS, and `asks` who sends."""

    def known(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
        is_ours = isinstance(data, LoginPassword) and data == LoginPassword(
            USER.encode(), PASSWORD.encode()
        )
        return AuthResult(success=is_ours, handled=False)

    controller = Controller(
        _Handler(inbox),
        hostname="127.0.0.1",
        port=port or free_port(),
        tls_context=tls,
        require_starttls=bool(tls),
        auth_required=asks,
        authenticator=known if asks else None,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def silent(*, says: bytes = b"") -> Iterator[int]:
    """A server that takes connections, says that, and then nothing for ever."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        kept: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    one, _ = listening.accept()
                except OSError:
                    return
                kept.append(one)
                one.sendall(says)

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield int(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
        for one in kept:
            one.close()
