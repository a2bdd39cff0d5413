"""An address is one person's: whatever could be read as more is none (table M, M1 and M10)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.addresses import LONGEST, mail_address

HOSTILE = (
    "alma@exempel.invalid\r\nBcc: gun@exempel.invalid",
    "alma@exempel.invalid\nRCPT TO:<gun@exempel.invalid>",
    "alma@exempel.invalid, gun@exempel.invalid",
    "alma@exempel.invalid;gun@exempel.invalid",
    "Alma <alma@exempel.invalid>",
    "alma@exempel.invalid\x0b",
    "alma@exempel.invalid\u0085Bcc: x@y",
    "alma@exempel.invalid\u2028",
    "alma@@exempel.invalid",
    "alma",
    "@exempel.invalid",
    "alma@",
    "alma@-exempel.invalid",
    "al ma@exempel.invalid",
    '"al ma"@exempel.invalid',
    "alma..b@exempel.invalid",
    "ålma@exempel.invalid",
    "alma@" + "a" * 64 + ".invalid",
    "a" * 65 + "@exempel.invalid",
    "alma@" + ".".join(["exempel"] * 40),
)


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_could_be_read_as_anything_else_is_no_address(typed):
    assert mail_address(typed) == ""


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("alma@exempel.invalid", "alma@exempel.invalid"),
        (" alma.o'hara+rutiner@exempel.invalid ", "alma.o'hara+rutiner@exempel.invalid"),
        ("alma@räksmörgås.invalid", "alma@xn--rksmrgs-5wao1o.invalid"),
        ("alma@localhost", "alma@localhost"),
    ],
)
def test_an_address_is_as_it_is_sent(typed, sent):
    assert mail_address(typed) == sent


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_whatever_is_typed_an_address_holds_no_space_and_one_at(typed):
    found = mail_address(typed + "@exempel.invalid") or mail_address(typed)

    assert not found or re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", found)
    assert len(found) <= LONGEST
