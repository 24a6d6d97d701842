"""The same synthetic traffic for the evaluator and for Prometheus' rules."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

from scripts.generate.alerts import burn_alerts, target_alerts
from shared.kpi.counts import Counts, Slice
from shared.kpi.evaluate import Evaluation, evaluate
from shared.kpi.exclusions import Exclusion
from shared.kpi.measure import as_slice, roll_up
from shared.kpi.timeline import Span
from shared.runbook.model import Runbook

START: Final = datetime(2026, 11, 2, tzinfo=UTC)
_SLICE: Final = 5
# Within one evaluation: the same verdict before the next one.
_WITHIN: Final = 4
_BUCKETS: Final = {"0.1": "fast", "0.2": "fast", "0.5": "all", "+Inf": "all"}


@dataclass(frozen=True)
class Minutes:
    """So many minutes, each with the same requests; slow ones take up to 500 ms. ``long`` ones of long routes
    come on top.

    ``scraped`` is false for no data. ``seen`` is false while Prometheus itself is away, though requests are counted;
    ``from_zero`` says that counters began again. ``planned``: in a maintenance.
    """

    minutes: int
    requests: int = 0
    errors: int = 0
    slow: int = 0
    long: int = 0
    long_slow: int = 0
    scraped: bool = True
    seen: bool = True
    from_zero: bool = False
    planned: bool = False


def promtool() -> str:
    """Its path. It must be there: a test that is skipped proves nothing."""
    beside = Path(sys.executable).with_name("promtool")
    found = str(beside) if beside.exists() else shutil.which("promtool")
    if found is None:
        raise FileNotFoundError("promtool is missing: run make setup, or apt-get install prometheus")
    return found


def run(*arguments: str) -> str:
    """What promtool said. Fails with it if it found a fault."""
    # A third less work for its garbage collector, which does not know that it is short-lived.
    environment = {"GOGC": "400", "GOMEMLIMIT": "512MiB"}
    command = [promtool(), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, (done.stdout + done.stderr)[:4000]
    return done.stdout


def rule_test(rules: Path, traffic: list[Minutes], expected: dict[int, list[str]]) -> dict[str, Any]:
    """A file for ``promtool test rules``: what the evaluator says at each minute must be what fires."""
    return {
        "rule_files": [str(rules)],
        "evaluation_interval": "2m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in _series(traffic)],
                "promql_expr_test": [
                    {
                        "expr": 'ALERTS{alertstate="firing"}',
                        "eval_time": f"{moment + _WITHIN}m",
                        "exp_samples": [{"labels": label, "value": 1} for label in labels],
                    }
                    for moment, labels in expected.items()
                ],
            }
        ],
    }


def written(test: dict[str, Any], file: Path) -> Path:
    file.write_text(json.dumps(test))
    return file


def firing(runbook: Runbook, traffic: list[Minutes], moment: int) -> list[str]:
    """The alerts that the evaluator's verdicts call for, as series of ALERTS."""
    evaluation = evaluation_at(runbook, traffic, moment)
    judged = {one.inputs.objective.id: one for one in evaluation.decisions}
    names = [
        (alert.name, alert.severity, f',kpi="{alert.objective.id}"')
        for alert in burn_alerts(runbook)
        if any(one.firing and one.pair == alert.pair for one in judged[alert.objective.id].alerts)
    ]
    names += [
        (alert.name, alert.severity, f',kpi="{alert.objective.id}"')
        for alert in target_alerts(runbook)
        if judged[alert.objective.id].verdict == "breached"
    ]
    if evaluation.silent:
        names.append(("P09NoData", runbook.alerts.no_data.severity, ""))
    return [
        f'ALERTS{{alertname="{name}",alertstate="firing",severity="{severity}"{kpi}}}' for name, severity, kpi in names
    ]


def evaluation_at(runbook: Runbook, traffic: list[Minutes], moment: int) -> Evaluation:
    end = START + timedelta(minutes=moment)
    slices = {start: counts for start, counts in _slices(tuple(traffic)).items() if start < end}
    history = roll_up(slices, runbook.slices.length)
    return evaluate(runbook, history, START + timedelta(minutes=moment), exclusions=_maintenances(traffic), incidents=0)


def _maintenances(traffic: list[Minutes]) -> Iterator[Exclusion]:
    at = START
    for part in traffic:
        end = at + timedelta(minutes=part.minutes)
        if part.planned:
            yield Exclusion(Span(at, end), "planned")
        at = end


@cache
def _slices(traffic: tuple[Minutes, ...]) -> dict[datetime, Slice]:
    found, at = dict[datetime, Slice](), START
    for part in traffic:
        assert part.minutes % _SLICE == 0
        counts = as_slice(
            Counts(
                requests=(part.requests + part.long) * _SLICE, errors=part.errors * _SLICE,
                latencies={100: (part.requests - part.slow) * _SLICE, 500: part.slow * _SLICE},
                long=part.long * _SLICE, long_slow=part.long_slow * _SLICE,
            ),
            Fraction(1, 100),
        )  # fmt: skip
        for _ in range(part.minutes // _SLICE):
            if part.scraped:
                found[at] = counts
            at += timedelta(minutes=_SLICE)
    return found


def _series(traffic: list[Minutes]) -> Iterator[tuple[str, str]]:
    """The counters of the edge as an evaluation moves them: by a whole slice, when the slice is over."""

    def values(per_minute: list[int]) -> str:
        text, value = [f"0x{_SLICE - 1}"], 0
        for part, more in zip(traffic, per_minute, strict=True):
            value = 0 if part.from_zero else value
            for _ in range(part.minutes // _SLICE):
                value += more * _SLICE if part.scraped and not part.planned else 0
                text.append(f"{value}x{_SLICE - 1}" if part.seen else f"_x{_SLICE}")
        return " ".join(text)

    yield "p09_maintenance_active", " ".join(f"{int(part.planned)}x{part.minutes - 1}" for part in traffic)
    errors, every = [part.errors for part in traffic], [part.requests for part in traffic]
    fast = [part.requests - part.slow for part in traffic]
    yield "p09_edge_requests_total", values([part.requests + part.long for part in traffic])
    yield "p09_edge_long_requests_total", values([part.long for part in traffic])
    yield "p09_edge_long_requests_slow_total", values([part.long_slow for part in traffic])
    yield "p09_edge_errors_total", values(errors)
    for bound, which in _BUCKETS.items():
        yield f'p09_edge_request_duration_seconds_bucket{{le="{bound}"}}', values(fast if which == "fast" else every)
