"""Addresses of clients in one written form, and whether a site leaves one out."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

_ONE_COLON: Final = 1


@lru_cache(maxsize=10_000)
def address_of(written: str) -> str:
    """The address that a text names, whatever its port, brackets or zone; IPv4 within IPv6 as IPv4. Empty when it names none."""
    found = _parsed(written)
    return str(found) if found else ""


def first_address(forwarded: str) -> str:
    """The first valid address of a list as ``X-Forwarded-For`` has it; empty when there is none."""
    return next((found for written in forwarded.split(",") if (found := address_of(written))), "")


def network_of(address: str) -> str:
    """What an address is counted by: itself, or its network of 64 bits, as whoever has one address of IPv6 has 2^64."""
    found = _parsed(address)
    if found is None:
        return address
    return str(found) if isinstance(found, IPv4Address) else str(int(found) >> 64)


def is_within(address: str, ranges: Iterable[str]) -> bool:
    """Whether an address lies in one of the ranges, such as 203.0.113.0/24."""
    found = _parsed(address)
    return found is not None and any(found in network for network in map(_network, ranges))


_network = lru_cache(maxsize=10_000)(ip_network)


def _parsed(written: str) -> IPv4Address | IPv6Address | None:
    text = written.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == _ONE_COLON:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
