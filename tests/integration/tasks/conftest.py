import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from moto import mock_aws

from shared.events.event import Event
from shared.platform.aws import (
    s3,  # noqa: F401 -- boto3 is there before moto begins
    signed,
)
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.moments import stamp
from shared.platform.outbox import waiting
from shared.platform.send_outbox import send_all
from shared.platform.settings import aws_settings
from shared.runbook.run import Run, Verdict
from shared.runbook.store import RunStore
from tests.integration.aws import BUS, NAMESPACE, REGION, TABLE, Aws, make_resources
from tests.servers import HOST

CANARY = "p09-test-canary"
PIPELINE = "p09-test-pipeline"
VALKEY = "p09-test-valkey"
TWO = datetime(2026, 11, 24, 2, tzinfo=UTC)


class FakeContext:
    """Of an invocation that has five minutes left."""

    def get_remaining_time_in_millis(self) -> int:
        return 300_000


@dataclass
class World:
    """AWS in moto; the functions as Lambda runs them. ``down`` are services of AWS that do not answer."""

    aws: Aws
    table: Table
    down: set[str]
    sent: list[Event]
    monkeypatch: pytest.MonkeyPatch

    def function(self, name: str, **settings: str) -> ModuleType:
        module = importlib.import_module(f"functions.{name}.handler")
        # A module lives longer than a test: what it keeps is made anew.
        self.monkeypatch.setattr(module, "settings", replace(module.settings, **settings))
        return module

    def run(self, module: ModuleType, task: str, at: datetime = TWO) -> Run:
        """The task at its time; returns the record that it left."""
        module.handler({"task": task, "scheduled_time": stamp(at)}, FakeContext())
        run = RunStore(self.table).get(task, f"{task}-{at:%Y%m%dT%H%M%SZ}")
        assert run is not None
        self.send()
        return run

    def send(self) -> None:
        """What the stream has the outbox send."""
        send_all(self.table, waiting(self.table), self.sent.append)

    def put_secret(self, name: str, value: dict[str, Any] | str) -> None:
        text = value if isinstance(value, str) else json.dumps(value)
        client = self.aws.client("secretsmanager")
        try:
            client.create_secret(Name=name, SecretString=text)
        except client.exceptions.ResourceExistsException:
            client.put_secret_value(SecretId=name, SecretString=text)

    def post(self, scheme: str, host: str, payload: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        if headers["x-amz-target"].partition(".")[0] in self.down:
            raise TimeoutError("timed out")
        return self.aws.post(scheme, host, payload, headers)


def never_green(run: Run, *expected: Verdict) -> str:
    """The reason of a verdict that is one of those expected, and told as such."""
    assert run.finding is not None
    assert run.finding.verdict in expected, run.finding
    assert run.finding.verdict is not Verdict.PASSED
    assert run.finding.why
    return run.finding.why


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    environment = {
        "STAGE": "test", "OPERATIONS_TABLE_NAME": TABLE, "EVENT_BUS_NAME": BUS, "METRICS_NAMESPACE": NAMESPACE,
        "APP_URL": "", "API_URL": "", "CANARY_SECRET_ARN": CANARY, "PIPELINE_SECRET_ARN": PIPELINE, "GITHUB_URL": "",
        "VALKEY_HOST": HOST, "VALKEY_PORT": "1", "VALKEY_TLS": "false", "VALKEY_SECRET_ARN": VALKEY,
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION,
    }  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        aws = Aws()
        make_resources(aws)
        world = World(aws, Table(signed_call(aws_settings), TABLE), set(), [], monkeypatch)
        monkeypatch.setattr(signed, "_post", world.post)
        yield world
