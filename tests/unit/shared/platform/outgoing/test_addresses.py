from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.outgoing.addresses import is_public


@pytest.mark.parametrize(
    "text", ["1.1.1.1", "93.184.215.14", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "2a00::1"]
)
def test_addresses_of_the_internet_are_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00:ec2::254", "2606:4700::1%eth0"]
)
def test_addresses_of_ours_and_of_the_link_are_not(text: str) -> None:
    assert not is_public(ip_address(text))


@given(st.ip_addresses(v=4))
def test_what_python_calls_private_is_never_public(address: IPv4Address) -> None:
    assert not (is_public(address) and (address.is_private or address.is_multicast or address.is_reserved))


@given(
    inner=st.ip_addresses(v=4),
    prefix=st.sampled_from(["::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::"]),
)
def test_no_ipv4_address_is_reached_inside_an_ipv6_address(inner: IPv4Address, prefix: str) -> None:
    assert not is_public(IPv6Address(int(IPv6Address(prefix)) | int(inner)))


@given(inner=st.ip_addresses(v=4), rest=st.integers(0, 2**80 - 1))
def test_nor_inside_6to4_and_teredo(inner: IPv4Address, rest: int) -> None:
    assert not is_public(IPv6Address((0x2002 << 112) | (int(inner) << 80) | rest))
    assert not is_public(IPv6Address((0x20010000 << 96) | (int(inner) << 64) | (rest & (2**64 - 1))))
