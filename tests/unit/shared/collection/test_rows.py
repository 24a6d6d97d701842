import pytest

from shared.collection.rows import BadUrl, place


@pytest.mark.parametrize(
    ("url", "referrer", "page", "source"),
    [
        ("https://shop.example/", "", "/", ""),
        ("https://shop.example", "", "/", ""),
        ("https://shop.example/a?b=c#d", "https://www.search.example/x", "/a", "search.example"),
        ("https://www.shop.example/a", "https://shop.example/b", "/a", ""),
        ("https://shop.example/a?utm_source=letter&ref=other", "https://search.example/", "/a", "letter"),
        ("https://shop.example/a?ref=friend", "", "/a", "friend"),
        ("https://shop.example/a?utm_source=", "https://search.example/", "/a", "search.example"),
        ("https://shop.example/a", "https://[broken", "/a", ""),
        ("app://phone/screen", "", "/screen", ""),
    ],
)
def test_page_and_source_come_from_the_two_addresses(url: str, referrer: str, page: str, source: str) -> None:
    found = place(url, referrer)
    assert (found.page, found.source) == (page, source)


@pytest.mark.parametrize("url", ["/relative", "shop.example/a", "https://", "https://[bad", "mailto:ada@example.com"])
def test_an_address_without_a_host_is_refused(url: str) -> None:
    with pytest.raises(BadUrl):
        place(url, "")
