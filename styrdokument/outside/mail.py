"""Mail on its way out: to a mail server, or as files in a folder where none is connected.

What comes in may hold anything: titles and names come from people. A header never holds a line
break, and a mail has one recipient. The other way out, a mail server, is in `smtp`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from styrdokument.domain.addresses import mail_address
from styrdokument.domain.naming import CONTROL, HIDDEN
from styrdokument.outside import mime

SECURITY = ("starttls", "tls", "none")
HIGHEST_PORT = 65_535
FOLDER = "mail"
"""The place of letters in the data directory, where no server takes them."""
LONGEST_SUBJECT, LONGEST_NAME = 150, 80
"""Characters; what is longer is cut off with an ellipsis."""


class Later(Exception):
    """It did not go now, and may another time; the text says why."""


class Rejected(Exception):
    """The recipient's server does not want it, and never will; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file in a mail; `kind` is like "text/calendar"."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail to one person. `key` says what it is, so that a copy of it has the same Message-ID."""

    key: str
    to: str
    name: str
    subject: str
    text: str
    html: str
    at: datetime
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Who sends: the region's name, the address that mail is from, and that of the pages."""

    region: str
    sender: str
    base_url: str


Write = Callable[[Path, bytes], None]
Send = Callable[[Letter], None]
"""Sends a letter. Raises Later and Rejected."""


class Post(Protocol):
    """A way out for mail."""

    def connected(self) -> AbstractContextManager[Send]:
        """What sends letters, one after the other. Raises Later, also while they are sent."""

    def answers(self) -> str:
        """Why nothing can be sent now; empty where all is well. Takes some seconds at most."""


class Folder:
    """Mail as `.eml` files, for whoever reads them there; the same letter is the same file."""

    def __init__(self, folder: Path, head: Letterhead, write: Write) -> None:
        """In a folder that is made when it is first needed; `write` puts a whole file in place."""
        self._folder, self._head, self._write = folder, head, write

    @contextmanager
    def connected(self) -> Iterator[Send]:
        """What writes letters. Raises Later."""
        try:
            self._folder.mkdir(mode=0o750, exist_ok=True)
            yield self._put
        except OSError as error:
            raise Later(str(error)) from error

    def answers(self) -> str:
        """A folder is always there, or can be made."""
        return ""

    def read(self, key: str) -> bytes | None:
        """A letter as it went, by its key."""
        with suppress(FileNotFoundError):
            return self.place(key).read_bytes()
        return None

    def place(self, key: str) -> Path:
        """The file that a letter with the key is in."""
        return self._folder / f"{_digest(key)}.eml"

    def _put(self, letter: Letter) -> None:
        self._write(self.place(letter.key), compose(letter, self._head))


def post_in(data: Path, stated: Mapping[str, str], write: Write) -> tuple[Post, Letterhead]:
    """The way out that the settings say, and who sends: a server, or files in the data directory.

    Raises ValueError, which begins with the setting that cannot be used.
    """
    _check(stated)
    host = f"[{stated['host']}]" if ":" in stated["host"] else stated["host"]
    here = f"http://{host}:{stated['port']}"
    base_url = stated["base_url"].rstrip("/") or here
    head = Letterhead(region=stated["region"], sender=stated["mail_from"], base_url=base_url)
    if not stated["mail_server"]:
        return Folder(data / FOLDER, head, write), head
    from styrdokument.outside.smtp import Smtp  # noqa: PLC0415 - most do without it

    how = {name: stated[f"mail_{name}"] for name in ("server", "security", "user", "password")}
    return Smtp(head=head, port=int(stated["mail_port"]), **how), head


def _check(stated: Mapping[str, str]) -> None:
    if not 1 <= int(stated["mail_port"]) <= HIGHEST_PORT:
        raise ValueError(f"mail_port: {stated['mail_port']} is not between 1 and {HIGHEST_PORT}")
    if stated["mail_security"] not in SECURITY:
        raise ValueError(f"mail_security: is none of {', '.join(SECURITY)}")
    if stated["mail_password"] and stated["mail_security"] == "none":
        raise ValueError("mail_security: a password is not sent in clear; say starttls or tls")
    if mail_address(stated["mail_from"]) != stated["mail_from"]:
        raise ValueError(f"mail_from: {stated['mail_from']!r} is no address")


def compose(letter: Letter, head: Letterhead) -> bytes:
    """The letter as it is sent. Raises Rejected where the recipient has no address."""
    from email.utils import format_datetime  # noqa: PLC0415 - not every process sends

    to = mail_address(letter.to)
    if not to:
        raise Rejected("no address")
    top = (
        ("From", mime.mailbox(one_line(head.region, LONGEST_NAME), head.sender)),
        ("To", mime.mailbox(one_line(letter.name, LONGEST_NAME), to)),
        ("Subject", mime.words(one_line(letter.subject, LONGEST_SUBJECT))),
        ("Date", format_datetime(letter.at)),
        ("Message-ID", f"<{_digest(letter.key)}@{head.sender.rpartition('@')[2]}>"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("MIME-Version", "1.0"),
    )
    said = (mime.text("plain", letter.text), mime.text("html", letter.html))
    whole = mime.joined("alternative", said)
    if letter.attachments:
        files = (mime.attached(one.kind, one.name, one.data) for one in letter.attachments)
        whole = mime.joined("mixed", (whole, *files))
    return mime.headers(top).removesuffix(b"\r\n") + whole


def one_line(words: str, most: int) -> str:
    """Words on one line, without what no header may hold or nobody sees."""
    for unfit in (CONTROL, HIDDEN):
        words = unfit.sub(" ", words)
    plain = " ".join(words.encode(errors="replace").decode().split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:32]
