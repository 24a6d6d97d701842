import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from shared.collection.event import MAX_BYTES
from shared.http.envelope import HEADERS, MAX_HEADERS, MAX_QUERY
from shared.http.permissions import PERMISSIONS
from shared.identity.identity import SRE
from tests.gateway import gateway_with
from tests.unit.shared.http.test_permissions import IDS, NoServers

SIGNED_IN = {"authorization": f"Bearer {SRE}"}
ROUTES = [(method, path.format(**IDS)) for method, path in PERMISSIONS]


class Broken(NoServers):
    """A mistake of ours, behind a route that asks the runs of tasks."""

    @property
    def runs(self) -> Any:
        raise KeyError("a secret of the server")


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(gateway_with(Broken), raise_server_exceptions=False) as client:
        yield client


def assert_refused(answer: Any, status: int, limit: int) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.request.method == "HEAD" or f"{limit:,} bytes" in answer.json()["detail"]


@pytest.mark.parametrize(("method", "path"), [*ROUTES, ("GET", "/nothing"), ("PATCH", "/health")])
def test_every_answer_has_an_id_and_says_that_it_is_neither_a_page_nor_to_be_kept(
    client: TestClient, method: str, path: str
) -> None:
    for headers in ({}, SIGNED_IN):
        answer = client.request(method, path, headers=headers)
        assert answer.headers["x-request-id"]
        assert {name for name, _ in HEADERS} <= set(answer.headers)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_refuses_a_body_a_query_and_headers_that_are_too_large(
    client: TestClient, method: str, path: str
) -> None:
    assert_refused(client.request(method, path, content=b"x" * (MAX_BYTES + 1)), 413, MAX_BYTES)
    assert_refused(client.request(method, path, params={"x": "y" * MAX_QUERY}), 414, MAX_QUERY)
    assert_refused(client.request(method, path, headers={"x-long": "y" * MAX_HEADERS}), 431, MAX_HEADERS)


def test_a_body_whose_length_is_not_declared_is_read_as_far_as_the_limit(client: TestClient) -> None:
    parts = (b"x" * 65_536 for _ in range(MAX_BYTES // 65_536 + 1))
    answer = client.post("/v1/incidents", content=parts, headers=SIGNED_IN)
    assert_refused(answer, 413, MAX_BYTES)


def test_a_body_that_is_nested_without_end_is_a_mistake_of_who_sent_it(client: TestClient) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    headers = {**SIGNED_IN, "content-type": "application/json"}
    for path in ("/v1/incidents", "/v1/query", "/api/event"):
        answer = client.post(path, content=deep, headers=headers)
        assert 400 <= answer.status_code < 500, (path, answer.text)


def test_a_mistake_of_ours_is_logged_under_the_id_of_its_answer_and_tells_nothing(
    client: TestClient, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/v1/runbook/tasks/redis_memory/runs", headers=SIGNED_IN)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "a secret of the server" not in answer.text
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines() if line.startswith("{")]
    assert answer.headers["x-request-id"] in {line.get("request_id") for line in lines}
