"""Planned maintenances, which the calendar keeps: KPIs leave them out, and a failure that they cover opens no incident."""

from datetime import datetime

from shared.calendar.store import CalendarStore
from shared.incidents.suppression import Maintenance
from shared.kpi.exclusions import Exclusion
from shared.kpi.timeline import Span


def exclusions(calendar: CalendarStore, span: Span) -> list[Exclusion]:
    """Those that overlap a span."""
    found = calendar.between(span.start, span.end, ["maintenance"])
    return [Exclusion(Span(entry.plan.start, entry.plan.end), entry.plan.reason) for entry in found]


def maintenances_at(calendar: CalendarStore, at: datetime) -> list[Maintenance]:
    """Those that are on at a moment."""
    found = calendar.active(at, ["maintenance"])
    return [Maintenance(components=frozenset(entry.plan.components)) for entry in found]
