"""A decision is a function of its inputs, and carries them: it can be made again from its own record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from shared.kpi.availability import Availabilities, availabilities
from shared.kpi.budget import Budget, BurnAlert, budget, burn_alert
from shared.kpi.latency import Quantile, interpolated_quantile
from shared.kpi.measure import Measurement
from shared.kpi.objectives import CountObjective, Objective
from shared.kpi.timeline import Span
from shared.kpi.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """All that a decision on requests depends on. ``burns`` holds each burn window by its length in seconds."""

    objective: Objective
    at: datetime
    window: Measurement
    budget: Measurement
    burns: Mapping[int, Measurement] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CountInputs:
    """``count`` is None when nobody could tell."""

    objective: CountObjective
    at: datetime
    window: Span
    count: int | None

    def __post_init__(self) -> None:
        if self.count is not None and (type(self.count) is not int or self.count < 0):
            raise ValueError(f"{self.count!r} is not a number of incidents")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A verdict on one share of requests; ``value`` is the share of bad ones."""

    inputs: Inputs
    verdict: Verdict
    value: Fraction | None
    samples: int
    bad: int
    budget: Budget
    alerts: tuple[BurnAlert, ...]
    availabilities: Availabilities | None
    quantile: Quantile | None

    @property
    def id(self) -> str:
        return decision_id(self.inputs.objective.id, self.inputs.at)


@dataclass(frozen=True, kw_only=True)
class CountDecision:
    """A verdict on a number of incidents. ``consumed`` is the share of the allowed number."""

    inputs: CountInputs
    verdict: Verdict
    consumed: Fraction | None

    @property
    def id(self) -> str:
        return decision_id(self.inputs.objective.id, self.inputs.at)

    @property
    def exhausted(self) -> bool:
        return self.consumed is not None and self.consumed >= 1


AnyDecision = Decision | CountDecision


def decision_id(objective: str, at: datetime) -> str:
    """Such as ``availability-20261123T120500Z``: one decision per KPI and end of window."""
    return f"{objective}-{at:%Y%m%dT%H%M%SZ}"


def decide(inputs: Inputs) -> Decision:
    """The verdict that follows from the inputs."""
    objective, counts = inputs.objective, inputs.window.counts
    samples, bad = objective.samples(counts), objective.bad(counts)
    return Decision(
        inputs=inputs,
        verdict=_verdict(objective, inputs.window),
        value=Fraction(bad, samples) if samples else None,
        samples=samples,
        bad=bad,
        budget=budget(objective, inputs.budget),
        alerts=tuple(_alerts(inputs)),
        availabilities=availabilities(objective, inputs.window) if objective.kind == "availability" else None,
        quantile=_quantile(inputs),
    )


def decide_count(inputs: CountInputs) -> CountDecision:
    """At the maximum the target is still met."""
    if inputs.count is None:
        return CountDecision(inputs=inputs, verdict=Verdict.NO_DATA, consumed=None)
    verdict = Verdict.MET if inputs.count <= inputs.objective.maximum else Verdict.BREACHED
    return CountDecision(inputs=inputs, verdict=verdict, consumed=Fraction(inputs.count, inputs.objective.maximum))


def _verdict(objective: Objective, measured: Measurement) -> Verdict:
    if measured.counts.slices == 0 and measured.missing:
        return Verdict.NO_DATA
    if objective.samples(measured.counts) < objective.minimum_samples:
        return Verdict.INSUFFICIENT_DATA
    return Verdict.MET if objective.meets(measured.counts) else Verdict.BREACHED


def _alerts(inputs: Inputs) -> list[BurnAlert]:
    def counts(length_seconds: float) -> Measurement:
        return inputs.burns[int(length_seconds)]

    return [
        burn_alert(
            inputs.objective,
            pair,
            counts(pair.long.total_seconds()).counts,
            counts(pair.short.total_seconds()).counts,
        )
        for pair in inputs.objective.pairs
    ]


def _quantile(inputs: Inputs) -> Quantile | None:
    objective = inputs.objective
    if objective.kind != "latency":
        return None
    return interpolated_quantile(inputs.window.counts, objective.target, objective.latency_bounds_ms)
