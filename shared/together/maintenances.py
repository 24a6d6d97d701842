"""Planned maintenances, which the calendar keeps: KPIs leave them out, and a failure that they cover opens no incident."""

from collections.abc import Collection
from datetime import datetime

from shared.calendar.store import CalendarStore
from shared.incidents.store import IncidentStore
from shared.incidents.suppression import Maintenance
from shared.kpi.exclusions import Exclusion
from shared.kpi.timeline import Span


def exclusions(calendar: CalendarStore, span: Span) -> list[Exclusion]:
    """Those that overlap a span."""
    found = calendar.between(span.start, span.end, ["maintenance"])
    return [
        Exclusion(Span(entry.excused_from, entry.plan.end), entry.plan.reason)
        for entry in found
        if not entry.waits and entry.excused_from < entry.plan.end
    ]


def maintenances_at(calendar: CalendarStore, at: datetime) -> list[Maintenance]:
    """Those that are on at a moment."""
    found = calendar.active(at, ["maintenance"])
    return [Maintenance(components=frozenset(entry.plan.components)) for entry in found if entry.excused_from <= at]


def outage_of(incidents: IncidentStore, components: Collection[str]) -> str:
    """The open incident by which customers of these components are affected, "" if there is none."""
    for incident in incidents.open_ones():
        concerned = not incident.components or set(incident.components) & set(components)
        if incident.counts_for_customers and concerned:
            return incident.id
    return ""
