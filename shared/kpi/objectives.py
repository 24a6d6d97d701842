"""What is promised, as the arithmetic needs it: built from the runbook, stored with each decision."""

from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Literal, assert_never

from shared.kpi.counts import Counts
from shared.runbook.fields import Severity, WindowName
from shared.runbook.model import Runbook

Kind = Literal["availability", "latency", "error_rate", "long_latency"]


@dataclass(frozen=True, kw_only=True)
class BurnPair:
    """Fires when both windows burn faster than ``factor``."""

    name: str
    severity: Severity
    long: timedelta
    short: timedelta
    factor: Fraction


@dataclass(frozen=True, kw_only=True)
class Objective:
    """A share of requests that must be good. ``target`` is that share: 99.9% is 999/1000."""

    id: str
    title: str
    kind: Kind
    target: Fraction
    within_ms: int | None = None
    window: WindowName
    budget_window: WindowName
    minimum_samples: int
    minimum_probes: int
    slice_length: timedelta
    silence: timedelta
    latency_bounds_ms: tuple[int, ...]
    pairs: tuple[BurnPair, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.target < 1:
            raise ValueError(f"{self.id}: a target of {float(self.target):.6g} leaves no budget or asks for nothing")
        if (self.within_ms is not None) != (self.kind in {"latency", "long_latency"}):
            raise ValueError(f"{self.id}: a limit in milliseconds belongs to latency alone")
        if self.within_ms is not None and self.within_ms not in self.latency_bounds_ms:
            raise ValueError(f"{self.within_ms} ms is not a bound of the histogram: {self.latency_bounds_ms}")

    def samples(self, counts: Counts) -> int:
        if self.kind == "long_latency":
            return counts.long
        return counts.requests if self.within_ms is None else counts.timed

    def bad(self, counts: Counts) -> int:
        if self.kind == "long_latency":
            return counts.long_slow
        return counts.errors if self.within_ms is None else counts.timed - counts.within(self.within_ms)

    def meets(self, counts: Counts) -> bool:
        """Exact: a share that equals the target meets it."""
        return self.bad(counts) <= (1 - self.target) * self.samples(counts)


@dataclass(frozen=True, kw_only=True)
class CountObjective:
    """At most so many in a window."""

    id: str
    title: str
    maximum: int
    window: WindowName


def objectives(runbook: Runbook) -> tuple[Objective, ...]:
    """Availability, latency, error rate, and the latency of long routes."""
    return tuple(_objective(runbook, name) for name in ("availability", "latency", "error_rate", "long_latency"))


def incidents_objective(runbook: Runbook) -> CountObjective:
    kpi = runbook.kpis.incidents
    return CountObjective(id="incidents", title=kpi.title, maximum=kpi.maximum, window=kpi.window)


def burn_pairs(runbook: Runbook) -> tuple[BurnPair, ...]:
    """Factors are worked out from shares of the budget, so that another period gives other factors."""
    rates = runbook.burn_rates
    return tuple(
        BurnPair(
            name=pair.name, severity=pair.severity, long=pair.long, short=pair.short, factor=pair.factor(rates.period)
        )
        for pair in rates.pairs
    )


def with_target(objective: Objective, *, percent: Fraction | None = None, within_ms: int | None = None) -> Objective:
    """What if the target were another one. Raises ValueError if the history cannot answer exactly."""
    if objective.kind == "long_latency" and within_ms not in {None, objective.within_ms}:
        raise ValueError(
            f"{within_ms} ms: requests of long routes are counted by one limit alone, {objective.within_ms} ms"
        )
    return replace(
        objective,
        target=objective.target if percent is None else percent / 100,
        within_ms=objective.within_ms if within_ms is None else within_ms,
    )


def _objective(runbook: Runbook, name: Kind) -> Objective:
    kpis = runbook.kpis
    within_ms: int | None = None
    match name:
        case "availability":
            target = kpis.availability.target_percent / 100
        case "latency":
            target, within_ms = kpis.latency.percentile / 100, kpis.latency.target_ms
        case "long_latency":
            target, within_ms = kpis.long_latency.percentile / 100, kpis.long_latency.target_ms
        case "error_rate":
            target = 1 - kpis.error_rate.maximum_percent / 100
        case _:
            assert_never(name)
    kpi = getattr(kpis, name)
    return Objective(
        id=name,
        title=kpi.title,
        kind=name,
        target=target,
        within_ms=within_ms,
        window=kpi.window,
        budget_window=kpi.budget_window or kpi.window,
        minimum_samples=kpi.minimum_samples,
        minimum_probes=runbook.probes.minimum_runs,
        slice_length=runbook.slices.length,
        silence=runbook.alerts.no_data.after,
        latency_bounds_ms=tuple(runbook.slices.latency_bounds_ms),
        pairs=burn_pairs(runbook) if kpi.burn_alerts else (),
    )
