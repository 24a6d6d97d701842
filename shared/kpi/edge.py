"""Names of the metrics that requests are counted by at the edge, and of those that an evaluation publishes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Final, Literal

from shared.kpi.decision import Decision
from shared.kpi.evaluate import Evaluation
from shared.kpi.verdict import Verdict
from shared.runbook.fields import duration_text

# Followed by the stage: a metric filter has no dimension that its log line does not carry.
NAMESPACE: Final = "P09/"
REQUESTS: Final = "Requests"
ERRORS: Final = "ServerErrors"
LATENCY_BEYOND: Final = "LatencyBeyond"
# Requests of long routes are in no latency bucket: they have a limit of their own.
TIMED: Final = "TimedRequests"
LONG: Final = "LongRequests"
LONG_SLOW: Final = "LongRequestsSlow"
_ANY_MS: Final = -1

BURN_RATE: Final = "BurnRate"
BURN_ALERT: Final = "BurnAlert"
BUDGET_REMAINING: Final = "BudgetRemaining"
BAD_SHARE: Final = "BadShare"
MISSED: Final = "KpiMissed"
SILENT: Final = "KpiDataMissing"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One data point to publish in the stage's namespace."""

    name: str
    dimensions: tuple[tuple[str, str], ...]
    value: float


@dataclass(frozen=True, kw_only=True)
class RequestMetric:
    """A metric to which a request adds 1 or nothing, as its client saw it: a filter of the access log, played by the front door.

    ``routes`` are those that it counts; the two bounds are whole milliseconds, the upper one included.
    """

    name: str
    routes: Literal["all", "long", "others"] = "all"
    least_status: int | None = None
    above_ms: int | None = None
    up_to_ms: int | None = None

    def counts(self, status: int, milliseconds: int, *, is_long: bool) -> bool:
        return (
            (self.routes == "all" or (self.routes == "long") == is_long)
            and (self.least_status is None or status >= self.least_status)
            and (self.above_ms is None or milliseconds > self.above_ms)
            and (self.up_to_ms is None or milliseconds <= self.up_to_ms)
        )


def request_metrics(latency_bounds_ms: Iterable[int], long_limit_ms: int) -> Iterator[RequestMetric]:
    """All metrics that requests are counted by at the edge."""
    yield RequestMetric(name=REQUESTS)
    yield RequestMetric(name=ERRORS, least_status=500)
    yield RequestMetric(name=TIMED, routes="others", above_ms=_ANY_MS)
    yield RequestMetric(name=LONG, routes="long", above_ms=_ANY_MS)
    yield RequestMetric(name=LONG_SLOW, routes="long", above_ms=long_limit_ms)
    below = _ANY_MS
    for bound in latency_bounds_ms:
        yield RequestMetric(name=latency_metric(bound), routes="others", above_ms=below, up_to_ms=bound)
        below = bound
    yield RequestMetric(name=LATENCY_BEYOND, routes="others", above_ms=below)


def is_long(path: str, routes: Iterable[str]) -> bool:
    """Whether a path is one of the long routes; ``*`` at the end of one stands for anything."""
    return any(path.startswith(route[:-1]) if route.endswith("*") else path == route for route in routes)


def latency_metric(upper_ms: int) -> str:
    """Counts requests above the bound before this one and up to this one: buckets add up, they do not nest."""
    return f"LatencyUpTo{upper_ms}ms"


def published(evaluation: Evaluation) -> tuple[Metric, ...]:
    """What an evaluation publishes. What is unknown is left out, so that an alarm sees it missing, never as 0."""
    silent = Metric(name=SILENT, dimensions=(), value=float(evaluation.silent))
    return (silent, *(metric for decision in evaluation.decisions for metric in _of(decision)), *_incidents(evaluation))


def _of(decision: Decision) -> Iterator[Metric]:
    kpi = ("Kpi", decision.inputs.objective.id)
    if decision.value is not None:
        yield Metric(name=BAD_SHARE, dimensions=(kpi,), value=float(decision.value))
    if decision.verdict.judges:
        yield Metric(name=MISSED, dimensions=(kpi,), value=float(decision.verdict is Verdict.BREACHED))
    if decision.budget.judged and decision.budget.remaining is not None:
        yield Metric(name=BUDGET_REMAINING, dimensions=(kpi,), value=float(decision.budget.remaining))
    rates = dict[timedelta, Fraction | None]()
    for alert in decision.alerts:
        rates |= {alert.pair.long: alert.long, alert.pair.short: alert.short}
        if alert.judged:
            yield Metric(name=BURN_ALERT, dimensions=(kpi, ("Pair", alert.pair.name)), value=float(alert.firing))
    for length, rate in sorted(rates.items()):
        if rate is not None:
            yield Metric(name=BURN_RATE, dimensions=(kpi, ("Window", duration_text(length))), value=float(rate))


def _incidents(evaluation: Evaluation) -> Iterator[Metric]:
    decision = evaluation.incidents
    kpi = ("Kpi", decision.inputs.objective.id)
    if decision.verdict.judges:
        yield Metric(name=MISSED, dimensions=(kpi,), value=float(decision.verdict is Verdict.BREACHED))
