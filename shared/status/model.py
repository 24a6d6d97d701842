"""What the status page is told, and what it says. Times are UTC; nothing here knows a clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

ComponentStatus = Literal[
    "operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"
]  # fmt: skip
Impact = Literal["none", "minor", "major", "critical"]
Indicator = Literal["none", "minor", "major", "critical", "maintenance"]
State = Literal["investigating", "identified", "monitoring", "resolved"]
Phase = Literal["scheduled", "in_progress", "completed"]


@dataclass(frozen=True, kw_only=True)
class Component:
    id: str
    title: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of an incident's timeline, the state after it and the components that it then concerns, None if nobody wrote
    them down; its text is shown only if it is ``public``."""

    at: datetime
    state: State
    text: str = ""
    public: bool = False
    components: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Incident:
    """One that customers feel, ``opened_at`` when they first did. Without ``components`` it concerns all of them."""

    id: str
    title: str
    impact: Literal["minor", "major", "critical"]
    state: State
    opened_at: datetime
    resolved_at: datetime | None = None
    components: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state != "resolved"

    def concerns(self, component: str) -> bool:
        """Now, or at its end."""
        return _are_named(component, self.components)

    def concerned(self, component: str) -> bool:
        """At any time."""
        return self.concerns(component) or any(self.concerns_after(line, component) for line in self.lines)

    def concerns_after(self, line: Line, component: str) -> bool:
        return _are_named(component, self.components if line.components is None else line.components)


def _are_named(component: str, components: tuple[str, ...]) -> bool:
    return not components or component in components


@dataclass(frozen=True, kw_only=True)
class Maintenance:
    """``in_outage``: it began during an outage, which it doesn't hide."""

    id: str
    title: str
    reason: str
    start: datetime
    end: datetime
    components: tuple[str, ...]
    planned_at: datetime
    changed_at: datetime
    in_outage: bool = False

    def phase(self, now: datetime) -> Phase:
        if now < self.start:
            return "scheduled"
        return "in_progress" if now < self.end else "completed"


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What the automatic checks said last: the components that fail, and since when."""

    at: datetime
    failing: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that the page is made of; ``since`` is when records began."""

    name: str
    url: str
    since: datetime
    components: tuple[Component, ...]
    incidents: tuple[Incident, ...] = ()
    maintenances: tuple[Maintenance, ...] = ()
    probe: Probe | None = None


@dataclass(frozen=True, kw_only=True)
class Update:
    """What customers read about an incident or a maintenance."""

    id: str
    at: datetime
    status: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Day:
    """A UTC day of a component, in seconds; ``measured`` leaves out maintenance, the future and what was before records.

    ``uptime`` is a share of 1 as Statuspage counts it: a partial outage weighs 30%, degraded performance nothing.
    """

    day: date
    measured: float
    major: float = 0
    partial: float = 0
    degraded: float = 0
    maintenance: float = 0
    incidents: tuple[str, ...] = ()

    @property
    def status(self) -> ComponentStatus | None:
        """The worst of the day; None if nothing is known of it."""
        worst: tuple[tuple[float, ComponentStatus], ...] = (
            (self.major, "major_outage"), (self.partial, "partial_outage"), (self.degraded, "degraded_performance"),
            (self.maintenance, "under_maintenance"), (self.measured, "operational"),
        )  # fmt: skip
        return next((status for seconds, status in worst if seconds > 0), None)


@dataclass(frozen=True, kw_only=True)
class ComponentView:
    component: Component
    public_id: str
    status: ComponentStatus
    updated_at: datetime
    days: tuple[Day, ...]
    uptime: float | None


@dataclass(frozen=True, kw_only=True)
class IncidentView:
    incident: Incident
    public_id: str
    updates: tuple[Update, ...]  # newest first
    components: tuple[str, ...]  # known ones, in the page's order
    monitoring_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MaintenanceView:
    maintenance: Maintenance
    public_id: str
    phase: Phase
    updates: tuple[Update, ...]
    components: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Incidents and maintenances are newest first, but those to come: the next one first."""

    id: str
    name: str
    url: str
    since: datetime
    now: datetime
    updated_at: datetime
    indicator: Indicator
    headline: str
    components: tuple[ComponentView, ...]
    incidents: tuple[IncidentView, ...]
    maintenances: tuple[MaintenanceView, ...]
    checked_at: datetime | None
    checks_are_stale: bool
    titles: Mapping[str, str] = field(default_factory=dict)
