"""What is measured and alarmed on: KPIs, slices, burn rates, alerts."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from shared.runbook.fields import Duration, OpenPercent, Percent, Section, Severity, Text, WindowName

_HOUR: Final = timedelta(hours=1)


class Prometheus(Section):
    target: Text
    scheme: Literal["http", "https"]
    scrape_interval: Duration
    alertmanager: Text


class Kpi(Section):
    """``counts_requests``: it judges the service by its requests; ``counts_failures``: by those that customers saw fail."""

    counts_requests: ClassVar[bool] = True
    counts_failures: ClassVar[bool] = False

    kind: str
    title: Text
    severity: Severity
    window: WindowName
    review: Text
    do: Text

    @property
    def lasts(self) -> bool:
        """A target that is missed in a calendar window stays missed until the window ends."""
        return self.window != "rolling hour"


class RatioKpi(Kpi):
    budget_window: WindowName | None = None
    minimum_samples: PositiveInt
    burn_alerts: bool


class AvailabilityKpi(RatioKpi):
    counts_failures: ClassVar[bool] = True

    kind: Literal["availability"]
    target_percent: OpenPercent


class LatencyKpi(RatioKpi):
    kind: Literal["latency"]
    percentile: OpenPercent
    target_ms: PositiveInt


class LongLatencyKpi(RatioKpi):
    """Of routes that take long by nature: ``routes`` are whole paths, with ``*`` at an end for anything."""

    kind: Literal["long_latency"]
    routes: Annotated[list[Annotated[str, Field(pattern=r"^/[^*\s\"]*\*?$")]], Field(min_length=1)]
    percentile: OpenPercent
    target_ms: PositiveInt


class ErrorRateKpi(RatioKpi):
    counts_failures: ClassVar[bool] = True

    kind: Literal["error_rate"]
    maximum_percent: OpenPercent


class IncidentsKpi(Kpi):
    counts_requests: ClassVar[bool] = False

    kind: Literal["incidents"]
    maximum: PositiveInt


class Kpis(Section):
    availability: AvailabilityKpi
    latency: LatencyKpi
    error_rate: ErrorRateKpi
    long_latency: LongLatencyKpi
    incidents: IncidentsKpi

    def by_id(self) -> Mapping[str, Kpi]:
        return {name: getattr(self, name) for name in type(self).model_fields}


class Slices(Section):
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


class BurnPair(Section):
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


class BurnRates(Section):
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


class Exclusions(Section):
    planned_maintenance: bool


class _Alert(Section):
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


class Alerts(Section):
    no_data: SilenceAlert
    api_down: SilenceAlert
    restarts: CountAlert
    crashes: CountAlert
    stream_waiting: LevelAlert
    dead_letters: LevelAlert
