"""CloudWatch as data, for infra to create: metric filters and alarms. ``${Stage}`` is what a stage fills in."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

from scripts.generate.alerts import Alert, BurnAlert, burn_alerts, further_alert, number, target_alerts
from shared.kpi.edge import (
    BURN_ALERT,
    ERRORS,
    LATENCY_BEYOND,
    LONG,
    LONG_SLOW,
    NAMESPACE,
    REQUESTS,
    SILENT,
    TIMED,
    RequestMetric,
    latency_metric,
    request_metrics,
)
from shared.kpi.objectives import Objective
from shared.kpi.timeline import DAY, HOUR
from shared.runbook.model import Runbook

STAGE_NAMESPACE: Final = f"{NAMESPACE}${{Stage}}"
_MOST_SUMMED: Final = 8


def _report(condition: str) -> str:
    """A pattern for Lambda's report of a run, of which there is one."""
    return f'{{ $.type = "platform.report" && {condition} }}'


# What a restart of a container is to a function: it crashed, ran out of time or memory, or never started.
# As Lambda writes it in text, and in JSON.
_CRASHES: Final = {
    "FunctionTimeouts": ('"Task timed out after"', _report('$.record.status = "timeout"')),
    "FunctionOutOfMemory": ('"Runtime.OutOfMemory"', _report('$.record.errorType = "Runtime.OutOfMemory"')),
    "FunctionCrashes": ('"Runtime.ExitError"', _report('$.record.errorType = "Runtime.ExitError"')),
    "FunctionInitErrors": (
        '"INIT_REPORT" "Status: error"',
        '{ $.type = "platform.initReport" && $.record.status = "error" }',
    ),
}


def metrics(runbook: Runbook) -> str:
    """Metric filters. The access log is JSON with the *numbers* ``status`` and ``responseLatency`` (milliseconds)."""
    long = runbook.kpis.long_latency
    edge = request_metrics(runbook.slices.latency_bounds_ms, long.target_ms)
    return as_json(
        {
            "namespace": STAGE_NAMESPACE,
            "default_value": 0,
            "access_log_filters": [{"metric": one.name, "pattern": _pattern(one, long.routes)} for one in edge],
            "function_log_filters": [
                {"metric": name, "pattern": text, "json_pattern": as_json} for name, (text, as_json) in _CRASHES.items()
            ],
        }
    )


def alarms(runbook: Runbook) -> str:
    """Metric alarms, and the composites over them that page or open a ticket."""
    simple: list[dict[str, Any]] = [_no_data(runbook), _evaluator_silent(runbook), *_crashes(runbook)]
    composites = []
    for alert in burn_alerts(runbook):
        parts = list(_burn_parts(alert))
        simple += parts
        composites.append(_described(alert) | {"all_of": [part["id"] for part in parts]})
    for target in target_alerts(runbook):
        alarm = _ratio(target.name, target.objective, HOUR, 1 - target.objective.target, judged=True)
        simple.append(_described(target) | alarm)
    return as_json({"namespace": STAGE_NAMESPACE, "metric_alarms": simple, "composite_alarms": composites})


def bad_metrics(objective: Objective) -> tuple[list[str], str]:
    """Metrics and the expression over m0, m1, … and ``requests`` for the number of bad requests.

    An alarm takes ten metrics at most: slow buckets are added up if they fit beside the requests and the expression, else those
    on the shorter side of the limit.
    """
    if objective.within_ms is None:
        return [ERRORS], "FILL(m0, 0)"
    if objective.kind == "long_latency":
        return [LONG_SLOW], "FILL(m0, 0)"
    limit = objective.within_ms
    fast = [latency_metric(bound) for bound in objective.latency_bounds_ms if bound <= limit]
    slow = [latency_metric(bound) for bound in objective.latency_bounds_ms if bound > limit] + [LATENCY_BEYOND]
    names = slow if len(slow) <= max(len(fast), _MOST_SUMMED) else fast
    added = " + ".join(f"FILL(m{n}, 0)" for n in range(len(names)))
    return names, f"({added})" if names is slow else f"(requests - ({added}))"


def requests_metric(objective: Objective) -> str:
    """What its bad requests are a share of."""
    return {"latency": TIMED, "long_latency": LONG}.get(objective.kind, REQUESTS)


def as_json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _pattern(metric: RequestMetric, long_routes: Sequence[str]) -> str:
    """The metric as a filter of the access log's lines."""
    terms = []
    if metric.least_status is not None:
        terms.append(f"$.status >= {metric.least_status}")
    if metric.above_ms is not None:
        terms.append(f"$.responseLatency > {metric.above_ms}")
    if metric.up_to_ms is not None:
        terms.append(f"$.responseLatency <= {metric.up_to_ms}")
    if metric.routes == "others":
        terms += [f'$.path != "{route}"' for route in long_routes]
    if metric.routes == "long":
        of_long = " || ".join(f'$.path = "{route}"' for route in long_routes)
        terms.append(f"({of_long})")
    return f"{{ {' && '.join(terms or ['$.status = *'])} }}"


def _burn_parts(alert: BurnAlert) -> Iterator[dict[str, Any]]:
    objective, pair = alert.objective, alert.pair
    limit = pair.factor * (1 - objective.target)
    if pair.long > DAY:  # CloudWatch looks back one day at most: the evaluator judges this pair and says so
        dimensions = {"Kpi": objective.id, "Pair": pair.name}
        alarm = _level(f"{alert.name}Evaluated", BURN_ALERT, dimensions, objective.slice_length, 0)
        # It says so once in a slice, and later than the slice ends: between two of its words the last one holds.
        yield alarm | {"treat_missing_data": "ignore"}
        return
    yield _ratio(f"{alert.name}Long", objective, pair.long, limit, judged=True)
    yield _ratio(f"{alert.name}Short", objective, pair.short, limit, judged=False)


def _ratio(name: str, objective: Objective, window: timedelta, limit: Fraction, *, judged: bool) -> dict[str, Any]:
    names, bad = bad_metrics(objective)
    minimum = objective.minimum_samples if judged else 1
    return {
        "id": name,
        "metrics": {"requests": requests_metric(objective)} | {f"m{n}": metric for n, metric in enumerate(names)},
        "dimensions": {},
        "statistic": "Sum",
        "expression": f"IF(FILL(requests, 0) >= {minimum}, {bad} / requests, 0)",
        "period_seconds": int(window.total_seconds()),
        "evaluation_periods": 1,
        "comparison": "GreaterThanThreshold",
        "threshold": float(number(limit)),
        "treat_missing_data": "notBreaching",
    }


def _level(name: str, metric: str, dimensions: dict[str, str], period: timedelta, above: int) -> dict[str, Any]:
    return {
        "id": name,
        "metrics": {"m0": metric},
        "dimensions": dimensions,
        "statistic": "Maximum",
        "expression": "m0",
        "period_seconds": int(period.total_seconds()),
        "evaluation_periods": 1,
        "comparison": "GreaterThanThreshold",
        "threshold": float(above),
        "treat_missing_data": "notBreaching",
    }


def _no_data(runbook: Runbook) -> dict[str, Any]:
    alarm = _level("P09NoData", REQUESTS, {}, runbook.alerts.no_data.after, 0)
    quiet = {"statistic": "Sum", "expression": "FILL(m0, 0)", "comparison": "LessThanThreshold", "threshold": 1.0}
    return alarm | quiet | {"treat_missing_data": "breaching"} | _described(further_alert(runbook, "no_data"))


def _evaluator_silent(runbook: Runbook) -> dict[str, Any]:
    """The evaluator publishes at every run: that the metric is missing means that nobody judges."""
    alarm = _level("P09EvaluationMissing", SILENT, {}, runbook.alerts.no_data.after, 0)
    told = _described(further_alert(runbook, "no_data"))
    return alarm | {"treat_missing_data": "breaching"} | told | {"id": alarm["id"]}


def _crashes(runbook: Runbook) -> Iterator[dict[str, Any]]:
    alert, source = further_alert(runbook, "crashes"), runbook.alerts.crashes
    for metric in _CRASHES:
        alarm = _level(f"P09{metric}", metric, {}, source.over, source.above)
        yield alarm | {"statistic": "Sum"} | _described(alert) | {"id": alarm["id"], "title": metric}


def _described(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.name,
        "severity": alert.severity,
        "title": alert.title,
        "description": f"{alert.description} {alert.url}",
    }
