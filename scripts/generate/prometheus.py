"""Prometheus: what to scrape, what to record, when to alert. The same verdicts as the evaluator's, from /metrics."""

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from scripts.generate.alerts import Alert, burn_alerts, further_alert, number, target_alerts
from scripts.generate.queries import (
    EDGE_REQUESTS,
    REQUESTS,
    above,
    allowed,
    bad,
    both,
    enough,
    recorded,
    samples,
    unplanned,
    unplanned_lately,
    windows,
)
from shared.kpi.objectives import objectives
from shared.kpi.timeline import HOUR
from shared.runbook.fields import duration_text
from shared.runbook.model import Runbook

_HEAD: Final = "# Generated from shared/runbook.toml by `make generate`: change it there.\n"


# An empty short window between two evaluations is no recovery.
_JITTER: Final = "2m"


def scrape_config(runbook: Runbook) -> str:
    """monitoring/prometheus/prometheus.yml."""
    source = runbook.prometheus
    interval = duration_text(source.scrape_interval)
    return (
        f"{_HEAD}"
        f"global:\n  scrape_interval: {interval}\n  evaluation_interval: {interval}\n\n"
        "rule_files:\n  - alert-rules.yaml\n\n"
        "alerting:\n  alertmanagers:\n    - static_configs:\n"
        f"        - targets: [{json.dumps(source.alertmanager)}]\n\n"
        "scrape_configs:\n  - job_name: p09\n"
        f"    scheme: {source.scheme}\n    metrics_path: /metrics\n"
        f"    static_configs:\n      - targets: [{json.dumps(source.target)}]\n"
    )


def rules(runbook: Runbook) -> str:
    """monitoring/prometheus/alert-rules.yaml."""
    texts = [*_recordings(runbook), *_burn_rules(runbook), *_target_rules(runbook), *_signal_rules(runbook)]
    # One group: its rules are evaluated in order, so that alerts see the windows of this moment, not of the last.
    return f"{_HEAD}groups:\n  - name: p09\n    rules:\n" + "\n".join(texts)


def _recordings(runbook: Runbook) -> Iterator[str]:
    for objective in objectives(runbook):
        for window in windows(runbook, objective):
            over = duration_text(window)
            yield _record(f"p09:samples{over}", samples(objective, window), objective.id)
            # No traffic gives no ratio: 0/0 would be NaN, and stay in every sum.
            whole = f"({recorded('samples', objective, window)} > 0)"
            ratio = f"{bad(objective, window)} / ignoring (kpi) {whole}"
            yield _record(f"p09:bad_ratio{over}", ratio, objective.id)


def _burn_rules(runbook: Runbook) -> Iterator[str]:
    for alert in burn_alerts(runbook):
        objective, pair = alert.objective, alert.pair
        limit = _limit(pair.factor, 1 - objective.target)
        expression = both(
            above(objective, pair.long, limit), above(objective, pair.short, limit), enough(objective, pair.long)
        )
        yield _alert(alert, expression, evaluated=True)


def _target_rules(runbook: Runbook) -> Iterator[str]:
    for alert in target_alerts(runbook):
        objective = alert.objective
        yield _alert(alert, both(above(objective, HOUR, allowed(objective)), enough(objective, HOUR)), evaluated=True)


def _signal_rules(runbook: Runbook) -> Iterator[str]:
    alerts = runbook.alerts
    silence = f"(sum(increase({EDGE_REQUESTS}[{duration_text(alerts.no_data.after)}])) or vector(0)) == 0"
    restarts = f"sum(resets({REQUESTS}[{duration_text(alerts.restarts.over)}])) > {alerts.restarts.above}"
    waiting = f"p09_stream_oldest_age_seconds > {alerts.stream_waiting.above}"
    down = unplanned('up{job="p09"} == 0')
    yield _alert(
        further_alert(runbook, "no_data"), unplanned_lately(silence, alerts.no_data.after + runbook.slices.length)
    )
    yield _alert(further_alert(runbook, "api_down"), down, duration_text(alerts.api_down.after))
    yield _alert(further_alert(runbook, "restarts"), unplanned(restarts))
    yield _alert(
        further_alert(runbook, "stream_waiting"), unplanned(waiting), duration_text(alerts.stream_waiting.after)
    )
    yield _alert(
        further_alert(runbook, "dead_letters"),
        f"p09_dead_letter_entries > {alerts.dead_letters.above}",
        duration_text(alerts.dead_letters.after),
    )


def _limit(factor: Fraction, share: Fraction) -> str:
    """Factor and share, readably, unless floating point would miss their product."""
    exact = float(factor) * float(share) == float(factor * share)
    return f"{number(factor)} * {number(share)}" if exact else number(factor * share)


def _record(name: str, expression: str, kpi: str) -> str:
    return f"      - record: {name}\n{_expression(expression)}        labels:\n          kpi: {kpi}\n"


def _alert(alert: Alert, expression: str, after: str = "", *, evaluated: bool = False) -> str:
    """``evaluated``: its counters move once in an evaluation, and evaluations are some seconds more or less apart."""
    waits = f"        for: {after}\n" if after else ""
    waits += f"        keep_firing_for: {_JITTER}\n" if evaluated else ""
    return (
        f"      - alert: {alert.name}\n{_expression(expression)}{waits}"
        f"        labels:\n          severity: {alert.severity}\n"
        "        annotations:\n"
        f"          summary: {_text(alert.title)}\n"
        f"          description: {_text(alert.description)}\n"
        f"          runbook_url: {_text(alert.url)}\n"
    )


def _expression(expression: str) -> str:
    lines = "".join(f"          {line}\n" for line in expression.splitlines())
    return f"        expr: |-\n{lines}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
