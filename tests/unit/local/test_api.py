import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from local.api import Api, Refused
from local.customers import open_site


def api(handle: Callable[[httpx2.Request], httpx2.Response]) -> Api:
    return Api("http://p09.test/", "token", httpx2.Client(transport=httpx2.MockTransport(handle)))


def problem(status: int, **members: Any) -> httpx2.Response:
    return httpx2.Response(status, json={"type": "about:blank", "title": "Refused", "status": status, **members})


def refusal(answer: httpx2.Response) -> str:
    with pytest.raises(Refused) as caught:
        api(lambda _: answer).get("/v1/sites")
    return str(caught.value)


def test_a_call_carries_the_token() -> None:
    def handle(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"authorization": request.headers["authorization"], "url": str(request.url)})

    assert api(handle).get("/v1/sites") == {"authorization": "Bearer token", "url": "http://p09.test/v1/sites"}


def test_of_a_list_the_newest_are_asked_for_and_only_what_is_given() -> None:
    def handle(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"sites": [{"asked": dict(request.url.params)}], "next_cursor": "more"})

    found = api(handle).newest("/v1/sites", "sites", 5, state="open", kind=None, actor="")
    assert found == [{"asked": {"limit": "5", "state": "open"}}]


def test_a_problem_document_reads_as_one_line() -> None:
    errors = [{"pointer": "#/domain", "detail": "is taken"}]
    said = refusal(problem(409, title="Conflict", detail="the domain is in use.", errors=errors))
    assert said == "Conflict. the domain is in use. #/domain: is taken (HTTP 409)"


def test_what_the_detail_says_already_is_not_said_twice() -> None:
    errors = [{"pointer": "#/domain", "detail": "domain: is taken"}]
    assert refusal(problem(422, title="No", detail="domain: is taken", errors=errors)).count("is taken") == 1


def test_an_answer_that_is_no_problem_document_is_shown_as_it_is() -> None:
    assert "teapot" in refusal(httpx2.Response(418, text="I am a teapot"))
    assert "no key EVENT_BUS_NAME" in refusal(httpx2.Response(502, json={"errorMessage": "no key EVENT_BUS_NAME"}))


def test_no_answer_says_what_to_do() -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("connection refused", request=request)

    with pytest.raises(Refused, match=r"No answer from http://p09\.test\. connection refused\. .*`make run`"):
        api(refuse).get("/health")


def test_a_list_is_followed_to_its_last_page() -> None:
    pages = {"": {"sites": [{"id": 1}], "next_cursor": "1"}, "1": {"sites": [{"id": 2}], "next_cursor": None}}
    found = api(lambda request: httpx2.Response(200, json=pages[request.url.params.get("cursor", "")]))
    assert [site["id"] for site in found.pages("/v1/sites", "sites")] == [1, 2]


class Sites:
    """A system that has one site, of the domain taken.example."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content)
        self.bodies.append(body)
        if request.url.path != "/v1/sites":
            return httpx2.Response(201, json={"key": f"{body['kind']} key of {request.url.path.split('/')[3]}"})
        if body["domain"] == "taken.example":
            return problem(409, site_id="7")
        if body["domain"] == "foreign.example":
            return problem(409, detail="somebody else's")
        return httpx2.Response(201, json={"site_id": "8"})


def test_a_new_site_comes_with_a_key_of_each_kind() -> None:
    site = open_site(api(Sites()), "organisation", name="New", domain="new.example")
    assert site.as_dict() == {
        "site_id": "8",
        "domain": "new.example",
        "created": True,
        "write_key": "ingest key of 8",
        "read_key": "read key of 8",
    }


def test_an_own_site_of_the_domain_is_taken_with_fresh_keys() -> None:
    site = open_site(api(Sites()), "organisation", name="Again", domain="taken.example")
    assert (site.site_id, site.created, site.write_key) == ("7", False, "ingest key of 7")


def test_somebody_elses_domain_is_refused() -> None:
    with pytest.raises(Refused, match="somebody else's"):
        open_site(api(Sites()), "organisation", name="Theft", domain="foreign.example")


def test_a_time_zone_is_passed_on_only_if_given() -> None:
    sites = Sites()
    open_site(api(sites), "organisation", name="A", domain="a.example", timezone="Europe/Berlin")
    open_site(api(sites), "organisation", name="B", domain="b.example")
    assert [body.get("timezone") for body in sites.bodies if "domain" in body] == ["Europe/Berlin", None]
