from typing import ClassVar

from shared.events.event import Event, Severity


class _KpiEvent(Event):
    """``id`` is the same each time the same change is sent; ``decision`` names the record that proves it."""

    source: ClassVar[str] = "p09.kpi"
    id: str
    kpi: str
    title: str
    severity: Severity
    decision: str
    at: str
    why: str


class KpiBreached(_KpiEvent):
    """A target is missed that was met before, or in the calendar window before."""


class KpiRecovered(_KpiEvent):
    """A target is met again."""


class BudgetExhausted(_KpiEvent):
    """Nothing is left of an error budget."""


class _DataEvent(Event):
    source: ClassVar[str] = "p09.kpi"
    id: str
    severity: Severity
    at: str
    why: str


class KpiDataMissing(_DataEvent):
    """No request is measured: nothing can be said of any KPI."""


class KpiDataReturned(_DataEvent):
    """Requests are measured again."""
