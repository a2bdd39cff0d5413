"""Mail as bytes: what Python's own reader finds in it is what was put in, whatever that was."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

from hypothesis import example, given
from hypothesis import strategies as st

from styrdokument.outside import mime
from styrdokument.outside.mail import Attachment, Letter, Letterhead, compose, one_line
from tests.cast import NOON

HEAD = Letterhead(
    region="Region Exempel", sender="styrdokument@exempel.invalid", base_url="http://x.invalid"
)
ALMA = "alma@exempel.invalid"
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
ON_A_LINE = WORDS.map(lambda said: one_line(said, 150)).filter(bool)


def read(data: bytes) -> EmailMessage:
    """As a mail program reads it."""
    return message_from_bytes(data, policy=policy.default)  # type: ignore[return-value]


def composed(**facts: object) -> bytes:
    usual = {"key": "k", "to": ALMA, "name": "Alma", "subject": "Hej", "text": "", "html": ""}
    return compose(Letter(**{**usual, "at": NOON, **facts}), HEAD)  # type: ignore[arg-type]


def is_well_formed(data: bytes) -> bool:
    lines = data.split(b"\r\n")
    return data.isascii() and all(
        len(line) <= mime.LINE and b"\r" not in line and b"\n" not in line for line in lines
    )


@given(ON_A_LINE)
@example("x" * 67)
@example("x" * 68)
@example("å" * 19 + "x" + "å" * 19)
@example("😀" * 37)
@example("=?utf-8?b?eA==?=")
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    data = composed(subject=subject)
    assert read(data)["subject"] == subject
    assert is_well_formed(data)


@given(ON_A_LINE)
@example("Alma")
@example("Åsa Öberg")
@example('Öberg, "Åsa" (chef)')
@example("=?utf-8?q?Dag?=")
@example("a@b <gun@exempel.invalid>,")
@example("A" * 80)
def test_a_name_is_read_as_it_was_written_and_is_nobody_else(name: str) -> None:
    data, name = composed(name=name), one_line(name, 80)
    assert is_well_formed(data)
    assert [one.addr_spec for one in read(data)["to"].addresses] == [ALMA]
    phrase, address = parseaddr(message_from_bytes(data)["to"])
    assert (str(make_header(decode_header(phrase))), address) == (name, ALMA)


def test_an_address_is_never_cut() -> None:
    to = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}"
    for name in ("", "Alma", "Åsa " * 20):
        (found,) = read(composed(to=to, name=name))["to"].addresses
        assert found.addr_spec == to


@given(WORDS, WORDS)
@example("", "")
@example(".\r\n.\n..\rFrom x\n", "x" * 75 + "=\n" + "å" * 200)
@example("trailing \t\n \n", "--=_mixed\n--=_alternative--\n")
def test_a_text_is_read_as_it_was_written(text: str, html: str) -> None:
    # lines end as mail has them; there is an end to the last one too
    data = composed(text=text, html=html)
    assert is_well_formed(data)
    letter = read(data)
    assert letter.get_content_type() == "multipart/alternative"
    for kind, said in (("plain", text), ("html", html)):
        part = letter.get_body((kind,))
        assert part is not None
        lines = said.encode().splitlines()
        assert part.get_payload(decode=True) == b"".join(line + b"\r\n" for line in lines)
        assert part.get_content_charset() == "utf-8"


@given(st.binary(max_size=300), st.sampled_from(["slutdagar.ics", "Åsas dagar.ics", 'a";b\\.ics']))
def test_a_file_comes_whole_under_its_name(held: bytes, name: str) -> None:
    file = Attachment(name=name, kind="text/calendar", data=held)
    data = composed(text="Hej\n", attachments=(file, file))
    assert is_well_formed(data)
    letter = read(data)
    assert letter.get_content_type() == "multipart/mixed"
    for part in letter.iter_attachments():
        assert part.get_payload(decode=True) == held
        assert (part.get_filename(), part.get_content_type()) == (name, "text/calendar")
    assert len(list(letter.iter_attachments())) == 2
    assert not letter.defects
