import pytest

from shared.collection.exclusions import Exclusions

SITE = Exclusions(
    addresses=("203.0.113.0/24",),
    hostnames=("shop.example", "*.shop.example"),
    pages=("/admin", "/internal/*", "/draft/**"),
    countries=("AQ",),
)
COUNTED = {"address": "198.51.100.1", "hostname": "shop.example", "page": "/", "country": "DE"}


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({}, ""),
        ({"address": "203.0.113.7"}, "address"),
        ({"address": ""}, ""),
        ({"hostname": "copy.example"}, "hostname"),
        ({"hostname": "blog.shop.example"}, ""),
        ({"hostname": ""}, ""),
        ({"page": "/admin"}, "page"),
        ({"page": "/admin/users"}, ""),
        ({"page": "/internal/a"}, "page"),
        ({"page": "/internal/a/b"}, ""),
        ({"page": "/draft/a/b"}, "page"),
        ({"page": "/Admin"}, ""),
        ({"country": "AQ"}, "country"),
        ({"country": ""}, ""),
    ],
)
def test_an_event_is_left_out_by_what_its_site_excludes(event: dict[str, str], reason: str) -> None:
    assert SITE.reason(**(COUNTED | event)) == reason


def test_a_site_that_excludes_nothing_takes_all_hosts() -> None:
    assert Exclusions().reason(**(COUNTED | {"hostname": "copy.example"})) == ""


def test_characters_of_a_page_mean_themselves() -> None:
    assert Exclusions(pages=("/a.b(c)",)).reason(**(COUNTED | {"page": "/a.b(c)"})) == "page"
    assert Exclusions(pages=("/a.b",)).reason(**(COUNTED | {"page": "/axb"})) == ""
