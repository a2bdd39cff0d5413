"""Mail to a server: TLS with the certificate checked, refusals told apart, nothing waited for."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from styrdokument.outside import smtp
from styrdokument.outside.mail import (
    Attachment,
    Folder,
    Later,
    Letter,
    Letterhead,
    Rejected,
    compose,
)
from styrdokument.outside.smtp import Smtp
from styrdokument.store.disk import write_durably
from tests.cast import NOON
from tests.clock.servers import PASSWORD, USER, Inbox, free_port, serving, silent
from tests.listeners import Listener

HEAD = Letterhead(
    region="Region Exempel", sender="styrdokument@exempel.invalid", base_url="http://x.invalid"
)
ALMA = "alma@exempel.invalid"
LETTER = Letter(
    key="reminders:2026-11-21 p-a1ma0000 reminders",
    to=ALMA,
    name="Alma",
    subject="Påminnelse",
    text="Hej Alma!\n",
    html="<p>Hej Alma!</p>",
    at=NOON,
    attachments=(Attachment(name="slutdagar.ics", kind="text/calendar", data=b"BEGIN:X\r\n"),),
)
HOSTILE = (
    "Hej\r\nBcc: gun@exempel.invalid",
    "Hej\nBcc: gun@exempel.invalid",
    "Hej\x0bBcc: gun@exempel.invalid",
    "Hej\u0085Bcc: gun@exempel.invalid",
    "Hej\u2028Bcc: gun@exempel.invalid",
    "Hej\r\n\r\n<script>alert(1)</script>",
    'Alma" <gun@exempel.invalid>, "',
    "Hej\x00\x1b[2J\x7f",
    "Hej\u202enoisrev ,\u200bgnindroF",
)


def in_clear(port: int) -> Smtp:
    return Smtp(head=HEAD, server="127.0.0.1", port=port, security="none")


def send(post: Smtp, letter: Letter = LETTER) -> None:
    with post.connected() as put:
        put(letter)


def changed(**facts: object) -> Letter:
    return Letter(**{**vars(LETTER), **facts})  # type: ignore[arg-type]


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def port(inbox: Inbox) -> Iterator[int]:
    with serving(inbox) as found:
        yield found


def test_a_letter_comes_whole_with_plain_text_html_and_calendar(inbox: Inbox, port: int) -> None:
    send(in_clear(port))
    (letter,) = inbox.letters
    assert inbox.taken[0][:2] == (HEAD.sender, [ALMA])
    assert (letter["subject"], letter["to"]) == ("Påminnelse", "Alma <alma@exempel.invalid>")
    assert letter["auto-submitted"] == "auto-generated"  # M7
    assert letter.get_body(("plain",)).get_content() == "Hej Alma!\n"
    assert "<p>Hej Alma!</p>" in letter.get_body(("html",)).get_content()
    (calendar,) = letter.iter_attachments()
    assert (calendar.get_filename(), calendar.get_content_type()) == (
        "slutdagar.ics",
        "text/calendar",
    )


def test_the_same_letter_has_the_same_message_id(inbox: Inbox, port: int) -> None:
    for _ in range(2):
        send(in_clear(port))
    send(in_clear(port), changed(key="another"))
    ids = [letter["message-id"] for letter in inbox.letters]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@exempel.invalid>")


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_in_a_title_or_a_name_becomes_a_header_or_a_recipient(
    inbox: Inbox, port: int, words: str
) -> None:
    # M1
    send(in_clear(port), changed(subject=words, name=words))
    (letter,) = inbox.letters
    assert inbox.taken[0][1] == [ALMA]
    assert letter["bcc"] is None
    assert [a.addr_spec for a in letter["to"].addresses] == [ALMA]
    assert letter["subject"].isprintable()
    assert letter["to"].addresses[0].display_name.isprintable()
    assert letter.get_body(("plain",)).get_content() == "Hej Alma!\n"


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=1000), st.text(max_size=300))
def test_whatever_somebody_is_called_the_letter_can_be_read_back(subject: str, name: str) -> None:
    # M10
    data = compose(changed(subject=subject, name=name), HEAD)
    head = data.split(b"\r\n\r\n")[0]
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert head.count(b"\r\nTo:") == 1
    assert data.isascii()


def test_an_address_outside_ascii_is_sent_to_as_the_net_knows_it(inbox: Inbox, port: int) -> None:
    send(in_clear(port), changed(to="alma@räksmörgås.invalid"))
    assert inbox.taken[0][1] == ["alma@xn--rksmrgs-5wao1o.invalid"]
    with pytest.raises(Rejected):
        send(in_clear(port), changed(to="ingen"))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("450 mailbox busy", Later),
        ("451 greylisted", Later),
        ("550 no such user", Rejected),
        ("552 full", Rejected),
    ],
)
def test_what_a_server_says_of_a_recipient_is_told_apart(
    inbox: Inbox, port: int, answer: str, kind: type[Exception]
) -> None:
    inbox.answers[ALMA] = answer
    with in_clear(port).connected() as put:
        with pytest.raises(kind, match=answer):
            put(LETTER)
        put(changed(to="dag@exempel.invalid"))  # the others go on
    assert [to for _, to, _ in inbox.taken] == [["dag@exempel.invalid"]]
    inbox.answers.clear()
    inbox.at_data = answer
    with pytest.raises(kind, match=answer):
        send(in_clear(port))


def test_nobody_there_is_for_later() -> None:
    with pytest.raises(Later, match=r"127\.0\.0\.1"):
        send(in_clear(free_port()))
    assert in_clear(free_port()).answers()


@pytest.mark.parametrize("says", [b"", b"220 hello\r\n", b"220-hello\r\n"])
def test_a_server_that_falls_silent_is_left_within_the_time(
    says: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # M3: smtplib alone would wait for ever
    monkeypatch.setattr(smtp, "TIMEOUT", 0.3)
    with silent(says=says) as port, pytest.raises(Later):
        send(in_clear(port))


def test_a_server_that_says_a_little_now_and_then_is_left_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp, "DEADLINE", 0.3)
    was_left = threading.Event()

    def mutter(line: socket.socket) -> None:
        """Goes on greeting, so that no single answer is late; ends by itself only after long."""
        try:
            for _ in range(200):
                line.sendall(b"220-a\r\n")
                time.sleep(0.05)
        except OSError:
            was_left.set()

    listener = Listener(mutter)
    try:
        with pytest.raises(Later):
            send(in_clear(listener.port))
        assert was_left.wait(5)
    finally:
        listener.close()


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, signed by itself, and its key: one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Region Exempel")])
    now = dt.datetime.now(dt.UTC)
    place = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(place, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    plain = (
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    made = certificate.public_bytes(serialization.Encoding.PEM)
    file.write_bytes(made + key.private_bytes(*plain))
    return file


@pytest.fixture
def secured(inbox: Inbox, certified: Path) -> Iterator[int]:
    """A server that wants STARTTLS and to know who sends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certified)
    with serving(inbox, tls=context, asks=True) as port:
        yield port


def test_starttls_and_a_name_let_mail_in_where_the_certificate_is_known(
    inbox: Inbox, secured: int, certified: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified))
    known = {"head": HEAD, "server": "127.0.0.1", "port": secured, "user": USER}
    send(Smtp(**known, password=PASSWORD))
    assert len(inbox.taken) == 1
    assert Smtp(**known, password=PASSWORD).answers() == ""
    with pytest.raises(Later, match="535"):
        send(Smtp(**known, password="fel"))


def test_a_certificate_that_nobody_knows_lets_nothing_out(inbox: Inbox, secured: int) -> None:
    post = Smtp(head=HEAD, server="127.0.0.1", port=secured, user=USER, password=PASSWORD)
    assert "certificate" in post.answers()
    with pytest.raises(Later, match="certificate"):
        send(post)
    assert inbox.taken == []


def test_a_server_without_tls_is_sent_nothing_where_tls_was_said(inbox: Inbox, port: int) -> None:
    with pytest.raises(Later, match="STARTTLS"):
        send(Smtp(head=HEAD, server="127.0.0.1", port=port))
    assert inbox.taken == []


def test_without_a_server_a_letter_is_a_file_and_the_same_letter_the_same_file(
    tmp_path: Path,
) -> None:
    post = Folder(tmp_path / "mail", HEAD, write_durably)
    assert post.answers() == ""
    for _ in range(2):
        with post.connected() as put:
            put(LETTER)
    (file,) = (tmp_path / "mail").iterdir()
    assert file == post.place(LETTER.key)
    assert b"Subject: =?utf-8?" in (post.read(LETTER.key) or b"")
    assert post.read("another") is None
