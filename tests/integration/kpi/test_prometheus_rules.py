from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest

from scripts.generate import prometheus
from scripts.generate.__main__ import ROOT
from shared.runbook.load import the_runbook
from shared.runbook.model import Runbook
from tests.integration.kpi.promtool import Minutes, firing, rule_test, run, written
from tests.unit.shared.kpi.quantiles import BOUNDS_MS, ROWS

RULES: Final = ROOT / "monitoring/prometheus/alert-rules.yaml"
HOUR: Final = 60
DAY: Final = 24 * HOUR
CLEAN: Final = Minutes(DAY, 100)

SCENARIOS: Final = {
    "total outage": [CLEAN, Minutes(HOUR, 100, errors=100), Minutes(DAY, 100)],
    "1% for an hour": [CLEAN, Minutes(HOUR, 100, errors=1), Minutes(HOUR * 6, 100)],
    "a little more than 1% for an hour": [CLEAN, Minutes(HOUR, 1000, errors=11), Minutes(HOUR * 3, 100)],
    "0.4% slow burn": [CLEAN, Minutes(DAY + HOUR * 6, 250, errors=1), Minutes(HOUR * 8, 250)],
    "one slow request in the night": [CLEAN, Minutes(HOUR * 4), Minutes(5, 1, slow=1), Minutes(HOUR * 4)],
    "traffic collapses": [CLEAN, Minutes(HOUR * 2, 1), Minutes(HOUR, 2, errors=1)],
    "everything is slow": [CLEAN, Minutes(HOUR, 100, slow=90), Minutes(HOUR * 8, 100)],
    "no data": [Minutes(HOUR * 8, 100), Minutes(HOUR * 2, scraped=False), Minutes(HOUR * 2, 100)],
    "no data in an outage": [Minutes(HOUR * 8, 100), Minutes(15, 100, errors=50), Minutes(HOUR, scraped=False)],
    "recovery": [Minutes(HOUR * 8, 100, errors=50), Minutes(DAY, 100)],
    "long routes are slow": [
        Minutes(HOUR * 2, 20, long=80),
        Minutes(HOUR, 20, long=80, long_slow=5),
        Minutes(HOUR * 2, 20, long=80),
    ],
    # As ARO-HCP's rule tests ask of theirs: shares on both sides of each limit, on series that are young.
    "5% are slow": [Minutes(HOUR, 100), Minutes(HOUR, 100, slow=5), Minutes(HOUR, 100)],
    "7% are slow": [Minutes(HOUR, 100), Minutes(HOUR, 100, slow=7), Minutes(HOUR, 100)],
    "20% are slow": [Minutes(HOUR, 100, slow=20), Minutes(HOUR, 100)],
    "one slow request, then a thousand fast ones": [Minutes(5, 1, slow=1), Minutes(HOUR, 200)],
    "0.4% fail of a series that is an hour old": [Minutes(HOUR, 250, errors=1)],
    "the first errors ever": [Minutes(HOUR, 100), Minutes(5, 1000, errors=1000), Minutes(HOUR, 100)],
    "errors from the first minute on": [Minutes(HOUR, 100, errors=20)],
    "counters begin again in an outage": [
        Minutes(HOUR * 8, 100),
        Minutes(30, 100, errors=50),
        Minutes(30, 100, errors=50, from_zero=True),
    ],
    "a maintenance in which everything fails": [
        Minutes(HOUR * 8, 100),
        Minutes(HOUR, 100, errors=100, planned=True),
        Minutes(HOUR * 8, 100),
    ],
    "an outage that outlasts its maintenance": [
        Minutes(HOUR * 8, 100),
        Minutes(30, 100, errors=60, planned=True),
        Minutes(HOUR, 100, errors=60),
    ],
    "Prometheus is away while an outage begins": [
        Minutes(HOUR * 8, 100),
        Minutes(20, 100, errors=50, seen=False),
        Minutes(30, 100, errors=50),
    ],
}
# What must fire at some time, so that agreement in silence proves nothing by itself.
FIRES: Final = {
    "total outage": {"P09AvailabilityBurnFast", "P09AvailabilityBurnSteady", "P09AvailabilityBurnSlow",
                     "P09AvailabilityBurnCreeping", "P09ErrorRateAboveTarget"},
    "1% for an hour": set(),
    "a little more than 1% for an hour": {"P09ErrorRateAboveTarget"},
    "0.4% slow burn": {"P09AvailabilityBurnSlow", "P09AvailabilityBurnCreeping"},
    "one slow request in the night": {"P09NoData"},
    "traffic collapses": set(),
    "everything is slow": {"P09LatencyBurnFast", "P09LatencyAboveTarget"},
    "no data": {"P09NoData"},
    "no data in an outage": {"P09AvailabilityBurnFast", "P09NoData"},
    "recovery": {"P09AvailabilityBurnFast", "P09ErrorRateAboveTarget"},
    "long routes are slow": {"P09LongLatencyAboveTarget"},
    "5% are slow": set(),
    "7% are slow": {"P09LatencyAboveTarget"},
    "20% are slow": {"P09LatencyAboveTarget", "P09LatencyBurnSlow"},
    "one slow request, then a thousand fast ones": set(),
    "0.4% fail of a series that is an hour old": {"P09AvailabilityBurnSlow", "P09AvailabilityBurnCreeping"},
    "the first errors ever": {"P09AvailabilityBurnFast", "P09ErrorRateAboveTarget"},
    "errors from the first minute on": {"P09AvailabilityBurnFast", "P09ErrorRateAboveTarget"},
    "counters begin again in an outage": {"P09AvailabilityBurnFast", "P09ErrorRateAboveTarget"},
    "a maintenance in which everything fails": set(),
    "an outage that outlasts its maintenance": {"P09AvailabilityBurnFast", "P09ErrorRateAboveTarget"},
    "Prometheus is away while an outage begins": {"P09AvailabilityBurnFast", "P09ErrorRateAboveTarget"},
}  # fmt: skip
# What must not, whatever else does.
_PAGES: Final = {"P09AvailabilityBurnFast", "P09LatencyBurnFast", "P09ErrorRateAboveTarget"}
_OF_LATENCY: Final = {"P09LatencyBurnFast", "P09LatencyBurnSteady", "P09LatencyBurnSlow", "P09LatencyAboveTarget"}
SILENT: Final = {
    "1% for an hour": _PAGES,
    "one slow request in the night": _PAGES,
    "traffic collapses": _PAGES,
    "long routes are slow": _OF_LATENCY,
    "5% are slow": _OF_LATENCY | {"P09LatencyBurnCreeping"},
    "7% are slow": _OF_LATENCY - {"P09LatencyAboveTarget"},
    "20% are slow": {"P09LatencyBurnFast", "P09LatencyBurnSteady"},
    "one slow request, then a thousand fast ones": _OF_LATENCY,
    "0.4% fail of a series that is an hour old": _PAGES,
}


def _moments(traffic: list[Minutes]) -> list[int]:
    """Every slice for two hours after each change, and every hour; once Prometheus is back, from the second one it sees."""
    moments, at, back = set[int](), 0, 0
    for part in traffic:
        if not part.seen:
            moments, at = {moment for moment in moments if moment < at}, at + part.minutes
            back = at + 10
            continue
        near = range(at + 5, at + min(part.minutes, 2 * HOUR) + 1, 5)
        hourly = range(at + HOUR, at + part.minutes + 1, HOUR)
        moments |= {moment for moment in (*near, *hourly) if moment >= back}
        at += part.minutes
    return sorted(moments)


def _expected(runbook: Runbook, traffic: list[Minutes]) -> dict[int, list[str]]:
    return {moment: firing(runbook, traffic, moment) for moment in _moments(traffic)}


def _names(expected: dict[int, list[str]]) -> set[str]:
    return {label.split('"')[1] for labels in expected.values() for label in labels}


@pytest.mark.parametrize("name", SCENARIOS)
def test_prometheus_and_the_evaluator_alert_alike_and_when_they_should(name: str, tmp_path: Path) -> None:
    traffic = SCENARIOS[name]
    expected = _expected(the_runbook(), traffic)
    found = _names(expected)
    assert found >= FIRES[name]
    assert not found & SILENT.get(name, set())
    run("test", "rules", str(written(rule_test(RULES, traffic, expected), tmp_path / "test.yaml")))


def test_a_verdict_that_differs_is_found(tmp_path: Path) -> None:
    test = rule_test(RULES, SCENARIOS["no data"], {500: []})
    with pytest.raises(AssertionError, match="P09NoData"):
        run("test", "rules", str(written(test, tmp_path / "test.yaml")))


def test_prometheus_finds_the_percentiles_that_were_worked_out_by_hand(tmp_path: Path) -> None:
    rows = [row for row in ROWS if row.expected is not None]
    buckets = [
        (f'h_bucket{{row="{number}",le="{bound}"}}', sum(n for upper, n in row.latencies.items() if upper <= bound))
        for number, row in enumerate(rows)
        for bound in BOUNDS_MS
    ]
    every = [
        (f'h_bucket{{row="{n}",le="+Inf"}}', sum(row.latencies.values()) + row.beyond) for n, row in enumerate(rows)
    ]
    asked = [
        f'abs(histogram_quantile({float(Fraction(row.share))!r}, h_bucket{{row="{number}"}}) - {float(row.expected)!r})'
        for number, row in enumerate(rows)
        if row.expected is not None
    ]
    test = {
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": str(count)} for name, count in (*buckets, *every)],
                "promql_expr_test": [
                    {"expr": f"count({one} < 1e-6)", "eval_time": "0m", "exp_samples": [{"labels": "{}", "value": 1}]}
                    for one in asked
                ],
            }
        ]
    }
    run("test", "rules", str(written(test, tmp_path / "test.yaml")))


def test_rules_and_scrape_config_are_clean() -> None:
    assert "SUCCESS" in run("check", "rules", str(RULES))
    assert "SUCCESS" in run("check", "config", str(RULES.with_name("prometheus.yml")))


def test_the_rules_follow_another_target(tmp_path: Path) -> None:
    kpis = the_runbook().kpis
    latency = kpis.latency.model_copy(update={"target_ms": 500})
    slower = the_runbook().model_copy(update={"kpis": kpis.model_copy(update={"latency": latency})})
    rules = tmp_path / "rules.yaml"
    rules.write_text(prometheus.rules(slower))
    traffic = SCENARIOS["everything is slow"]
    expected = _expected(slower, traffic)
    assert not any("Latency" in name for name in _names(expected))
    run("test", "rules", str(written(rule_test(rules, traffic, expected), tmp_path / "test.yaml")))
