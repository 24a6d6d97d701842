"""A component's days: how long it was down on each, by UTC, which has no hour twice and none missing."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from shared.status.model import ComponentStatus, Day, Facts, Incident
from shared.status.spans import Spans, clip, seconds, union, without
from shared.status.standing import felt

DAYS: Final = 90
PARTIAL_WEIGHT: Final = 0.3  # as Statuspage counts it
ENOUGH: Final = timedelta(days=7)  # of measurements: an outage in less is no figure of a service's reliability
_DAY: Final = timedelta(days=1)


def days_of(component: str, facts: Facts, now: datetime) -> tuple[Day, ...]:
    """The last 90, oldest first. What fails during planned maintenance is not counted, nor is the time of it."""
    incidents = [one for one in facts.incidents if one.concerned(component)]
    planned = union((one.start, one.end) for one in facts.maintenances if component in one.components)
    major = _felt_as("major_outage", component, incidents, now)
    partial = without(_felt_as("partial_outage", component, incidents, now), major)
    degraded = without(_felt_as("degraded_performance", component, incidents, now), union([*major, *partial]))
    levels = {
        "major": without(major, planned), "partial": without(partial, planned), "degraded": without(degraded, planned),
    }  # fmt: skip
    return tuple(_day(day, facts.since, now, planned, levels, incidents) for day in _last(now.date()))


def uptime(days: tuple[Day, ...]) -> float | None:
    """A share of 1 over all days together; None without enough history."""
    measured = sum(day.measured for day in days)
    if measured < ENOUGH.total_seconds():
        return None
    return 1 - sum(day.major + PARTIAL_WEIGHT * day.partial for day in days) / measured


def phases(incident: Incident, component: str, now: datetime) -> Iterator[tuple[datetime, datetime, ComponentStatus]]:
    """How one of its components was, from its opening to its end."""
    end = incident.resolved_at or now
    lines = sorted(incident.lines, key=lambda line: line.at)
    concerned = incident.concerns_after(lines[0], component) if lines else incident.concerns(component)
    start, status = incident.opened_at, felt(incident, "investigating") if concerned else "operational"
    for line in lines:
        after = felt(incident, line.state) if incident.concerns_after(line, component) else "operational"
        if after != status:
            yield start, min(max(line.at, start), end), status
            start, status = max(line.at, start), after
    yield start, max(start, end), status


def _felt_as(status: ComponentStatus, component: str, incidents: list[Incident], now: datetime) -> Spans:
    return union(
        (start, end)
        for incident in incidents
        for start, end, felt_as in phases(incident, component, now)
        if felt_as == status
    )


def _day(
    day: date, since: datetime, now: datetime, planned: Spans, levels: dict[str, Spans], incidents: list[Incident]
) -> Day:
    start = datetime.combine(day, datetime.min.time(), UTC)
    end = min(start + _DAY, now)
    known = max(start, since), end
    down = {name: seconds(clip(spans, start, end)) for name, spans in levels.items()}
    return Day(
        day=day, measured=seconds(without(union([known]), planned)), maintenance=seconds(clip(planned, start, end)), **down,
        incidents=tuple(one.id for one in incidents if one.opened_at < end and (one.resolved_at or now) > start),
    )  # fmt: skip


def _last(today: date) -> Iterator[date]:
    return (today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1))
