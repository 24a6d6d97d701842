"""Grafana's dashboard P09-Operations: KPIs, budgets, burn-down, traffic, latency, errors, ingest, probes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from scripts.generate.alerts import number
from scripts.generate.queries import (
    EDGE_ERRORS,
    EDGE_LATENCY,
    EDGE_REQUESTS,
    ERRORS,
    LATENCY,
    REQUESTS,
    allowed,
    bad,
    quantile,
    recorded,
    samples,
)
from shared.kpi.objectives import Objective, objectives
from shared.kpi.timeline import HOUR
from shared.kpi.why import percent, target_text
from shared.runbook.fields import duration_text
from shared.runbook.model import Runbook

_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_COLUMNS: Final = 24
_GOOD, _BAD, _WARN = "green", "red", "orange"
_BUDGET_SHARE: Final = 100


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A panel with its queries (legend → PromQL). ``steps`` are thresholds: from a value on, a colour."""

    title: str
    kind: str
    queries: dict[str, str]
    unit: str
    about: str
    width: int
    height: int = 8
    steps: tuple[tuple[float | None, str], ...] = ((None, _GOOD),)


def dashboard(runbook: Runbook) -> str:
    """monitoring/grafana/P09-Operations.json."""
    name = f"{runbook.service.name}-Operations"
    return _json(
        {
            "uid": name.lower(),
            "title": name,
            "description": "Generated from shared/runbook.toml by `make generate`: change it there.",
            "tags": ["p09", "runbook"],
            "schemaVersion": 39,
            "editable": False,
            "timezone": "utc",
            "refresh": "1m",
            "time": {"from": "now-6h", "to": "now"},
            "templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]},
            "links": [{"title": "Runbook", "type": "link", "url": runbook.service.runbook_url, "targetBlank": True}],
            "panels": list(_placed(_rows(runbook))),
        }
    )


def _rows(runbook: Runbook) -> Iterator[tuple[str, list[Panel]]]:
    availability, latency, error_rate, long_latency = objectives(runbook)
    yield "KPIs", [
        _availability(runbook, availability), _p95(latency), _long(long_latency), _error_rate(error_rate), _firing(),
    ]  # fmt: skip
    budgeted = [objective for objective in objectives(runbook) if objective.pairs]
    yield "Error budgets", [*(_remaining(runbook, one) for one in budgeted), _burn_down(runbook, budgeted)]
    yield "Burn rates", [_burn_rates(one, _COLUMNS // len(budgeted)) for one in budgeted]
    yield "Traffic", [_traffic(), _latency(latency), _errors_by_route()]
    yield "Ingest", [_ingest(), _stream(), _age(runbook), _dead_letters(runbook)]
    yield "Probes", [_probes(), _up()]


def _availability(runbook: Runbook, objective: Objective) -> Panel:
    target = float(objective.target)
    period = runbook.burn_rates.period
    return Panel(
        title=f"Availability, last {duration_text(period)}", kind="stat", unit="percentunit", width=5, height=5,
        queries={"good": f"1 - {bad(objective, period)} / ({samples(objective, period)} > 0)"},
        steps=((None, _BAD), (target, _GOOD)),
        about=f"Target: {target_text(objective)}. The calendar month is judged by the evaluator: see the console.",
    )  # fmt: skip


def _p95(objective: Objective) -> Panel:
    return Panel(
        title=f"p{number(objective.target * _BUDGET_SHARE)}, last hour", kind="stat", unit="s", width=5, height=5,
        queries={"p": quantile(float(objective.target), "1h", EDGE_LATENCY)},
        steps=_limit(Fraction(objective.within_ms or 0, 1000)),
        about=f"Interpolated in its bucket. Target: {target_text(objective)}.",
    )  # fmt: skip


def _long(objective: Objective) -> Panel:
    return Panel(
        title="Long routes, last hour", kind="stat", unit="percentunit", width=5, height=5,
        queries={"within": f"1 - {bad(objective, HOUR)} / ({samples(objective, HOUR)} > 0)"},
        steps=((None, _BAD), (float(objective.target), _GOOD)), about=f"Target: {target_text(objective)}.",
    )  # fmt: skip


def _error_rate(objective: Objective) -> Panel:
    return Panel(
        title="5xx, last hour", kind="stat", unit="percentunit", width=5, height=5,
        queries={"5xx": f"{bad(objective, HOUR)} / ({samples(objective, HOUR)} > 0)"},
        steps=_limit(1 - objective.target), about=f"Target: {target_text(objective)}.",
    )  # fmt: skip


def _firing() -> Panel:
    return Panel(
        title="Alerts that fire", kind="stat", unit="none", width=4, height=5, steps=((None, _GOOD), (1, _BAD)),
        queries={"firing": 'count(ALERTS{alertname=~"P09.+", alertstate="firing"}) or vector(0)'},
        about="Each alert's description says what to do and links to the runbook.",
    )  # fmt: skip


def _left(runbook: Runbook, objective: Objective) -> str:
    return f"1 - {recorded('bad_ratio', objective, runbook.burn_rates.period)} / {allowed(objective)}"


def _remaining(runbook: Runbook, objective: Objective) -> Panel:
    warn = float(runbook.tasks.error_budget_review.minimum_remaining_percent / _BUDGET_SHARE)
    return Panel(
        title=f"{objective.title}: budget left", kind="stat", unit="percentunit", width=4,
        queries={"left": _left(runbook, objective)}, steps=((None, _BAD), (0, _WARN), (warn, _GOOD)),
        about=f"{percent(1 - objective.target)} of {duration_text(runbook.burn_rates.period)}'s requests may be bad. "
        "Below 0 more were bad than may be.",
    )  # fmt: skip


def _burn_down(runbook: Runbook, budgeted: list[Objective]) -> Panel:
    return Panel(
        title="Error budget burn-down", kind="timeseries", unit="percentunit", width=_COLUMNS - 4 * len(budgeted),
        queries={one.title: _left(runbook, one) for one in budgeted}, steps=((None, _BAD), (0, _GOOD)),
        about=f"What is left of the budget of the last {duration_text(runbook.burn_rates.period)}.",
    )  # fmt: skip


def _burn_rates(objective: Objective, width: int) -> Panel:
    lengths = sorted({end for pair in objective.pairs for end in (pair.long, pair.short)})
    factors = sorted({pair.factor for pair in objective.pairs})
    return Panel(
        title=f"{objective.title}: burn rates", kind="timeseries", unit="none", width=width,
        queries={duration_text(one): f"{recorded('bad_ratio', objective, one)} / {allowed(objective)}" for one in lengths},
        steps=((None, _GOOD), *((float(factor), _BAD) for factor in factors)),
        about="1 spends the budget exactly in its period. Alerts: " + ", ".join(
            f"{number(pair.factor)} over {duration_text(pair.long)} and {duration_text(pair.short)} ({pair.severity})"
            for pair in objective.pairs
        ) + ".",
    )  # fmt: skip


def _traffic() -> Panel:
    return Panel(
        title="Requests", kind="timeseries", unit="reqps", width=8,
        about="By status, as functions answered; and at the edge, where every answer counts, also that of no function.",
        queries={
            "{{status}}": f"sum by (status) (rate({REQUESTS}[5m]))",
            "at the edge": f"rate({EDGE_REQUESTS}[5m])",
            "5xx at the edge": f"rate({EDGE_ERRORS}[5m])",
        },
    )  # fmt: skip


def _latency(objective: Objective) -> Panel:
    return Panel(
        title="Latency percentiles", kind="timeseries", unit="s", width=8,
        queries={f"p{share * 100:g}": quantile(share) for share in (0.5, 0.95, 0.99)},
        steps=_limit(Fraction(objective.within_ms or 0, 1000)), about=f"Of {LATENCY}, interpolated in their buckets.",
    )  # fmt: skip


def _errors_by_route() -> Panel:
    routes = "sum by (method, route)"
    return Panel(
        title="5xx by route", kind="timeseries", unit="reqps", width=8,
        about="What functions answered. Timeouts and throttles: at the edge.",
        queries={"{{method}} {{route}}": f"{routes} (rate({ERRORS}[5m]))"},
    )  # fmt: skip


def _ingest() -> Panel:
    return Panel(
        title="Events", kind="timeseries", unit="cps", width=8, about="Accepted means durable in the stream.",
        queries={name: f"rate(p09_events_{name}_total[5m])" for name in ("accepted", "stored", "repeated", "rejected")},
    )  # fmt: skip


def _stream() -> Panel:
    return Panel(
        title="Entries that wait", kind="timeseries", unit="none", width=6,
        queries={"entries": "p09_stream_entries"}, about="Length of the stream.",
    )  # fmt: skip


def _age(runbook: Runbook) -> Panel:
    limit = runbook.alerts.stream_waiting.above
    return Panel(
        title="Oldest entry that waits", kind="timeseries", unit="s", width=6, steps=((None, _GOOD), (limit, _BAD)),
        queries={"age": "p09_stream_oldest_age_seconds"}, about=f"Alerts above {limit} s.",
    )  # fmt: skip


def _dead_letters(runbook: Runbook) -> Panel:
    limit = runbook.alerts.dead_letters.above
    return Panel(
        title="Dead letters", kind="stat", unit="none", width=4, steps=((None, _GOOD), (limit + 1, _BAD)),
        queries={"entries": "p09_dead_letter_entries"}, about="Entries that failed five times.",
    )  # fmt: skip


def _probes() -> Panel:
    health = f'{REQUESTS}{{route=~"/health.*"}}'
    return Panel(
        title="Health endpoints", kind="timeseries", unit="reqps", width=16, about="What probes were answered.",
        queries={"{{route}} {{status}}": f"sum by (route, status) (rate({health}[5m])) or vector(0)"},
    )  # fmt: skip


def _up() -> Panel:
    return Panel(
        title="Scrape", kind="timeseries", unit="none", width=8, steps=((None, _BAD), (1, _GOOD)),
        queries={"up": 'up{job="p09"}'}, about="1 while /metrics answers.",
    )  # fmt: skip


def _limit(value: Fraction) -> tuple[tuple[float | None, str], ...]:
    """Green up to and with the limit: a boundary value meets the target."""
    return (None, _GOOD), (float(value) * (1 + 1e-9), _BAD)


def _placed(rows: Iterator[tuple[str, list[Panel]]]) -> Iterator[dict[str, Any]]:
    number_of, top = 1, 0
    for title, panels in rows:
        yield {"id": number_of, "type": "row", "title": title, "collapsed": False, "panels": [],
               "gridPos": {"x": 0, "y": top, "w": _COLUMNS, "h": 1}}  # fmt: skip
        number_of, top, left = number_of + 1, top + 1, 0
        for panel in panels:
            place = {"x": left, "y": top, "w": panel.width, "h": panel.height}
            yield _panel(panel, number_of, place)
            number_of, left = number_of + 1, left + panel.width
        top += max(panel.height for panel in panels)


def _panel(panel: Panel, identity: int, place: dict[str, int]) -> dict[str, Any]:
    steps = [{"color": colour, "value": value} for value, colour in panel.steps]
    lines = panel.kind == "timeseries" and len(steps) > 1
    custom = {"custom": {"thresholdsStyle": {"mode": "line"}}} if lines else {}
    return {
        "id": identity,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {
            "defaults": {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}} | custom,
            "overrides": [],
        },
        "targets": [
            {"refId": chr(ord("A") + n), "datasource": _SOURCE, "expr": query, "legendFormat": legend}
            for n, (legend, query) in enumerate(panel.queries.items())
        ],
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
