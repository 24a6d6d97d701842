"""CloudWatch's dashboard P09-Operations as data. ``${Stage}`` and ``${Region}`` are what a stage fills in."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final, get_args

from scripts.generate.alerts import number
from scripts.generate.cloudwatch import STAGE_NAMESPACE, as_json, bad_metrics, requests_metric
from shared.http.permissions import Function
from shared.kpi.edge import (
    BAD_SHARE,
    BUDGET_REMAINING,
    BURN_RATE,
    ERRORS,
    LATENCY_BEYOND,
    REQUESTS,
    latency_metric,
)
from shared.kpi.objectives import Objective, objectives
from shared.kpi.why import target_text
from shared.runbook.fields import duration_text
from shared.runbook.model import Runbook

_COLUMNS: Final = 24
_HEIGHT: Final = 6
_HTTP: Final = tuple(get_args(Function))
_WORKER: Final = ("ingest-worker",)
_MEASURED: Final = ("Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions")


def dashboard(runbook: Runbook) -> str:
    """monitoring/cloudwatch/P09-Operations.json: the body, beside which infra puts what only a stage knows."""
    return as_json({"start": "-PT6H", "periodOverride": "inherit", "widgets": list(_placed(_rows(runbook)))})


def _rows(runbook: Runbook) -> Iterator[list[dict[str, Any]]]:
    every = objectives(runbook)
    period = runbook.slices.length
    yield [_text(runbook, every)]
    yield [_share(one, period) for one in every]
    yield [_budgets(every, period), *(_burn(one, period) for one in every if one.pairs)]
    traffic = [_metric(REQUESTS), _metric(ERRORS)]
    yield [_graph("Traffic", traffic, "Sum", period), _latency(runbook, period), _slow(runbook, period)]
    for title, functions in (("HTTP functions", _HTTP), ("Worker", _WORKER)):
        yield [_functions(f"{title}: {metric}", functions, metric) for metric in _MEASURED]


def _text(runbook: Runbook, every: tuple[Objective, ...]) -> dict[str, Any]:
    targets = "\n".join(f"- **{one.title}**: {target_text(one)}" for one in every)
    return {"type": "text", "properties": {"markdown": f"[Runbook]({runbook.service.runbook_url})\n\n{targets}"}}


def _share(objective: Objective, period: timedelta) -> dict[str, Any]:
    limit = _line("target", 1 - objective.target)
    return _graph(f"{objective.title}: share of bad requests, {objective.window}",
                  [_metric(BAD_SHARE, ("Kpi", objective.id))], "Maximum", period, limit)  # fmt: skip


def _budgets(every: tuple[Objective, ...], period: timedelta) -> dict[str, Any]:
    left = [_metric(BUDGET_REMAINING, ("Kpi", one.id)) for one in every]
    return _graph("Error budget left", left, "Minimum", period, _line("exhausted", Fraction(0)))


def _burn(objective: Objective, period: timedelta) -> dict[str, Any]:
    lengths = sorted({end for pair in objective.pairs for end in (pair.long, pair.short)})
    rates = [_metric(BURN_RATE, ("Kpi", objective.id), ("Window", duration_text(length))) for length in lengths]
    limits = [
        line for pair in objective.pairs for line in _line(f"{duration_text(pair.long)} {pair.severity}", pair.factor)
    ]
    return _graph(f"{objective.title}: burn rates", rates, "Maximum", period, limits)


def _latency(runbook: Runbook, period: timedelta) -> dict[str, Any]:
    names = [*map(latency_metric, runbook.slices.latency_bounds_ms), LATENCY_BEYOND]
    widget = _graph("Requests by latency", [_metric(name) for name in names], "Sum", period)
    widget["properties"]["stacked"] = True
    return widget


def _slow(runbook: Runbook, period: timedelta) -> dict[str, Any]:
    latency = next(one for one in objectives(runbook) if one.kind == "latency")
    names, bad = bad_metrics(latency)
    hidden = [[*_metric(name), {"id": f"m{n}", "visible": False}] for n, name in enumerate(names)]
    requests = [*_metric(requests_metric(latency)), {"id": "requests", "visible": False}]
    ratio = [{"expression": f"{bad} / requests", "label": f"slower than {latency.within_ms} ms", "id": "slow"}]
    limit = _line("target", 1 - latency.target)
    return _graph("Share of slow requests", [*hidden, requests, ratio], "Sum", period, limit)


def _functions(title: str, functions: Iterable[str], metric: str) -> dict[str, Any]:
    statistic = "Maximum" if metric in {"Duration", "ConcurrentExecutions"} else "Sum"
    names = [["AWS/Lambda", metric, "FunctionName", f"p09-${{Stage}}-{name}"] for name in functions]
    return _graph(title, names, statistic, timedelta(minutes=5))


def _metric(name: str, *dimensions: tuple[str, str]) -> list[Any]:
    return [STAGE_NAMESPACE, name, *(part for dimension in dimensions for part in dimension)]


def _line(label: str, value: Fraction) -> list[dict[str, Any]]:
    return [{"label": label, "value": float(number(value))}]


def _graph(
    title: str, metrics: list[list[Any]], statistic: str, period: timedelta, limits: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    lines = {"annotations": {"horizontal": limits}} if limits else {}
    return {
        "type": "metric",
        "properties": {
            "title": title, "region": "${Region}", "view": "timeSeries", "stat": statistic,
            "period": int(period.total_seconds()), "metrics": metrics,
        } | lines,
    }  # fmt: skip


def _placed(rows: Iterator[list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    for row, widgets in enumerate(rows):
        width = _COLUMNS // len(widgets)
        for column, widget in enumerate(widgets):
            yield {"x": column * width, "y": row * _HEIGHT, "width": width, "height": _HEIGHT} | widget
