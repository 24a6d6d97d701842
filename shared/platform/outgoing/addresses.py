"""Which addresses belong to somebody on the Internet. Python's ``is_global`` changes with its release, and lets tunnels through."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address

# https://www.iana.org/assignments/iana-ipv4-special-registry, and what is used as if it stood there.
_NOT_PUBLIC_4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host: Linux connects to itself
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers; metadata of some clouds
        "127.0.0.0/8",
        "168.63.129.16/32",  # metadata of Azure
        "169.254.0.0/16",  # link-local; metadata of AWS and others
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; metadata of Oracle
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays from IPv6
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# All that is routed lies in this one; the others in it stand for something else, an IPv4 address most often.
_PUBLIC_6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, ORCHID, benchmarks
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)
_ISATAP: Final = (0x00005EFE, 0x02005EFE)


def parse_addresses(texts: Sequence[str]) -> list[Address]:
    """Addresses in their plain form; one with a zone (``fe80::1%eth0``) stays what it is. Raises ``ValueError``."""
    return [ip_address(text) for text in texts]


def is_public(address: Address) -> bool:
    """Whether an address is one of the Internet: not ours, not the link's, no metadata, no tunnel that ends in one of these."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    if address.scope_id is not None or address not in _PUBLIC_6:
        return False
    return not any(address in network for network in _NOT_PUBLIC_6) and _isatap(address) not in _ISATAP


def _isatap(address: IPv6Address) -> int:
    """The half of the interface's number that marks an IPv4 address in the other half (RFC 5214)."""
    return (int(address) >> 32) & 0xFFFFFFFF
