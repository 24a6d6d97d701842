import re
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from botocore.exceptions import EndpointConnectionError
from starlette.testclient import TestClient

from local.chaos import ChaosWatch
from local.front_door.app import MOST_BYTES, FrontDoor, create_app
from local.front_door.distribution import ApiBehavior, Distribution, Header, staging
from local.front_door.edge import Edge
from local.state import State

AWS = "http://aws.local"
API = ApiBehavior(
    pattern=re.compile(r"/v1/.*\Z"),
    path_prefix="/_aws/execute-api/a1/$default",
    methods=frozenset({"GET", "POST"}),
    origin_headers={"x-origin": "edge"},
    response_headers=(Header("x-frame-options", "DENY", override=True), Header("server", "edge", override=False)),
)
DISTRIBUTION = Distribution("d1.cloudfront.net", ((API.pattern, API),))
STATUS_PAGE = Distribution("d2.cloudfront.net", ())


class Body(httpx2.AsyncByteStream):
    """A body that arrives in two parts, as from a socket."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content[:2]
        yield self._content[2:]


class Aws(httpx2.AsyncBaseTransport):
    """Stands for the local AWS: answers everything alike and remembers what it was asked."""

    def __init__(self, content: bytes = b"fine", headers: dict[str, str] | None = None) -> None:
        self.asked: list[httpx2.Request] = []
        self._content = content
        self._headers = headers or {"server": "origin"}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return httpx2.Response(200, headers=self._headers, stream=Body(self._content))


class DeadAws(Aws):
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)


class Counted(Edge):
    """Counts requests and publishes nothing."""

    def flush(self) -> None:
        return


def front_door(aws: Aws, read: Callable[[str], Distribution]) -> FrontDoor:
    return FrontDoor(AWS, ChaosWatch(State(Path("nowhere"))), Counted(AWS), read, aws)


def visitor(aws: Aws, read: Callable[[str], Distribution] = lambda _: DISTRIBUTION) -> TestClient:
    others = front_door(aws, lambda _: STATUS_PAGE), front_door(aws, lambda _: staging("s1"))
    return TestClient(create_app(front_door(aws, read), *others), client=("127.0.0.9", 4711))


def test_calls_of_the_api_go_to_its_gateway_with_what_cloudfront_adds() -> None:
    aws = Aws()
    headers = {
        "x-forwarded-for": "203.0.113.7", "authorization": "Bearer key", "cloudfront-viewer-country": "XX",
        "x-origin": "forged",
    }  # fmt: skip
    visitor(aws).post("/v1/a%20b?x=1&y=%2F", content=b"body", headers=headers)
    [asked] = aws.asked
    assert asked.url.raw_path == b"/_aws/execute-api/a1/$default/v1/a%20b?x=1&y=%2F"
    assert asked.content == b"body"
    assert asked.headers["host"] == "aws.local"
    assert asked.headers["authorization"] == "Bearer key"
    assert asked.headers["x-forwarded-for"] == "203.0.113.7, 127.0.0.9"
    assert asked.headers["cloudfront-viewer-address"] == "127.0.0.9:4711"
    assert asked.headers.get_list("cloudfront-viewer-country") == ["ZZ"]
    assert asked.headers.get_list("x-origin") == ["edge"]


def test_everything_else_goes_to_the_distribution_by_its_host_name() -> None:
    aws = Aws()
    visitor(aws).get("/sites/7")
    [asked] = aws.asked
    assert asked.url.raw_path == b"/sites/7"
    assert asked.headers["host"] == "d1.cloudfront.net"
    assert asked.headers["x-forwarded-proto"] == "https"


@pytest.mark.parametrize("path", ["/", "/v1/sites", "/demo/people.json"])
def test_every_path_under_the_host_of_the_status_page_is_a_file_of_its_distribution(path: str) -> None:
    aws = Aws()
    visitor(aws).get(path, headers={"host": "status.localhost:8000"})
    [asked] = aws.asked
    assert asked.url.raw_path == path.encode()
    assert asked.headers["host"] == "d2.cloudfront.net"


@pytest.mark.parametrize(("path", "asked_for"), [
    ("/staging/health/db", b"/_aws/execute-api/s1/$default/health/db"),
    ("/staging/v1/a%20b?x=1", b"/_aws/execute-api/s1/$default/v1/a%20b?x=1"),
])  # fmt: skip
def test_staging_is_reached_at_a_path_of_its_own(path: str, asked_for: bytes) -> None:
    aws = Aws()
    client = visitor(aws)
    client.get(path)
    [asked] = aws.asked
    assert asked.url.raw_path == asked_for


def test_the_status_page_stays_while_nothing_else_is_deployed() -> None:
    def nothing(_endpoint: str) -> Distribution:
        raise EndpointConnectionError(endpoint_url=AWS)

    door = visitor(Aws(), nothing)
    assert door.get("/").status_code == 503
    assert door.get("/", headers={"host": "status.localhost"}).status_code == 200


def test_the_headers_policy_is_applied_to_answers_of_the_api() -> None:
    answer = visitor(Aws()).get("/v1/sites")
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["server"] == "origin"


def test_a_compressed_answer_stays_compressed() -> None:
    aws = Aws(b"\x1f\x8bpacked", {"content-encoding": "x-unknown"})
    answer = visitor(aws).get("/v1/sites")
    assert answer.content == b"\x1f\x8bpacked"
    assert answer.headers["content-encoding"] == "x-unknown"


def problem(answer: Any, status: int) -> str:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["detail"])


def test_a_method_that_the_behavior_does_not_allow_is_refused_as_cloudfront_does() -> None:
    aws = Aws()
    assert "does not allow this method" in problem(visitor(aws).delete("/v1/sites"), 403)
    assert aws.asked == []


def test_more_than_the_gateway_takes_is_refused() -> None:
    assert str(MOST_BYTES) in problem(visitor(Aws()).post("/v1/events", content=b"x" * (MOST_BYTES + 1)), 413)


def test_an_aws_that_does_not_answer_is_a_bad_gateway() -> None:
    assert "try again" in problem(visitor(DeadAws()).get("/v1/sites"), 502)


def test_before_anything_is_deployed_the_answer_says_so() -> None:
    def nothing(endpoint: str) -> Distribution:
        raise EndpointConnectionError(endpoint_url=endpoint)

    assert "starting" in problem(visitor(Aws(), nothing).get("/v1/sites"), 503)


def test_the_first_visitors_all_wait_for_the_distribution_which_is_read_once() -> None:
    reads: list[str] = []

    def slowly(endpoint: str) -> Distribution:
        reads.append(endpoint)
        time.sleep(0.05)
        return DISTRIBUTION

    async def visit(door: FrontDoor, answers: list[int]) -> None:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(create_app(door, door, door))) as client:
            answers.append((await client.get("http://front.door/v1/sites")).status_code)

    async def visit_at_once() -> list[int]:
        door, answers = front_door(Aws(), slowly), list[int]()
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(visit, door, answers)
        return answers

    assert anyio.run(visit_at_once) == [200, 200, 200]
    assert reads == [AWS]


@pytest.mark.parametrize("host", ["shop.localhost", "127.0.0.1"])
def test_the_demo_page_belongs_to_the_site_of_its_host_name(host: str) -> None:
    page = visitor(Aws()).get("/demo/pricing", headers={"host": f"{host}:8000"})
    assert f'data-domain="{host}" data-capture-on-localhost src="/js/script.js"' in page.text
    assert "<h1>Pricing</h1>" in page.text


def test_the_demo_page_shows_nothing_that_the_address_smuggles_in() -> None:
    page = visitor(Aws()).get("/demo/%3Cscript%3E")
    assert "<h1>&lt;script&gt;</h1>" in page.text


def test_the_sign_in_page_finds_the_demo_people() -> None:
    people = visitor(Aws()).get("/demo/people.json").json()
    assert {"name", "role", "username", "password"} == set(people[0])
    assert "P09-SRE" in {person["role"] for person in people}
