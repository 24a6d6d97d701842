import importlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from moto import mock_aws

from shared.kpi.moments import stamp
from shared.kpi.store import KpiStore
from shared.platform import aws as signed
from shared.platform.dynamodb import Table, signed_call
from shared.platform.settings import aws_settings
from tests.integration.kpi.aws import BUCKET, BUS, NAMESPACE, REGION, TABLE, Aws, make_resources


class Evaluator:
    """The function as Lambda runs it."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.store = KpiStore(Table(signed_call(aws_settings), TABLE))
        self._handler = importlib.import_module("functions.kpi_evaluation.handler").handler

    def run(self, at: datetime, task: str = "kpi_evaluation") -> dict[str, Any]:
        report: dict[str, Any] = self._handler({"task": task, "scheduled_time": stamp(at)}, None)
        return report

    def events(self) -> list[str]:
        """Ids of what was sent, each once, in their order."""
        return list(dict.fromkeys(self.store_id(entry) for entry in self.aws.sent))

    @staticmethod
    def store_id(entry: dict[str, Any]) -> str:
        import json

        return str(json.loads(entry["Detail"])["id"])


@pytest.fixture
def evaluator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Evaluator]:
    environment = {
        "STAGE": "test", "OPERATIONS_TABLE_NAME": TABLE, "EVENT_BUS_NAME": BUS, "METRICS_NAMESPACE": NAMESPACE,
        "PROMETHEUS_URL": "", "REPORTS_BUCKET_NAME": BUCKET, "CONSOLE_URL": "https://app.example.com",
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION,
    }  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        aws = Aws()
        make_resources(aws)
        monkeypatch.setattr(signed, "_post", aws.post)
        yield Evaluator(aws)
