import pytest

from shared.collection.client_address import address_of, first_address, is_within, network_of


@pytest.mark.parametrize(
    "written",
    [
        "203.0.113.9",
        "203.0.113.9:4711",
        " 203.0.113.9 ",
        "unknown, 203.0.113.9",
        "_hidden, 203.0.113.9, 198.51.100.1",
        "::ffff:203.0.113.9",
        "[::ffff:203.0.113.9]:4711",
        '"203.0.113.9"',
    ],
)
def test_one_client_has_one_address_however_a_proxy_writes_it(written: str) -> None:
    assert first_address(written) == "203.0.113.9"


@pytest.mark.parametrize(
    "written", ["2001:db8::1", "2001:DB8:0:0:0:0:0:1", "[2001:db8::1]", "[2001:db8::1]:443", "2001:db8::1%eth0"]
)
def test_an_address_of_ipv6_is_written_one_way(written: str) -> None:
    assert address_of(written) == "2001:db8::1"


@pytest.mark.parametrize("written", ["", "unknown", "203.0.113", "203.0.113.256", "shop.example", "12345"])
def test_what_is_no_address_is_none(written: str) -> None:
    assert first_address(written) == ""


def test_a_range_holds_its_addresses_in_any_form_and_no_others() -> None:
    ranges = ("203.0.113.0/24", "2001:db8::/32")
    assert is_within("203.0.113.255", ranges)
    assert is_within("2001:db8:ffff::1", ranges)
    assert not is_within("203.0.114.0", ranges)
    assert not is_within("2001:db9::", ranges)
    assert not is_within("", ranges)


def test_whoever_has_one_address_of_ipv6_is_counted_by_the_network() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff") != network_of("2001:db8:0:1::1")
