"""From what happened to what the page says. The same facts at the same moment are the same page, in whatever order they came."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from shared.status import standing, story
from shared.status.model import (
    Component,
    ComponentView,
    Facts,
    Incident,
    IncidentView,
    Maintenance,
    MaintenanceView,
    Page,
)
from shared.status.uptime import days_of, uptime

MOST: Final = 200  # incidents, and maintenances, that are shown at all


def describe(facts: Facts, now: datetime) -> Page:
    components = tuple(_component(one, facts, now) for one in facts.components)
    level = standing.indicator([one.status for one in components])
    return Page(
        id=story.public_id("page", facts.name), name=facts.name, url=facts.url.rstrip("/"), since=facts.since, now=now,
        updated_at=max(_moments(facts, now), default=facts.since), indicator=level, headline=standing.HEADLINES[level],
        components=components,
        incidents=tuple(_incident(one, facts) for one in _newest_first(facts.incidents)),
        maintenances=tuple(_maintenance(one, facts, now) for one in _planned(facts.maintenances, now)),
        checked_at=facts.probe.at if facts.probe else None, checks_are_stale=standing.checks_are_stale(facts, now),
        titles={one.id: one.title for one in facts.components},
    )  # fmt: skip


def _component(component: Component, facts: Facts, now: datetime) -> ComponentView:
    days = days_of(component.id, facts, now)
    return ComponentView(
        component=component, public_id=story.public_id("component", component.id),
        status=standing.status_of(component.id, facts, now),
        updated_at=max(_moments(facts, now, component.id), default=facts.since), days=days, uptime=uptime(days),
    )  # fmt: skip


def _incident(incident: Incident, facts: Facts) -> IncidentView:
    known = tuple(one for one in facts.components if incident.concerned(one.id))
    watched = [line.at for line in incident.lines if line.state == "monitoring"]
    return IncidentView(
        incident=incident, public_id=story.public_id("incident", incident.id),
        updates=story.of_incident(incident, [one.title for one in facts.components if one.id in incident.components]),
        components=tuple(one.id for one in known),
        monitoring_at=max(watched) if watched and incident.state in {"monitoring", "resolved"} else None,
    )  # fmt: skip


def _maintenance(maintenance: Maintenance, facts: Facts, now: datetime) -> MaintenanceView:
    return MaintenanceView(
        maintenance=maintenance, public_id=story.public_id("maintenance", maintenance.id), phase=maintenance.phase(now),
        updates=story.of_maintenance(maintenance, now),
        components=tuple(one.id for one in facts.components if one.id in maintenance.components),
    )  # fmt: skip


def _newest_first(incidents: tuple[Incident, ...]) -> list[Incident]:
    return sorted(incidents, key=lambda one: (one.opened_at, one.id), reverse=True)[:MOST]


def _planned(maintenances: tuple[Maintenance, ...], now: datetime) -> list[Maintenance]:
    """Those under way and to come, the next one first, then the past ones, newest first."""
    ordered = sorted(maintenances, key=lambda one: (one.start, one.id))
    ahead = [one for one in ordered if one.end > now]
    return [*ahead, *(one for one in reversed(ordered) if one.end <= now)][:MOST]


def _moments(facts: Facts, now: datetime, component: str | None = None) -> Iterator[datetime]:
    """When something changed that the page shows (of one component)."""
    for incident in facts.incidents:
        if component is None or incident.concerned(component):
            yield incident.opened_at
            yield from (line.at for line in incident.lines if line.at <= now)
    for one in facts.maintenances:
        if component is None:
            yield one.changed_at
        if component is None or component in one.components:
            yield from (at for at in (one.start, one.end) if at <= now)
    probe = facts.probe
    if probe is not None and probe.since is not None and (component is None or component in probe.failing):
        yield probe.since
