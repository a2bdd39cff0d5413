"""Where a request came from, and whether that is in a network (rule 22)."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.networks import MOST_HOPS, NOWHERE, lies_in, networks_in, way_back

STAFF = networks_in("10.1.0.0/16, 2001:db8:1::/48")
PROXIES = networks_in("10.9.9.9,10.9.9.8, 2001:db8:9::9")


def test_networks_are_written_with_commas_an_address_being_a_network_of_one():
    assert networks_in("10.0.0.0/8, 2001:db8::/32 ,127.0.0.1,") == (
        ip_network("10.0.0.0/8"),
        ip_network("2001:db8::/32"),
        ip_network("127.0.0.1/32"),
    )
    assert networks_in("") == ()
    assert networks_in("::ffff:10.0.0.0/104") == (ip_network("10.0.0.0/8"),)


@pytest.mark.parametrize("typed", ["10.0.0.1/8", "10.0.0.0/33", "1", "staff", "10.0.0.0 10.1.0.0"])
def test_what_is_no_network_is_refused_by_name(typed):
    with pytest.raises(ValueError, match=typed.partition("/")[0]):
        networks_in(f"10.2.0.0/16, {typed}")


@pytest.mark.parametrize(
    ("address", "is_inside"),
    [
        ("10.1.2.3", True),
        ("10.2.2.3", False),
        ("::ffff:10.1.2.3", True),
        ("::ffff:10.2.2.3", False),
        ("2001:db8:1::7", True),
        ("2001:db8:2::7", False),
        ("[2001:db8:1::7]:4711", True),
        ("10.1.2.3:4711", True),
        ("10.1.2.3/32", False),
        ("10.1.2", False),
        ("0x0a010203", False),
        ("167838211", False),
        ("unknown", False),
        ("_hidden", False),
        ("", False),
        ("٠.1.2.3", False),  # noqa: RUF001
    ],
)
def test_an_address_is_in_a_network_however_it_is_written(address, is_inside):
    assert lies_in(address, STAFF) is is_inside


@pytest.mark.parametrize(
    ("peer", "said", "reader", "hops"),
    [
        ("203.0.113.7", "", "203.0.113.7", 0),
        ("203.0.113.7", "10.1.2.3", "203.0.113.7", 0),  # says who is nobody
        ("10.9.9.9", "203.0.113.7", "203.0.113.7", 1),
        ("10.9.9.9", "10.1.2.3, 203.0.113.7", "203.0.113.7", 1),  # the reader wrote the first
        ("10.9.9.9", "203.0.113.7, 10.9.9.8", "203.0.113.7", 2),
        ("10.9.9.9", "10.1.2.3, 203.0.113.7, 10.9.9.8", "203.0.113.7", 2),
        ("10.9.9.9", "203.0.113.7, 2001:db8:9::9, 10.9.9.8", "203.0.113.7", 3),
        ("::ffff:10.9.9.9", "::ffff:10.1.2.3", "10.1.2.3", 1),
        ("10.9.9.9", "[2001:db8:1::7]:1234", "2001:db8:1::7", 1),
        ("10.9.9.9", "", NOWHERE, 1),
        ("10.9.9.9", "unknown", NOWHERE, 1),
        ("10.9.9.9", "10.1.2.3, unknown", NOWHERE, 1),
        ("10.9.9.9", "10.9.9.8", NOWHERE, 2),  # a proxy is no reader
        ("", "10.1.2.3", NOWHERE, 0),
    ],
)
def test_the_reader_is_the_nearest_that_is_none_of_our_proxies(peer, said, reader, hops):
    assert way_back(peer, said, PROXIES) == (reader, hops)


def test_of_endless_hops_only_the_nearest_are_looked_at():
    said = ", ".join(["10.1.2.3"] + ["10.9.9.8"] * 10_000)
    assert way_back("10.9.9.9", said, PROXIES) == (NOWHERE, MOST_HOPS + 1)


@given(said=st.text(max_size=60), reader=st.ip_addresses())
def test_whatever_a_reader_says_it_is_not_believed(said, reader):
    told = f"{said}, {reader}"
    outside = networks_in("192.0.2.1")
    assert way_back("192.0.2.1", told, outside) == way_back("192.0.2.1", str(reader), outside)
    assert way_back("192.0.2.2", said, outside) == ("192.0.2.2", 0)
