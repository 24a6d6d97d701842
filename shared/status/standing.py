"""How a component stands, and with all of them the service."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.status.model import ComponentStatus, Facts, Incident, Indicator, State

STALE_AFTER: Final = timedelta(minutes=5)  # what a probe said then says nothing of now
_WORST_FIRST: Final[tuple[ComponentStatus, ...]] = (
    "major_outage", "partial_outage", "degraded_performance", "operational",
)  # fmt: skip
_FELT: Final[dict[str, ComponentStatus]] = {
    "minor": "degraded_performance", "major": "partial_outage", "critical": "major_outage",
}  # fmt: skip
HEADLINES: Final[dict[Indicator, str]] = {
    "none": "All Systems Operational",
    "minor": "Partially Degraded Service",
    "major": "Partial System Outage",
    "critical": "Major System Outage",
    "maintenance": "Service Under Maintenance",
}


def felt(incident: Incident, state: State) -> ComponentStatus:
    """How its components are while an incident is in a state: once it is only watched they work, not yet for sure."""
    if state == "resolved":
        return "operational"
    return "degraded_performance" if state == "monitoring" else _FELT[incident.impact]


def status_of(component: str, facts: Facts, now: datetime) -> ComponentStatus:
    """Planned work comes first: what fails meanwhile was announced. Work that began in an outage hides nothing of it."""
    under_way = [one for one in facts.maintenances if one.phase(now) == "in_progress" and component in one.components]
    if any(not one.in_outage for one in under_way):
        return "under_maintenance"
    healthy: ComponentStatus = "under_maintenance" if under_way else "operational"
    return min(_signs(component, facts, now), key=_WORST_FIRST.index, default=healthy)


def indicator(statuses: Sequence[ComponentStatus]) -> Indicator:
    """What the components amount to: all down is critical, some is major."""
    working = [status for status in statuses if status != "under_maintenance"]
    if working and all(status == "major_outage" for status in working):
        return "critical"
    if "major_outage" in working or "partial_outage" in working:
        return "major"
    if "degraded_performance" in working:
        return "minor"
    return "maintenance" if "under_maintenance" in statuses else "none"


def checks_are_stale(facts: Facts, now: datetime) -> bool:
    return facts.probe is None or now - facts.probe.at > STALE_AFTER


def _signs(component: str, facts: Facts, now: datetime) -> Iterator[ComponentStatus]:
    probe = facts.probe
    if probe is not None and component in probe.failing and not checks_are_stale(facts, now):
        yield "major_outage"
    yield from (felt(one, one.state) for one in _open(facts.incidents) if one.concerns(component))


def _open(incidents: Iterable[Incident]) -> Iterator[Incident]:
    return (one for one in incidents if one.is_open)
