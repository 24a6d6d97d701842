"""Figures that other products' test suites ask of the same arithmetic; each is worked out here by hand.

Percentiles: Prometheus. Error budgets and time slices: Kibana's SLOs. Minutes of a month: CloudWatch's SLOs. Thresholds of
burn rates: the Guardian's CDK constructs.
"""

from fractions import Fraction

import pytest

from shared.kpi.budget import budget
from shared.kpi.counts import Counts
from shared.kpi.latency import interpolated_quantile
from shared.kpi.measure import Measurement
from shared.kpi.objectives import objectives, with_target
from shared.kpi.timeline import DAY, Span
from shared.runbook.load import the_runbook
from tests.unit.shared.kpi.quantiles import BOUNDS_MS, ROWS, Row
from tests.unit.shared.kpi.traffic import NOW, Run, evaluated, gap

AVAILABILITY = next(one for one in objectives(the_runbook()) if one.id == "availability")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_percentile_is_the_one_that_prometheus_shows(row: Row) -> None:
    counts = Counts(requests=sum(row.latencies.values()) + row.beyond, latencies=row.latencies, beyond=row.beyond)
    found = interpolated_quantile(counts, Fraction(row.share), BOUNDS_MS)
    assert (found.milliseconds if found else None) == row.expected


# Of so many requests so many fail; what of the budget is consumed, and what is left.
BUDGETS = [
    #  target  requests  failed  consumed   left
    ("99", 1_000, 0, "0", "1"),
    ("99", 1_000, 5, "1/2", "1/2"),
    ("99", 1_000, 10, "1", "0"),
    ("99", 1_000, 11, "11/10", "-1/10"),
    ("99.9", 1_000, 1, "1", "0"),
    ("99.9", 1_000_000, 250, "1/4", "3/4"),
    ("95", 400, 1, "1/20", "19/20"),
    ("95", 400, 400, "20", "-19"),
    ("99.99", 200, 1, "50", "-49"),
    ("50", 200, 25, "1/4", "3/4"),
    ("99.9", 100, 100, "1000", "-999"),
]


@pytest.mark.parametrize(("target", "requests", "failed", "consumed", "left"), BUDGETS)
def test_an_error_budget_is_the_share_of_what_may_fail(
    target: str, requests: int, failed: int, consumed: str, left: str
) -> None:
    objective = with_target(AVAILABILITY, percent=Fraction(target))
    counts = Counts(requests=requests, errors=failed, slices=1, bad_slices=int(bool(failed)))
    found = budget(objective, Measurement(span=Span(NOW - DAY, NOW), counts=counts))
    assert (found.consumed, found.remaining) == (Fraction(consumed), Fraction(left))
    assert found.exhausted == (found.consumed is not None and found.consumed >= 1 and requests >= 200)


# Slices of an hour: good, bad and missing ones. What nobody measured is neither good nor bad.
@pytest.mark.parametrize(
    ("runs", "share", "missing"),
    [
        ([Run(12, 1000)], "1", 0),
        ([Run(9, 1000), Run(3, 1000, 11)], "3/4", 0),
        ([Run(6, 1000), gap(3), Run(3, 1000, 500)], "2/3", 3),
        ([gap(11), Run(1, 1000, 500)], "0", 11),
    ],
)
def test_the_share_of_good_slices_is_of_those_that_were_measured(runs: list[Run], share: str, missing: int) -> None:
    decision = next(one for one in evaluated(runs).decisions if one.inputs.objective.id == "error_rate")
    three = evaluated(runs).decisions[0].availabilities
    assert three
    assert (three.time_slice, decision.inputs.window.missing) == (Fraction(share), missing)


@pytest.mark.parametrize(("days", "minutes"), [(28, "40.32"), (29, "41.76"), (30, "43.2"), (31, "44.64")])
def test_a_month_of_99_9_percent_allows_so_many_minutes(days: int, minutes: str) -> None:
    down = Fraction(minutes)
    whole = Fraction(days * 24 * 60)
    scale = 100  # hundredths of a minute are whole numbers
    counts = Counts(requests=int(whole * scale), errors=int(down * scale), slices=1, bad_slices=1)
    assert budget(AVAILABILITY, Measurement(span=Span(NOW - days * DAY, NOW), counts=counts)).remaining == 0


THRESHOLDS = {
    "99.9": ("0.0144", "0.006", "0.003", "0.001"),
    "99.5": ("0.072", "0.03", "0.015", "0.005"),
    "99": ("0.144", "0.06", "0.03", "0.01"),
    "95": ("0.72", "0.3", "0.15", "0.05"),
}


@pytest.mark.parametrize("target", THRESHOLDS)
def test_a_burn_alert_s_threshold_is_its_factor_of_what_may_fail(target: str) -> None:
    objective = with_target(AVAILABILITY, percent=Fraction(target))
    found = [pair.factor * (1 - objective.target) for pair in objective.pairs]
    assert found == [Fraction(share) for share in THRESHOLDS[target]]
