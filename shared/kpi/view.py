"""What the API says of KPIs: numbers rounded for reading, moments as text, the why in a sentence."""

from typing import Any, Literal

from typing_extensions import TypedDict

from shared.kpi.verdict import Verdict
from shared.platform.views import view
from shared.runbook.fields import Severity, WindowName

Unit = Literal["percent", "incidents"]


class WindowView(TypedDict):
    name: WindowName
    start: str
    end: str


class TargetView(TypedDict):
    """``milliseconds`` is the limit of a latency."""

    number: float
    unit: Unit
    comparison: Literal["at least", "at most"]
    milliseconds: int | None
    text: str


class ValueView(TypedDict):
    """In the target's unit and sense: percent of good requests, of an error rate percent of bad ones."""

    number: float
    unit: Unit
    text: str


class BudgetView(TypedDict):
    """Shares of 1. ``remaining`` goes below 0; a budget that is not ``judged`` rests on too few requests."""

    window: WindowView
    samples: int
    bad: int
    allowed: float
    consumed: float | None
    remaining: float | None
    judged: bool
    exhausted: bool


class BurnAlertView(TypedDict):
    """Fires when both windows burn faster than ``factor``."""

    pair: str
    severity: Severity
    factor: float
    long: str
    short: str
    long_rate: float | None
    short_rate: float | None
    judged: bool
    firing: bool


class AvailabilitiesView(TypedDict):
    """Three ways, never blended: good requests, good slices, probes that passed."""

    request: float | None
    time_slice: float | None
    slices: int
    bad_slices: int
    missing_slices: int
    probe: float | None
    probe_runs: int
    probes_skipped: int
    probe_verdict: Verdict


class QuantileView(TypedDict):
    """Interpolated between ``lower`` and ``upper`` (ms); null above the last bound. The verdict does not use it."""

    percentile: float
    milliseconds: float
    lower: int
    upper: int | None


class DecidedView(TypedDict):
    verdict: Verdict
    target: TargetView
    value: ValueView | None
    budget: BudgetView | None
    burn_alerts: list[BurnAlertView]
    why: str


class MeasuredView(TypedDict):
    """What was measured in the target's window."""

    window: WindowView
    samples: int
    bad: int
    missing_slices: int
    excluded_slices: int
    excluded_minutes: int
    availabilities: AvailabilitiesView | None
    quantile: QuantileView | None


class KpiView(DecidedView, MeasuredView):
    id: str
    kind: Literal["availability", "latency", "error_rate", "long_latency", "incidents"]
    title: str
    severity: Severity
    do: str
    review: str
    decision: str


class EvaluationView(TypedDict):
    """``silent``: no request is measured."""

    evaluated_at: str | None
    silent: bool
    kpis: list[KpiView]


@view
class KpiList(EvaluationView):
    """``stale``: nothing has been evaluated for too long, what is shown is old. ``silent``: no request is measured."""

    stale: bool


class PointView(TypedDict):
    at: str
    samples: int
    bad: int
    remaining: float | None


class ForecastView(TypedDict):
    exhausted_at: str | None
    assumption: str
    text: str


@view
class BurnDownView(TypedDict):
    kpi: str
    title: str
    at: str
    window: WindowView
    target: TargetView
    points: list[PointView]
    burn_rate: float | None
    burn_rate_over: str
    burn_alerts: list[BurnAlertView]
    minimum_remaining: float
    forecast: ForecastView


class DecisionView(TypedDict):
    """``changes`` names the events that this decision gave rise to."""

    id: str
    kpi: str
    at: str
    verdict: Verdict
    value: ValueView | None
    samples: int
    bad: int
    why: str
    changes: list[str]


@view
class DecisionList(TypedDict):
    decisions: list[DecisionView]
    next_cursor: str | None


@view
class ReplayView(TypedDict):
    """``same`` says whether the stored inputs give the stored outcome today."""

    decision: str
    same: bool
    stored: dict[str, Any]
    replayed: dict[str, Any]
    inputs: dict[str, Any]


@view
class WhatIfView(TypedDict):
    kpi: str
    at: str
    actual: DecidedView
    supposed: DecidedView
