import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.front_door.edge import LOG_GROUP
from scripts.p09.request_story import tell

WORKER = "/aws/lambda/p09-local-ingest-worker"
LOGS: dict[str, list[tuple[int, dict[str, Any]]]] = {
    LOG_GROUP: [(1000, {"requestId": "r-1", "method": "POST", "path": "/v1/events", "status": 202})],
    "/aws/lambda/p09-local-api": [
        (900, {"level": "INFO", "message": "request", "request_id": "r-1", "route": "/v1/events"}),
        (901, {"level": "INFO", "message": "request", "request_id": "r-2", "route": "/health"}),
    ],
    WORKER: [(2000, {"message": "stored", "request_ids": ["r-0", "r-1"]})],
}


class FakeLogs:
    """Answers as CloudWatch Logs does where its filters are understood by nobody: with everything."""

    def get_paginator(self, operation: str) -> "FakeLogs":
        self._operation = operation
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        if self._operation == "describe_log_groups":
            names = [name for name in LOGS if name.startswith(asked["logGroupNamePrefix"])]
            yield {"logGroups": [{"logGroupName": name} for name in names]}
        else:
            assert asked["filterPattern"].startswith('"')
            found = LOGS[asked["logGroupName"]]
            yield {"events": [{"timestamp": at, "message": json.dumps(content)} for at, content in found]}


def test_a_requests_story_goes_from_the_gateway_to_the_worker_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(FakeLogs(), "r-1", 0) == 3
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["api", "gateway", "ingest-worker"]
    assert "route=/v1/events" in lines[0]
    assert "status=202" in lines[1]
    assert lines[2].endswith("stored with 1 other requests")


def test_an_unknown_request_has_no_story(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(FakeLogs(), "r-9", 0) == 0
    assert capsys.readouterr().out == ""
