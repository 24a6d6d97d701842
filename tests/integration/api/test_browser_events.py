"""`/api/event` as pages and servers call it: which site counts an event, for whom, and who may read the answer."""

from typing import Any

import pytest

from tests.integration.api.conftest import Api
from tests.integration.api.test_api import assert_problem, pageview

EVENT = {"name": "pageview", "url": "https://shop.example/", "domain": "shop.example"}


def send(api: Api, headers: dict[str, str] | None = None, **fields: Any) -> Any:
    return api.call("POST", "/api/event", json=EVENT | fields, headers=headers or {})


def counted(api: Api, site_id: str = "") -> list[Any]:
    """Visitors and pageviews."""
    api.drain()
    answer = api.query(metrics=["visitors", "pageviews"], token=api.issuer.token("ada"), site_id=site_id or api.site_id)
    found: list[Any] = answer.json()["results"][0]["metrics"]
    return found


def test_an_event_of_an_unknown_domain_is_refused(api: Api) -> None:
    assert_problem(send(api, domain="nobody.example"), 404, "nobody.example")
    assert_problem(api.call("POST", "/api/event", json={"name": "pageview"}), 422, "domain")


def test_one_unknown_domain_of_several_costs_the_others_nothing_and_is_told(api: Api) -> None:
    answer = send(api, domain="shop.example,gone.example, shop.example")
    assert answer.status_code == 202
    assert answer.text.startswith("ok\nno site has the domain 'gone.example'")
    assert counted(api) == [1, 1]


@pytest.mark.parametrize("domain", ["Shop.Example", "www.shop.example", "https://shop.example/"])
def test_a_site_is_found_however_its_domain_is_written(api: Api, domain: str) -> None:
    assert send(api, domain=domain).status_code == 202
    assert counted(api) == [1, 1]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Caps.example", "Caps.example"),
        ("www.letters.example", "letters.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("https://pasted.example/", "pasted.example"),
    ],
)
def test_a_site_is_made_by_any_way_of_writing_its_domain(api: Api, written: str, sent: str) -> None:
    site = api.add_site(written)
    for domain in (written, sent):
        assert send(api, domain=domain, url=f"https://{sent}/").status_code == 202
    assert counted(api, site["site_id"]) == [1, 2]


def test_a_site_that_was_made_with_www_is_still_found(api: Api) -> None:
    with api.migrated.server.connect_as_superuser(api.migrated.name) as superuser:
        superuser.run("update sites set domain = 'www.shop.example'")
    assert send(api, domain="www.shop.example").status_code == 202


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b'{"name": "pageview"}', b'{"name":"pageview","url":"/a","domain":"shop.example"}', b"[]"]
)  # fmt: skip
def test_a_page_of_another_origin_can_read_every_refusal(api: Api, body: bytes) -> None:
    answer = api.call("POST", "/api/event", content=body, headers={"origin": "https://shop.example"})
    assert 400 <= answer.status_code < 500
    assert answer.headers["access-control-allow-origin"] == "*"
    too_large = api.call("POST", "/api/event", content=b" " * 2_000_000)
    assert (too_large.status_code, too_large.headers["access-control-allow-origin"]) == (413, "*")


def test_a_preflight_allows_json(api: Api) -> None:
    asked = {
        "origin": "https://shop.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    answer = api.call("OPTIONS", "/api/event", headers=asked)
    assert answer.status_code == 204
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "content-type" in answer.headers["access-control-allow-headers"]


def test_one_client_is_one_visitor_however_a_proxy_writes_the_address(api: Api) -> None:
    forms = ("203.0.113.9", "203.0.113.9:4711", "unknown, 203.0.113.9", "::ffff:203.0.113.9", "[::ffff:203.0.113.9]:1")
    for form in forms:
        assert send(api, {"x-forwarded-for": form, "user-agent": "Browser"}).status_code == 202
    assert counted(api) == [1, len(forms)]


def test_a_server_tells_apart_the_visitors_for_whom_it_sends(api: Api) -> None:
    events = [pageview() for _ in range(4)]
    for event, address, agent in zip(events, "1122", "abaa", strict=True):
        del event["visitor_id"]
        event |= {"address": f"203.0.113.{address}", "user_agent": agent}
    assert api.send(*events).json() == {"accepted": 4, "rejected": []}
    assert counted(api) == [3, 4]


def test_what_was_left_out_of_an_event_is_told_and_the_rest_counts(api: Api) -> None:
    answer = send(api, props={"nested": {"a": 1}, "good": "yes"})
    assert (answer.status_code, answer.text.splitlines()[0]) == (202, "ok")
    assert "'nested'" in answer.text
    assert counted(api) == [1, 1]


EXCLUSIONS = {
    "addresses": ["203.0.113.7/24"],
    "hostnames": ["WWW.shop.example"],
    "pages": ["/admin/**"],
    "countries": ["aq"],
}


def test_a_site_says_what_it_leaves_out_in_one_written_form(api: Api) -> None:
    path = f"/v1/sites/{api.site_id}/exclusions"
    assert api.as_person("GET", path).json() == {"addresses": [], "hostnames": [], "pages": [], "countries": []}
    kept = {"addresses": ["203.0.113.0/24"], "hostnames": ["shop.example"], "pages": ["/admin/**"], "countries": ["AQ"]}
    assert api.as_person("PUT", path, json=EXCLUSIONS).json() == kept
    assert api.as_person("GET", path).json() == kept
    assert_problem(api.as_person("PUT", path, subject="eve", json={}), 404)
    for field, wrong in (("addresses", "shop.example"), ("pages", "admin"), ("countries", "Germany"), ("hosts", "a")):
        assert_problem(api.as_person("PUT", path, json={field: [wrong]}), 422, field)


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({}, {"x-forwarded-for": "203.0.113.99"}),
        ({"url": "https://copy.example/"}, {}),
        ({"url": "https://shop.example/admin/users"}, {}),
    ],
)
def test_what_a_site_excludes_is_in_no_number(api: Api, fields: dict[str, str], headers: dict[str, str]) -> None:
    api.as_person("PUT", f"/v1/sites/{api.site_id}/exclusions", json=EXCLUSIONS)
    assert send(api, {"x-forwarded-for": "198.51.100.1"}).status_code == 202
    assert send(api, headers, **fields).status_code == 202
    assert api.send(pageview(country="AQ"), pageview("bob")).json()["accepted"] == 2
    assert counted(api) == [2, 2]
