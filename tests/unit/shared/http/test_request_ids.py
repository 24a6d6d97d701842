"""Whatever is logged while a request is answered is found by its id."""

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from aws_lambda_powertools.logging import Logger
from starlette.testclient import TestClient

from functions.api.app import create_app
from scripts.openapi.apps import services_of
from scripts.p09.request_story import tell
from shared.http import problems
from shared.identity.identity import SRE
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.failures import PostgresUnavailable
from shared.platform.valkey import ValkeyUnavailable
from tests.unit.shared.http.test_permissions import NoServers

PATH = "/v1/runbook/tasks/redis_memory/runs"
SIGNED_IN = {"authorization": f"Bearer {SRE}"}
FAILURES = [
    (AwsRefused("no permission"), 503, "AWS refused or failed"),
    (AwsUnavailable("timed out"), 503, "AWS refused or failed"),
    (ValkeyUnavailable("refused"), 503, "Valkey is unavailable"),
    (PostgresUnavailable("refused"), 503, "PostgreSQL is unavailable"),
    (KeyError("ours"), 500, "unexpected error"),
]


class Failing(NoServers):
    failure: Exception

    @property
    def runs(self) -> Any:
        raise self.failure


class Logs:
    """CloudWatch Logs with what the API has written."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def get_paginator(self, operation: str) -> "Logs":
        self._operation = operation
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        if self._operation == "filter_log_events":
            yield {"events": [{"timestamp": n, "message": line} for n, line in enumerate(self._lines)]}
        elif asked["logGroupNamePrefix"].startswith("/aws/lambda"):
            yield {"logGroups": [{"logGroupName": "/aws/lambda/p09-local-api"}]}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the logger of ``functions.api.handler`` writes, through which its children do."""
    stream = io.StringIO()
    handler: Any = Logger(service=problems.logger.service).registered_handler
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


@pytest.fixture
def services() -> Any:
    return services_of("api", Failing)


@pytest.mark.parametrize(("failure", "status", "said"), FAILURES, ids=lambda one: type(one).__name__)
def test_what_fails_in_a_request_is_logged_under_its_id_and_in_its_story(
    services: Any, log: io.StringIO, capsys: pytest.CaptureFixture[str], failure: Exception, status: int, said: str
) -> None:
    services.failure = failure
    answer = TestClient(create_app(services), raise_server_exceptions=False).get(PATH, headers=SIGNED_IN)
    assert answer.status_code == status
    request_id = answer.headers["x-request-id"]
    [line] = [one for one in map(json.loads, log.getvalue().splitlines()) if one["message"] == said]
    assert line["request_id"] == request_id
    capsys.readouterr()
    assert tell(Logs(log.getvalue()), request_id, 0) >= 1
    assert said in capsys.readouterr().out


def test_requests_at_the_same_time_do_not_take_each_others_ids(services: Any, log: io.StringIO) -> None:
    services.failure = ValkeyUnavailable("refused")
    client = TestClient(create_app(services), raise_server_exceptions=False)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.get(PATH, headers=SIGNED_IN), range(40)))
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    logged = [line["request_id"] for line in lines if line["message"] == "Valkey is unavailable"]
    assert sorted(logged) == sorted(answer.headers["x-request-id"] for answer in answers)


def test_what_is_logged_outside_of_requests_has_no_id(services: Any, log: io.StringIO) -> None:
    services.failure = ValkeyUnavailable("refused")
    TestClient(create_app(services), raise_server_exceptions=False).get(PATH, headers=SIGNED_IN)
    problems.logger.info("afterwards")
    [line] = [one for one in map(json.loads, log.getvalue().splitlines()) if one["message"] == "afterwards"]
    assert "request_id" not in line
