"""Dashboard P09-Operations: the KPIs as the runbook's data draw them, below them what only a stage knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.constructs import stream_signals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.constructs.platform import Platform

Widget = dict[str, Any]
COLUMNS = 24
HEIGHT = 6
MINUTE, FIVE_MINUTES, SIX_HOURS = 60, 300, 21600
PERCENTILES = ("p50", "p95", "p99")
HTTP = ("collect", "query", "api")
# Those whose log has a line of each run; that of `collect` keeps what went wrong.
REPORTED = ("query", "api")
TASKS = ("kpi_evaluation",)
ERRORS_BY_ROUTE = "filter status >= 500 | stats count(*) as errors by method, path | sort errors desc | limit 20"
COLD_STARTS = (
    'filter @type = "REPORT" and ispresent(@initDuration) '
    "| stats count(*) as cold_starts, max(@initDuration) as slowest_ms by bin(5m)"
)
# Estimated charges of the account are published there, whatever the region that they come from.
BILLING_REGION = "us-east-1"


class OperationsDashboard(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, platform: Platform, api_id: str) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        self._region = Stack.of(self).region
        body = platform.monitoring.dashboard(self._region)
        top = max(widget["y"] + widget["height"] for widget in body["widgets"])
        body["widgets"] += _placed(self._rows(api_id), top)
        cloudwatch.CfnDashboard(
            self,
            "Dashboard",
            dashboard_name=platform.stage.dashboard,
            dashboard_body=Stack.of(self).to_json_string(body),
        )

    def _rows(self, api_id: str) -> Iterator[list[Widget]]:
        yield [self._percentiles(api_id), self._errors_by_route(), self._cold_starts(), self._crashes()]
        yield self._stream()
        yield [*self._postgres(), *self._valkey()]
        yield [self._tasks(), self._gave_up(), self._cost()]

    def _percentiles(self, api_id: str) -> Widget:
        lines = [["AWS/ApiGateway", "Latency", "ApiId", api_id, {"stat": one, "label": one}] for one in PERCENTILES]
        return self._graph("Latency percentiles (ms)", lines, stat="p95")

    def _errors_by_route(self) -> Widget:
        group = self._platform.stage.access_log_group()
        return self._log("Errors by route", group, query=ERRORS_BY_ROUTE, view="table")

    def _cold_starts(self) -> Widget:
        return self._log("Cold starts of api and query", *self._log_groups(REPORTED), query=COLD_STARTS, view="bar")

    def _crashes(self) -> Widget:
        lines = [self._own(metric) for metric in self._platform.monitoring.function_log_filters(as_json=False)]
        return self._graph("Crashes, timeouts, out of memory, failed starts", lines, stat="Sum")

    def _stream(self) -> list[Widget]:
        stored = [self._own(stream_signals.STORED), self._own(stream_signals.REPEATED)]
        return [
            self._graph("Stream length", [self._own(stream_signals.LENGTH)], stat="Maximum", period=MINUTE),
            self._graph(
                "Oldest entry that waits (s)", [self._own(stream_signals.OLDEST)], stat="Maximum", period=MINUTE
            ),
            self._graph("Drain rate (events per minute)", stored, stat="Sum", period=MINUTE),
            self._graph("Dead letters", [self._own(stream_signals.DEAD_LETTERS)], stat="Maximum", period=MINUTE),
        ]

    def _postgres(self) -> list[Widget]:
        cluster = ("DBClusterIdentifier", self._platform.stage.physical_name("postgres"))
        load = [["AWS/RDS", metric, *cluster] for metric in ("CPUUtilization", "ACUUtilization")]
        work = [["AWS/RDS", metric, *cluster] for metric in ("DatabaseConnections", "Deadlocks")]
        return [
            self._graph("PostgreSQL: load (%)", load, stat="Maximum"),
            self._graph("PostgreSQL: connections, deadlocks", work, stat="Maximum"),
        ]

    def _valkey(self) -> list[Widget]:
        # The name that ElastiCache gives to the primary of the only shard.
        node = ("CacheClusterId", self._platform.stage.physical_name("valkey-0001-001"))
        memory = [["AWS/ElastiCache", "DatabaseMemoryUsagePercentage", *node]]
        limit = self._platform.monitoring.runbook["tasks"]["redis_memory"]["below_percent"]
        work = [["AWS/ElastiCache", metric, *node] for metric in ("EngineCPUUtilization", "CurrConnections")]
        return [
            self._graph("Valkey: memory (%)", memory, stat="Maximum", limit=limit),
            self._graph("Valkey: engine CPU (%), connections", work, stat="Maximum"),
        ]

    def _tasks(self) -> Widget:
        lines = [
            ["AWS/Lambda", metric, "FunctionName", self._platform.stage.physical_name(task)]
            for task in TASKS
            for metric in ("Invocations", "Errors")
        ]
        return self._graph("Task results", lines, stat="Sum")

    def _gave_up(self) -> Widget:
        lines = [
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", f"{name}-failures"]
            for name in map(self._platform.stage.physical_name, (*HTTP, "ingest_worker", *TASKS))
        ]
        return self._graph("Events that functions gave up on", lines, stat="Maximum")

    def _cost(self) -> Widget:
        line = ["AWS/Billing", "EstimatedCharges", "Currency", "USD"]
        widget = self._graph("Cost of the account this month (USD)", [line], stat="Maximum", period=SIX_HOURS)
        widget["properties"]["region"] = BILLING_REGION
        return widget

    def _own(self, metric: str) -> list[Any]:
        return [self._platform.monitoring.namespace, metric]

    def _graph(
        self, title: str, metrics: list[list[Any]], *, stat: str, period: int = FIVE_MINUTES, limit: float | None = None
    ) -> Widget:
        properties: dict[str, Any] = {
            "title": title,
            "region": self._region,
            "view": "timeSeries",
            "stat": stat,
            "period": period,
            "metrics": metrics,
        }
        if limit is not None:
            properties["annotations"] = {"horizontal": [{"label": "target", "value": limit}]}
        return {"type": "metric", "properties": properties}

    def _log_groups(self, functions: Iterable[str]) -> list[str]:
        return [self._platform.stage.log_group(one) for one in functions]

    def _log(self, title: str, *log_groups: str, query: str, view: str) -> Widget:
        sources = "".join(f"SOURCE '{group}' | " for group in log_groups)
        properties = {"title": title, "region": self._region, "view": view, "query": f"{sources}{query}"}
        return {"type": "log", "properties": properties}


def _placed(rows: Iterator[list[Widget]], top: int) -> Iterator[Widget]:
    for row, widgets in enumerate(rows):
        width = COLUMNS // len(widgets)
        for column, widget in enumerate(widgets):
            place = {"x": column * width, "y": top + row * HEIGHT, "width": width, "height": HEIGHT}
            yield {**place, **widget}
