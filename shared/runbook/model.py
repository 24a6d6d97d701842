"""The runbook as typed, frozen data. What stands in ``shared/runbook.toml`` and nothing else is allowed."""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt, model_validator

Severity = Literal["page", "ticket"]
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WindowName = Literal["calendar month", "calendar quarter", "rolling hour"]

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION: Final = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_HOUR: Final = timedelta(hours=1)


def _duration(value: object) -> timedelta:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError('must be a number and a unit, such as "5m", "6h" or "3d"')
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _exact(value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a number")  # noqa: TRY004 -- pydantic names the place of a ValueError
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError("must be finite")
    return Fraction(value)


def _percent(value: Fraction) -> Fraction:
    if not 0 < value <= 100:  # noqa: PLR2004
        raise ValueError("must be more than 0 and at most 100")
    return value


def _open_percent(value: Fraction) -> Fraction:
    if not 0 < value < 100:  # noqa: PLR2004
        raise ValueError("must lie between 0 and 100: a target of 100% has no error budget")
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
_Number = Annotated[Fraction, BeforeValidator(_exact)]
Percent = Annotated[_Number, AfterValidator(_percent)]
OpenPercent = Annotated[_Number, AfterValidator(_open_percent)]
Text = Annotated[str, Field(min_length=1)]
Hour = Annotated[int, Field(ge=0, le=23)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


class Service(_Model):
    name: Text
    title: Text
    audience: Text
    runbook_url: Annotated[str, Field(pattern=r"^https?://[^\s#]+[^\s#/]$")]


class Prometheus(_Model):
    target: Text
    scheme: Literal["http", "https"]
    scrape_interval: Duration


class _Kpi(_Model):
    title: Text
    severity: Severity
    review: Text
    do: Text


class _RatioKpi(_Kpi):
    window: WindowName
    budget_window: WindowName | None = None
    minimum_samples: PositiveInt
    burn_alerts: bool


class AvailabilityKpi(_RatioKpi):
    kind: Literal["availability"]
    target_percent: OpenPercent


class LatencyKpi(_RatioKpi):
    kind: Literal["latency"]
    percentile: OpenPercent
    target_ms: PositiveInt


class ErrorRateKpi(_RatioKpi):
    kind: Literal["error_rate"]
    maximum_percent: OpenPercent


class IncidentsKpi(_Kpi):
    kind: Literal["incidents"]
    maximum: PositiveInt
    window: WindowName


class Kpis(_Model):
    availability: AvailabilityKpi
    latency: LatencyKpi
    error_rate: ErrorRateKpi
    incidents: IncidentsKpi


class Slices(_Model):
    length: Duration
    reread: PositiveInt
    latency_bounds_ms: Annotated[list[PositiveInt], Field(min_length=1)]
    bad_above_percent: OpenPercent

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if _HOUR % self.length:
            raise ValueError("length: slices must divide an hour")
        bounds = self.latency_bounds_ms
        if sorted(set(bounds)) != bounds:
            raise ValueError("latency_bounds_ms: bounds must rise")
        return self


class Probes(_Model):
    minimum_runs: PositiveInt


class BurnPair(_Model):
    """Two windows that must both burn too fast."""

    name: Annotated[str, Field(pattern="^[a-z]+$")]
    severity: Severity
    budget_percent: Percent
    long: Duration
    short: Duration

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.short >= self.long:
            raise ValueError("short: must be shorter than the long window")
        return self

    def factor(self, period: timedelta) -> Fraction:
        """Burn rate at which this share of a period's budget is gone within the long window."""
        return self.budget_percent / 100 * Fraction(period // timedelta(seconds=1), self.long // timedelta(seconds=1))


class BurnRates(_Model):
    period: Duration
    forecast_over: Duration
    pairs: Annotated[list[BurnPair], Field(min_length=1)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [pair.name for pair in self.pairs]
        for n, name in enumerate(names):
            if name in names[:n]:
                raise ValueError(f"pairs.{n}.name: another pair has it")
        return self


class Exclusions(_Model):
    planned_maintenance: bool


class _Alert(_Model):
    title: Text
    severity: Severity
    do: Text


class SilenceAlert(_Alert):
    after: Duration


class LevelAlert(_Alert):
    above: Annotated[int, Field(ge=0)]
    after: Duration


class CountAlert(_Alert):
    above: Annotated[int, Field(ge=0)]
    over: Duration


class Alerts(_Model):
    no_data: SilenceAlert
    api_down: SilenceAlert
    restarts: CountAlert
    crashes: CountAlert
    stream_waiting: LevelAlert
    dead_letters: LevelAlert


class Task(_Model):
    """Runs once a day at its hour (UTC); overdue when ``grace`` has passed without a run record."""

    hour: Hour
    title: Text
    responsible: Text
    tooling: Text
    grace: Duration


class HealthCheck(Task):
    paths: Annotated[list[Annotated[str, Field(pattern="^/")]], Field(min_length=1)]
    timeout: Duration


class ErrorBudgetReview(Task):
    minimum_remaining_percent: Percent


class RedisMemory(Task):
    below_percent: OpenPercent


class BackupVerification(Task):
    maximum_age: Duration
    minimum_size_percent: Percent
    median_of: PositiveInt
    minimum_retention: Duration
    point_in_time_within: Duration
    maximum_snapshot_age: Duration


class PipelineReview(Task):
    look_back: Duration


class Tasks(_Model):
    health_check: HealthCheck
    error_budget_review: ErrorBudgetReview
    redis_memory: RedisMemory
    backup_verification: BackupVerification
    pipeline_review: PipelineReview

    def by_id(self) -> Mapping[str, Task]:
        return {name: getattr(self, name) for name in type(self).model_fields}


class Schedule(_Model):
    """Either ``every`` (with an ``offset``) or once a week."""

    title: Text
    every: Duration | None = None
    offset: Duration | None = None
    weekday: Weekday | None = None
    hour: Hour | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        weekly = self.weekday is not None and self.hour is not None
        if (self.every is None) != weekly or (self.every is not None and (self.weekday or self.hour is not None)):
            raise ValueError("needs either `every` or both `weekday` and `hour`")
        if self.offset is not None and (self.every is None or self.offset >= self.every):
            raise ValueError("offset: must be shorter than `every`")
        return self


class Schedules(_Model):
    kpi_evaluation: Schedule
    probes: Schedule
    missed_runs: Schedule
    nightly_backup: Schedule
    valkey_snapshot: Schedule
    restore_drill: Schedule
    secret_rotation: Schedule
    credential_reconciliation: Schedule

    def by_id(self) -> Mapping[str, Schedule]:
        return {name: getattr(self, name) for name in type(self).model_fields}


class Runbook(_Model):
    service: Service
    prometheus: Prometheus
    kpis: Kpis
    slices: Slices
    probes: Probes
    burn_rates: BurnRates
    exclusions: Exclusions
    alerts: Alerts
    tasks: Tasks
    schedules: Schedules

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.kpis.latency.target_ms not in self.slices.latency_bounds_ms:
            raise ValueError(
                "kpis.latency.target_ms: must be one of slices.latency_bounds_ms, or verdicts are not exact"
            )
        length = self.slices.length
        for place, window in (
            *((f"burn_rates.pairs.{n}.{end}", getattr(pair, end)) for n, pair in enumerate(self.burn_rates.pairs)
              for end in ("long", "short")),
            ("burn_rates.forecast_over", self.burn_rates.forecast_over),
            ("alerts.no_data.after", self.alerts.no_data.after),
        ):  # fmt: skip
            if window % length:
                raise ValueError(f"{place}: must be a whole number of slices")
        return self
