"""Servers that are none: what a network on its way to a directory may do to whoever asks."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress


class Listener:
    """Takes connections on a free port of the loopback, and does something to each."""

    def __init__(self, treat: Callable[[socket.socket], None]) -> None:
        """`treat` has a connection for as long as it likes; it is closed after."""
        self._treat, self.taken = treat, 0
        self._heard: list[bytes] = []
        self._all: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._take, daemon=True).start()

    @property
    def heard(self) -> bytes:
        """All that was ever sent to it."""
        return b"".join(self._heard)

    def close(self) -> None:
        """Let everybody go."""
        for one in (self._listening, *self._all):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                self.taken += 1
                self._all.append(line)
                threading.Thread(target=self._hold, args=(line,), daemon=True).start()

    def _hold(self, line: socket.socket) -> None:
        with suppress(OSError):
            threading.Thread(target=self._treat, args=(line,), daemon=True).start()
            while sent := line.recv(65_536):
                self._heard.append(sent)


def silent(_line: socket.socket) -> None:
    """Says nothing."""


def half_closed(line: socket.socket) -> None:
    """Listens on, and has nothing more to say."""
    line.shutdown(socket.SHUT_WR)


def dribbling(line: socket.socket) -> None:
    """Begins an answer of a million bytes, and sends them one by one."""
    with suppress(OSError):
        line.sendall(b"\x30\x83\x0f\x42\x40")
        while True:
            line.sendall(b"\x02")
            time.sleep(0.05)


def babbling(line: socket.socket) -> None:
    """Speaks another language."""
    line.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
