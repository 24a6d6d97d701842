import asyncio
import importlib
import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from bench.http_event import http_event
from shared.http.services import Services
from shared.platform.valkey import ValkeyUnavailable


class Down:
    def __get__(self, _services: object, _kind: object) -> Any:
        raise ValkeyUnavailable("none in unit tests")


@pytest.fixture
def _own_event_loop() -> Iterator[None]:
    """Mangum takes the thread's event loop, makes one if there is none, and never closes it: Lambda's environment ends first."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.mark.parametrize(
    ("function", "method", "path", "status"),
    [("collect", "POST", "/v1/events", 401), ("query", "POST", "/v1/query", 401), ("api", "GET", "/health", 200)],
)
@pytest.mark.usefixtures("_own_event_loop")
def test_every_request_leaves_a_line_in_the_log_under_its_id(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    function: str, method: str, path: str, status: int,
) -> None:  # fmt: skip
    for field in fields(importlib.import_module(f"functions.{function}.settings").Settings):
        monkeypatch.setenv(field.name.upper(), "")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "under-test")
    monkeypatch.setattr(Services, "telemetry_valkey", Down())
    handler = importlib.import_module(f"functions.{function}.handler").handler
    event = http_event(method, path)
    answer = handler(event, None)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    [line] = [line for line in lines if line["message"] == "request"]
    assert line["request_id"] == event["requestContext"]["requestId"] == answer["headers"]["x-request-id"]
    assert (line["route"], line["status"]) == (path, status)
