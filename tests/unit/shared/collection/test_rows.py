"""What an event tells, and in which column it arrives."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.collection.client import Client, Place
from shared.collection.rows import (
    COLUMNS,
    DEFAULT_MORE,
    MORE_COLUMNS,
    NULL,
    Addresses,
    Arrival,
    addresses_of,
    pack,
    screen_class,
)
from shared.collection.web_address import BadAddress

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FROM_BROWSER = Arrival(
    site_id=1, received_at=NOW, visitor_id=7, place=Place("DE", "DE-BE", "Berlin"), user_agent="Browser", language="de"
)
FROM_SERVER = Arrival(site_id=1, received_at=NOW, visitor_id=7, visitors={Client("203.0.113.9", "Phone"): 9})


def addresses(url: str, referrer: str) -> Addresses:
    return addresses_of({"name": "pageview", "url": url, "referrer": referrer})


def columns(event: dict[str, Any], arrival: Arrival = FROM_BROWSER) -> dict[str, str]:
    events: Any = [{"name": "pageview"} | event]
    rows, more = pack(events, arrival)
    values = [row.decode().removesuffix("\n").split("\t") for row in (rows, more or DEFAULT_MORE)]
    return dict(zip(COLUMNS, values[0], strict=True)) | dict(zip(MORE_COLUMNS, values[1], strict=True))


@pytest.mark.parametrize(
    ("url", "referrer", "page", "source"),
    [
        ("https://shop.example/", "", "/", ""),
        ("https://shop.example", "", "/", ""),
        ("https://shop.example/a?b=c#d", "https://www.search.example/x", "/a", "search.example"),
        ("https://www.shop.example/a", "https://shop.example/b", "/a", ""),
        ("https://shop.example/a", "https://WWW.Shop.example:443/b", "/a", ""),
        ("https://shop.example/a?utm_source=letter&ref=other", "https://search.example/", "/a", "letter"),
        ("https://shop.example/a?ref=friend", "", "/a", "friend"),
        ("https://shop.example/a?utm_source=", "https://search.example/", "/a", "search.example"),
        ("https://shop.example/a", "https://[broken", "/a", ""),
        ("app://phone/screen", "", "/screen", ""),
    ],
)
def test_page_and_source_come_from_the_two_addresses(url: str, referrer: str, page: str, source: str) -> None:
    found = addresses(url, referrer)
    assert (found.page, found.source) == (page, source)


def test_a_long_query_or_referrer_is_cut_and_the_page_counts() -> None:
    found = columns(
        {
            "url": f"https://shop.example/landing?gclid={'x' * 5000}&utm_campaign={'c' * 500}",
            "referrer": f"https://search.example/{'y' * 5000}",
        }
    )
    assert found["page"] == "/landing"
    assert found["click_id"] == "gclid"
    assert found["utm_campaign"] == "c" * 200
    assert found["referrer"].startswith("https://search.example/yyy")
    assert len(found["referrer"]) == 2000


def test_a_path_of_two_thousand_characters_is_taken_and_one_more_is_not() -> None:
    assert len(addresses("https://shop.example/" + "é" * 1999, "").page) == 2000
    with pytest.raises(BadAddress, match="2,001 characters: at most 2,000"):
        addresses("https://shop.example/" + "é" * 2000, "")


@pytest.mark.parametrize(("fragment", "page"), [("#/a", "/#/a"), ("#/", "/#/"), ("", "/"), ("#/a?x=1", "/#/a?x=1")])
def test_in_hash_mode_the_fragment_belongs_to_the_page(fragment: str, page: str) -> None:
    assert columns({"url": f"https://shop.example/{fragment}", "hash_mode": True})["page"] == page
    assert columns({"url": f"https://shop.example/{fragment}"})["page"] == "/"


def test_all_tags_of_a_campaign_arrive_each_in_its_column() -> None:
    url = "https://shop.example/?utm_source=Letter&utm_medium=email&utm_campaign=May&utm_content=top&utm_term=shoes&fbclid=1"
    found = columns({"url": url})
    names = ("source", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "click_id")
    assert [found[name] for name in names] == ["Letter", "Letter", "email", "May", "top", "shoes", "fbclid"]


def test_what_was_measured_arrives_and_what_was_not_is_unknown() -> None:
    measured = columns(
        {
            "name": "engagement", "engagement_time": 1500, "scroll_depth": 80, "interactive": False, "title": "A \\ B",
            "revenue": {"amount": 9.99, "currency": "EUR"}, "screen_width": 1200,
        }
    )  # fmt: skip
    names = ("engaged", "scroll", "interactive", "amount", "currency", "title", "screen")
    assert [measured[name] for name in names] == ["1500", "80", "f", "9.99", "EUR", "A \\\\ B", "Laptop"]
    assert [columns({})[name] for name in names] == [NULL, NULL, "t", NULL, "", "", ""]


def test_a_browser_tells_of_its_visitor_and_a_server_only_what_its_event_says() -> None:
    names = ("visitor_id", "user_agent", "language", "country", "region", "city")
    browser = columns({})
    assert [browser[name] for name in names] == ["7", "Browser", "de", "DE", "DE-BE", "Berlin"]
    told = columns({"address": "203.0.113.9", "user_agent": "Phone", "language": "fr", "country": "FR"}, FROM_SERVER)
    assert [told[name] for name in names] == ["9", "Phone", "fr", "FR", "", ""]
    named = columns({"visitor_id": "ada"}, FROM_BROWSER)
    assert [named[name] for name in names[1:]] == [NULL, "", "", "", ""]


def test_a_row_of_which_nothing_more_is_known_needs_no_further_columns() -> None:
    events: Any = [{"name": "pageview", "url": "https://shop.example/", "visitor_id": "ada"}]
    assert pack(events, FROM_SERVER)[1] == b""
    assert pack(events * 2, FROM_SERVER, ["", "page"])[1].count(b"\n") == 2


@pytest.mark.parametrize(
    ("width", "name"),
    [
        (1, "Mobile"),
        (575, "Mobile"),
        (576, "Tablet"),
        (991, "Tablet"),
        (992, "Laptop"),
        (1439, "Laptop"),
        (1440, "Desktop"),
    ],
)
def test_a_screen_has_the_class_of_its_width(width: int, name: str) -> None:
    assert screen_class(width) == name
