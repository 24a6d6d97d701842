"""What the API says of KPIs. The evaluator wrote it; these models describe it, and are built when something asks for them."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

VerdictName = Literal["met", "breached", "insufficient data", "no data"]
Severity = Literal["page", "ticket"]
Unit = Literal["percent", "incidents"]


class _View(BaseModel):
    model_config = ConfigDict(defer_build=True)


class WindowView(_View):
    name: Literal["calendar month", "calendar quarter", "rolling hour"]
    start: str
    end: str


class TargetView(_View):
    """``milliseconds`` is the limit of a latency."""

    number: float
    unit: Unit
    comparison: Literal["at least", "at most"]
    milliseconds: int | None
    text: str


class ValueView(_View):
    """In the target's unit and sense: percent of good requests, of an error rate percent of bad ones."""

    number: float
    unit: Unit
    text: str


class BudgetView(_View):
    """Shares of 1. ``remaining`` goes below 0; a budget that is not ``judged`` rests on too few requests."""

    window: WindowView
    samples: int
    bad: int
    allowed: float
    consumed: float | None
    remaining: float | None
    judged: bool
    exhausted: bool


class BurnAlertView(_View):
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


class AvailabilitiesView(_View):
    """Three ways, never blended: good requests, good slices, probes that passed."""

    request: float | None
    time_slice: float | None
    slices: int
    bad_slices: int
    missing_slices: int
    probe: float | None
    probe_runs: int
    probes_skipped: int
    probe_verdict: VerdictName


class QuantileView(_View):
    """Interpolated between ``lower`` and ``upper`` (ms); null above the last bound. The verdict does not use it."""

    percentile: float
    milliseconds: float
    lower: int
    upper: int | None


class DecidedView(_View):
    verdict: VerdictName
    target: TargetView
    value: ValueView | None
    budget: BudgetView | None
    burn_alerts: list[BurnAlertView]
    why: str


class KpiView(DecidedView):
    id: str
    kind: Literal["availability", "latency", "error_rate", "incidents"]
    title: str
    severity: Severity
    window: WindowView
    samples: int
    bad: int
    missing_slices: int
    excluded_slices: int
    availabilities: AvailabilitiesView | None
    quantile: QuantileView | None
    do: str
    review: str
    decision: str


class KpiList(_View):
    """``stale``: nothing has been evaluated for too long, what is shown is old. ``silent``: no request is measured."""

    evaluated_at: str | None
    stale: bool
    silent: bool
    kpis: list[KpiView]


class PointView(_View):
    at: str
    samples: int
    bad: int
    remaining: float | None


class ForecastView(_View):
    exhausted_at: str | None
    assumption: str
    text: str


class BurnDownView(_View):
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


class DecisionView(_View):
    """``changes`` names the events that this decision gave rise to."""

    id: str
    kpi: str
    at: str
    verdict: VerdictName
    value: ValueView | None
    samples: int
    bad: int
    why: str
    changes: list[str]


class DecisionList(_View):
    decisions: list[DecisionView]
    next_cursor: str | None


class ReplayView(_View):
    """``same`` says whether the stored inputs give the stored outcome today."""

    decision: str
    same: bool
    stored: dict[str, Any]
    replayed: dict[str, Any]
    inputs: dict[str, Any]


class WhatIfView(_View):
    kpi: str
    at: str
    actual: DecidedView
    supposed: DecidedView
