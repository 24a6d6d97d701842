"""What AWS publishes by itself at the edge: the API's access log, and the metrics that metric filters make of it.

MiniStack writes no access log and evaluates no metric filter. A filter counts what the client saw: 1 for each request that
belongs to a metric and, as its default value, 0 for those that do not. Adding them up before they are put gives the same sums.
"""

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import aws_client
from shared.kpi.edge import NAMESPACE, is_long, request_metrics
from shared.runbook.load import the_runbook

STAGE_NAMESPACE = f"{NAMESPACE}local"
LOG_GROUP = "/aws/vendedlogs/p09-local-api-access"
LOG_STREAM = "front-door"
_MOST_LINES = 5_000  # of one put: CloudWatch takes 10,000, and a laptop needs no more


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A request of the API, as its client saw it. ``injected`` names the faults of `p09 chaos` in it."""

    request_id: str
    method: str
    path: str
    status: int
    seconds: float
    injected: str = ""
    at: float = field(default_factory=time.time)

    @property
    def milliseconds(self) -> int:
        """Whole ones, rounded as the access log does."""
        return round(self.seconds * 1000)


class Edge:
    """Collects requests; ``flush`` publishes them. What the local AWS does not take is kept for the next time."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        long = the_runbook().kpis.long_latency
        self._metrics = tuple(request_metrics(the_runbook().slices.latency_bounds_ms, long.target_ms))
        self._long_routes = long.routes
        self._sums: dict[int, Counter[str]] = {}
        self._lines: list[Answered] = []

    def count(self, answered: Answered) -> None:
        minute = int(answered.at) // 60 * 60
        sums = self._sums.setdefault(minute, Counter({metric.name: 0 for metric in self._metrics}))
        long = is_long(answered.path, self._long_routes)
        for metric in self._metrics:
            sums[metric.name] += metric.counts(answered.status, answered.milliseconds, is_long=long)
        if len(self._lines) < _MOST_LINES:
            self._lines.append(answered)

    def flush(self) -> None:
        """Blocks; for a thread of its own."""
        sums, self._sums = self._sums, {}
        lines, self._lines = self._lines, []
        try:
            for minute, counts in sums.copy().items():
                self._put(minute, counts)
                del sums[minute]
        except (BotoCoreError, ClientError):
            self._keep(sums)
        self._log(lines)

    def _put(self, minute: int, counts: Counter[str]) -> None:
        data = [
            {"MetricName": name, "Timestamp": minute, "Value": float(value), "Unit": "Count"}
            for name, value in counts.items()
        ]
        aws_client("cloudwatch", self._endpoint).put_metric_data(Namespace=STAGE_NAMESPACE, MetricData=data)

    def _keep(self, sums: dict[int, Counter[str]]) -> None:
        for minute, counts in sums.items():
            kept = self._sums.setdefault(minute, Counter())
            kept.update(counts)

    def _log(self, lines: list[Answered]) -> None:
        """A line that is lost is missed by a person who looks for it, not by a count."""
        if not lines:
            return
        client = aws_client("logs", self._endpoint)
        events = [
            {"timestamp": int(line.at * 1000), "message": json.dumps(line_of(line))}
            for line in sorted(lines, key=lambda line: line.at)
        ]
        try:
            self._ensure_stream(client)
            client.put_log_events(logGroupName=LOG_GROUP, logStreamName=LOG_STREAM, logEvents=events)
        except (BotoCoreError, ClientError):
            return

    def _ensure_stream(self, client: Any) -> None:
        try:
            client.create_log_stream(logGroupName=LOG_GROUP, logStreamName=LOG_STREAM)
        except client.exceptions.ResourceAlreadyExistsException:
            return


def published(endpoint: str, metric: str, since: datetime) -> float:
    """What has been published of a metric since a moment a few minutes ago."""
    points = aws_client("cloudwatch", endpoint).get_metric_statistics(
        Namespace=STAGE_NAMESPACE, MetricName=metric, Statistics=["Sum"], Period=60,
        StartTime=since - timedelta(minutes=2), EndTime=since + timedelta(minutes=10),
    )["Datapoints"]  # fmt: skip
    return float(sum(point["Sum"] for point in points))


def line_of(answered: Answered) -> dict[str, Any]:
    """In the words of the access log's format."""
    return {
        "requestId": answered.request_id,
        "method": answered.method,
        "path": answered.path,
        "status": answered.status,
        "responseLatency": answered.milliseconds,
        **({"injected": answered.injected} if answered.injected else {}),
    }
