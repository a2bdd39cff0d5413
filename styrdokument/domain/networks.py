"""Networks that readers and proxies are in, and where a request came from (rule 22).

An IPv4 address is the same whether or not it is written as IPv6 (`::ffff:10.0.0.1`). What a
request says of where it came from is believed as far back as those who say it are proxies of
ours: the nearest address that is none of them is the reader's. Where that cannot be told, the
reader is nowhere, and so in no network; and a proxy is never a reader.
"""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
NOWHERE = ""
MOST_HOPS = 20
_MAPPED = IPv6Network("::ffff:0:0/96")


def networks_in(text: str) -> tuple[Network, ...]:
    """The networks of a list with commas: `10.0.0.0/8, 2001:db8::/32`. Raises ValueError."""
    return tuple(_network(part.strip()) for part in text.split(",") if part.strip())


def lies_in(address: str, networks: Iterable[Network]) -> bool:
    """Whether an address is in one of the networks; what is no address is in none."""
    found = _address(address)
    return found is not None and any(found in network for network in networks)


def way_back(peer: str, said: str, proxies: Iterable[Network]) -> tuple[str, int]:
    """The reader's address, and how many proxies of ours the request came through.

    `peer` is who sent it, `said` its X-Forwarded-For: the address that each hop got it from, the
    nearest last.
    """
    trusted, hops = tuple(proxies), 0
    for told in (peer, *reversed(said.split(",")[-MOST_HOPS:])):
        if not lies_in(told, trusted):
            found = _address(told)
            return (str(found) if found else NOWHERE), hops
        hops += 1
    return NOWHERE, hops


def _network(text: str) -> Network:
    found = ip_network(text)
    if isinstance(found, IPv6Network) and found.subnet_of(_MAPPED):
        inner = found.network_address.ipv4_mapped
        return IPv4Network((str(inner), found.prefixlen - _MAPPED.prefixlen))
    return found


def _address(text: str) -> Address | None:
    """An address as proxies write it: with a port, and in brackets, or without."""
    plain = text.strip()
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        found = ip_address(plain)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
