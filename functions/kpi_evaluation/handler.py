"""Evaluates the KPIs every five minutes. A run that is repeated changes nothing."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aws_lambda_powertools.logging import Logger

from functions.kpi_evaluation.settings import Settings
from shared.calendar.store import CalendarStore
from shared.incidents.store import IncidentStore
from shared.kpi.edge import Metric
from shared.kpi.run_evaluation import Ports, Ran, look, run_evaluation
from shared.kpi.signals.cloudwatch import CloudWatchSignals, signed_get_metric_data
from shared.kpi.signals.port import Shape, Signals
from shared.kpi.store import KpiStore
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.metrics import put_points, signed_put_metric_data
from shared.platform.settings import aws_settings, load
from shared.runbook.load import the_runbook
from shared.together.maintenances import exclusions

logger = Logger()
settings = load(Settings)
table = Table(signed_call(aws_settings), settings.operations_table_name)
incidents = IncidentStore(table)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """``look``: somebody asks how it is now, between two evaluations. ``played``: a past day is played, whose decisions stand."""
    now = datetime.fromisoformat(event["scheduled_time"]) if "scheduled_time" in event else datetime.now(UTC)
    ran = _run(event, now)
    report = asdict(ran) | {"at": ran.at.isoformat()}
    logger.info("done", extra=report)
    return report


def _run(event: dict[str, Any], now: datetime) -> Ran:
    if event.get("played"):
        return Ran(outcome="played", at=now)
    return look(the_runbook(), _ports(), now) if event.get("look") else run_evaluation(the_runbook(), _ports(), now)


def _ports() -> Ports:
    return Ports(
        store=KpiStore(table),
        signals=_signals(),
        publish=_publish,
        exclusions=partial(exclusions, CalendarStore(table)),
        incidents=lambda span: incidents.count_impacting(span.start, span.end),
    )


def _signals() -> Signals:
    shape = Shape.of(the_runbook())
    if settings.prometheus_url:
        from shared.kpi.signals.prometheus import PrometheusSignals

        return PrometheusSignals(settings.prometheus_url, shape)
    return CloudWatchSignals(signed_get_metric_data(aws_settings), settings.metrics_namespace, shape)


def _publish(at: datetime, metrics: Sequence[Metric]) -> None:
    points = [(metric.name, metric.dimensions, metric.value) for metric in metrics]
    put_points(signed_put_metric_data(aws_settings), settings.metrics_namespace, at, points)
