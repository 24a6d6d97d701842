"""The front door between a viewer and the API: what it counts, and what it injects."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from local.chaos import NONE, Chaos, ChaosWatch, set_chaos
from local.front_door.app import FrontDoor
from local.front_door.distribution import ApiBehavior, Distribution, staging
from local.front_door.edge import Answered, Edge, line_of
from local.state import State

API = ApiBehavior(
    pattern=re.compile("/v1/"), path_prefix="/api", methods=frozenset({"GET"}), origin_headers={}, response_headers=()
)
DISTRIBUTION = Distribution("d.example", ((re.compile("/v1/"), API),))


class Counted(Edge):
    def __init__(self) -> None:
        super().__init__("")
        self.requests: list[Answered] = []

    def count(self, answered: Answered) -> None:
        self.requests.append(answered)


class Door:
    """A front door before an API that answers as it is told."""

    def __init__(self, state: State, distribution: Distribution = DISTRIBUTION) -> None:
        self.edge = Counted()
        self.status = 200
        self.broken = False
        transport = httpx2.MockTransport(self._api)
        door = FrontDoor("http://aws", ChaosWatch(state), self.edge, lambda _endpoint: distribution, transport)
        self.client = TestClient(Starlette(routes=[Route("/{path:path}", door.answer, methods=["GET", "POST"])]))

    def _api(self, _request: Any) -> Any:
        if self.broken:
            raise httpx2.ConnectError("refused")
        return httpx2.Response(self.status, headers={"x-request-id": "r-1"}, stream=httpx2.ByteStream(b"answer"))


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path)


def test_requests_of_staging_are_in_no_kpi_and_no_chaos_hits_them(state: State) -> None:
    set_chaos(state, Chaos(errors=1))
    door = Door(state, staging("s1"))
    assert door.client.get("/staging/v1/kpis").status_code == 200
    assert door.edge.requests == []


def test_a_request_of_the_api_is_counted_as_its_client_saw_it(state: State) -> None:
    door = Door(state)
    door.status = 500
    assert door.client.get("/v1/kpis").status_code == 500
    [counted] = door.edge.requests
    assert (counted.request_id, counted.method, counted.path, counted.status) == ("r-1", "GET", "/v1/kpis", 500)
    assert 0 < counted.seconds < 5


def test_an_api_that_does_not_answer_is_an_error_that_counts(state: State) -> None:
    door = Door(state)
    door.broken = True
    assert door.client.get("/v1/kpis").status_code == 502
    assert [counted.status for counted in door.edge.requests] == [502]


def test_what_never_reaches_the_gateway_is_not_counted(state: State) -> None:
    door = Door(state)
    set_chaos(state, Chaos(errors=1.0))
    assert door.client.get("/index.html").status_code == 200
    assert door.client.post("/v1/kpis").status_code == 403
    assert door.edge.requests == []


def test_injected_errors_are_counted_and_told_apart_until_they_are_off(state: State) -> None:
    door = Door(state)
    set_chaos(state, Chaos(errors=1.0))
    answer = door.client.get("/v1/kpis")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert "p09 chaos off" in answer.json()["detail"]
    assert door.edge.requests[0].request_id == answer.headers["x-request-id"]
    set_chaos(state, NONE)
    assert door.client.get("/v1/kpis").status_code == 200
    assert [counted.status for counted in door.edge.requests] == [503, 200]


def test_injected_latency_is_waited_for_and_counted(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    really_sleep = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        await really_sleep(0)

    monkeypatch.setattr("local.front_door.app.asyncio.sleep", sleep)
    door = Door(state)
    set_chaos(state, Chaos(latency=0.3))
    assert door.client.get("/v1/kpis").status_code == 200
    assert waited == [0.3]


@pytest.mark.parametrize(("chaos", "said"), [
    (Chaos(latency=0.01), "latency 10 ms"),
    (Chaos(errors=1.0, latency=0.01), "latency 10 ms, error"),
    (Chaos(errors=1.0), "error"),
    (NONE, ""),
], ids=["late", "late and failed", "failed", "nothing"])  # fmt: skip
def test_what_was_injected_is_marked_in_the_answer_and_in_the_access_log(state: State, chaos: Chaos, said: str) -> None:
    door = Door(state)
    set_chaos(state, chaos)
    assert door.client.get("/v1/kpis").headers.get("x-p09-injected", "") == said
    (counted,) = door.edge.requests
    assert line_of(counted).get("injected", "") == said
