import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from local.api import Api
from scripts.p09 import day as module
from scripts.p09.main import app
from scripts.p09.runbook import exit_code
from scripts.p09.session import Session

run = CliRunner().invoke
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%d")
ROW = {
    "id": "redis_memory", "title": "Redis", "responsible": "Backend Engineer", "tooling": "redis-cli", "hour": 12,
    "weekday": None, "grace_seconds": 900, "due_at": f"{YESTERDAY}T12:00:00Z", "state": "failed", "manual_runs": [],
    "run": {"id": "redis_memory-1", "kind": "played", "by": "", "reason": "", "why": "81% [sic] used.", "state": "failed",
            "finished_at": f"{YESTERDAY}T12:00:03Z"},
}  # fmt: skip


class Busy(Exception):
    pass


class Gone(Exception):
    pass


class Aws:
    """Scheduler and Lambda in one; ``answers`` by the hour of a call."""

    class exceptions:  # noqa: N801 -- as boto3's clients have it
        TooManyRequestsException = Busy
        ResourceNotFoundException = Gone

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.busy = 2
        self.failing = ""

    def get_paginator(self, _name: str) -> "Aws":
        return self

    def paginate(self, **_asked: str) -> list[dict[str, Any]]:
        return [{"Schedules": [{"Name": "p09-local-hourly"}]}]

    def get_schedule(self, **_asked: str) -> dict[str, Any]:
        target = {"Arn": "arn:aws:lambda:::f", "Input": '{"scheduled_time": "<aws.scheduler.scheduled-time>"}'}
        return {"Name": "p09-local-hourly", "State": "ENABLED", "ScheduleExpression": "rate(1 hour)",
                "CreationDate": datetime(2026, 1, 1, tzinfo=UTC), "Target": target}  # fmt: skip

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 -- boto3's own names
        assert FunctionName == "arn:aws:lambda:::f"
        if self.busy:
            self.busy -= 1
            raise Busy
        self.events.append(json.loads(Payload))
        if self.failing in self.events[-1]["scheduled_time"] and self.failing:
            error = {"errorType": "AwsUnavailable", "errorMessage": "no answer"}
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(error).encode())}
        return {"Payload": io.BytesIO(b"{}")}


class Answers(Api):
    def __init__(self) -> None:
        super().__init__("http://unused")

    def get(self, path: str, **parameters: str) -> Any:
        assert path == "/v1/runbook"
        return {
            "date": parameters["date"],
            "now": f"{YESTERDAY}T23:59:00Z",
            "tasks": [ROW],
            "schedules": [],
            "components": [],
        }


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    aws = Aws()
    monkeypatch.setattr(module, "aws_client", lambda _name, _endpoint: aws)
    monkeypatch.setattr(module, "_SECONDS_BETWEEN", 0)
    monkeypatch.setattr(Session, "system", lambda _self: {"aws_endpoint": "", "url": ""})
    monkeypatch.setattr(Session, "operations", lambda _self, _role: Answers())
    return aws


def test_a_day_is_played_from_its_first_hour_to_its_last_and_shown(aws: Aws) -> None:
    done = run(app, ["day", "--date", YESTERDAY])
    assert done.exit_code == 0, done.output
    assert [event["scheduled_time"] for event in aws.events] == [f"{YESTERDAY}T{hour:02}:00:00Z" for hour in range(24)]
    assert "24 invocations of 1 schedules, 0 failed" in done.output
    assert "Played. 81% [sic] used." in done.output
    assert all(event["played"] for event in aws.events)


def test_what_failed_is_named_with_its_time_and_the_rest_is_played(aws: Aws) -> None:
    aws.failing = "T07:"
    done = run(app, ["day", "--date", YESTERDAY, "--json"])
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert report["failures"] == [{"at": "07:00", "schedule": "p09-local-hourly", "error": "AwsUnavailable: no answer"}]
    assert len(aws.events) == 24


def test_a_function_that_stays_busy_is_a_failure(aws: Aws) -> None:
    aws.busy = 10_000
    done = run(app, ["day", "--date", YESTERDAY, "--json"])
    assert done.exit_code == 1
    assert "concurrency" in json.loads(done.stdout)["failures"][0]["error"]


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("days", [0, 1, 400])
def test_a_day_that_is_not_over_is_refused_with_the_latest_that_is(days: int) -> None:
    date = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%d")
    done = run(app, ["day", "--date", date])
    assert done.exit_code == 2
    assert "is not over" in done.output


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("passed", 0),
        ("failed", 1),
        ("timed out", 1),
        ("missed", 1),
        ("unconfigured", 3),
        ("running", 4),
        ("requested", 4),
    ],
)
def test_each_verdict_has_its_exit_code(state: str, code: int) -> None:
    assert exit_code(state) == code
