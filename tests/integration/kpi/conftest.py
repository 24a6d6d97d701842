import importlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from shared.events.event import Event
from shared.kpi.store import KpiStore
from shared.platform.aws.bus import put_event
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.moments import stamp
from shared.platform.outbox import waiting
from shared.platform.send_outbox import send_all
from shared.platform.settings import aws_settings
from tests.integration.aws import BUCKET, BUS, NAMESPACE, TABLE, Aws, Invocation, aws_in_memory


class Evaluator:
    """The function as Lambda runs it."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.table = Table(signed_call(aws_settings), TABLE)
        self.store = KpiStore(self.table)
        self._handler = importlib.import_module("functions.kpi_evaluation.handler").handler

    def run(self, at: datetime) -> dict[str, Any]:
        """An evaluation, and what the table's stream has the outbox send after it."""
        report: dict[str, Any] = self._handler({"task": "kpi_evaluation", "scheduled_time": stamp(at)}, None)
        send_all(self.table, waiting(self.table), self._send)
        return report

    def look(self, now: datetime) -> dict[str, Any]:
        report: dict[str, Any] = self._handler(
            {"task": "kpi_evaluation", "scheduled_time": stamp(now), "look": True}, None
        )
        return report

    def shown(self) -> tuple[str | None, str]:
        """When what is shown was judged, and the verdict on availability."""
        latest = self.store.latest()
        assert latest
        return latest["evaluated_at"], latest["kpis"][0]["verdict"]

    def review(self, at: datetime) -> dict[str, Any]:
        """The daily review of error budgets."""
        handler = importlib.import_module("functions.error_budget_review.handler").handler
        report: dict[str, Any] = handler({"task": "error_budget_review", "scheduled_time": stamp(at)}, Invocation())
        return report

    @staticmethod
    def _send(event: Event) -> None:
        put_event(aws_settings, BUS, source=event.source, detail_type=event.detail_type, detail=event.detail)

    def events(self) -> list[str]:
        """Ids of what was sent, each once, in their order."""
        return list(dict.fromkeys(self.store_id(entry) for entry in self.aws.sent))

    @staticmethod
    def store_id(entry: dict[str, Any]) -> str:
        import json

        return str(json.loads(entry["Detail"])["id"])


@pytest.fixture
def evaluator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Evaluator]:
    own = {
        "METRICS_NAMESPACE": NAMESPACE, "PROMETHEUS_URL": "", "REPORTS_BUCKET_NAME": BUCKET,
        "CONSOLE_URL": "https://app.example.com",
    }  # fmt: skip
    with aws_in_memory(monkeypatch, **own) as aws:
        yield Evaluator(aws)
