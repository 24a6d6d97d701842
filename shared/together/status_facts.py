"""What the page is made of, read from the operations table alone: incidents, calendar, what the prober found last."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal

from shared.calendar.model import Entry
from shared.calendar.store import CalendarStore
from shared.health.store import ProbeStore
from shared.incidents.model import Incident as Occurred
from shared.incidents.signals import CALENDAR
from shared.incidents.signals import PROBE as PROBE_EVIDENCE
from shared.incidents.store import IncidentStore
from shared.platform.aws.dynamodb import Table
from shared.platform.moments import moment
from shared.runbook.model import Runbook
from shared.status.model import Component, Facts, Incident, Line, Maintenance, Probe

HISTORY: Final = timedelta(days=120)
AHEAD: Final = timedelta(days=180)


class Source:
    """Reads the table; timelines of incidents that have not changed since are remembered."""

    def __init__(self, table: Table, runbook: Runbook, url: str) -> None:
        self._runbook = runbook
        self._url = url
        self._incidents = IncidentStore(table)
        self._calendar = CalendarStore(table)
        self._probes = ProbeStore(table)
        self._timelines: dict[tuple[str, int], tuple[Line, ...]] = {}

    def facts(self, now: datetime) -> Facts:
        return Facts(
            name=f"{self._runbook.service.name} Status", url=self._url, since=self._incidents.recorded_since() or now,
            components=tuple(
                Component(id=name, title=one.title, description=one.description)
                for name, one in self._runbook.components.items()
            ),
            incidents=tuple(self._felt(now)),
            maintenances=tuple(
                maintenance_of(entry)
                for entry in self._calendar.between(now - HISTORY, now + AHEAD, ["maintenance"])
                if not entry.waits
            ),
            probe=self._probe(),
        )  # fmt: skip

    def _felt(self, now: datetime) -> Iterator[Incident]:
        recent = self._incidents.opened_between(now - HISTORY, now + timedelta(seconds=1))
        found = {one.id: one for one in (*self._incidents.open_ones(), *recent)}
        for occurred in found.values():
            if is_told(occurred):
                yield incident_of(occurred, self._lines(occurred))

    def _lines(self, occurred: Occurred) -> tuple[Line, ...]:
        key = occurred.id, occurred.version
        if key not in self._timelines:
            self._timelines[key] = tuple(
                Line(
                    at=one.at,
                    state=one.state,
                    text=one.text if one.public else "",
                    public=one.public,
                    components=one.components,
                )
                for one in self._incidents.timeline(occurred.id)
                if one.at >= occurred.began_at
            )
        return self._timelines[key]

    def _probe(self) -> Probe | None:
        memory = self._probes.read()
        if memory.at is None:
            return None
        failing, prober = memory.standings.failing, memory.standings.prober
        first = min((one.first for one in failing.values()), default=None)
        return Probe(
            at=moment(prober.since) if prober.since else memory.at,  # a prober that reaches nothing has known nothing since
            failing=tuple(failing), since=moment(first) if first else None,
        )  # fmt: skip


def incident_of(occurred: Occurred, lines: tuple[Line, ...]) -> Incident:
    return Incident(
        id=occurred.id, title=title_of(occurred), impact=impact_of(occurred), state=occurred.state,
        opened_at=occurred.began_at, resolved_at=occurred.resolved_at, components=occurred.components, lines=lines,
    )  # fmt: skip


def title_of(occurred: Occurred) -> str:
    """What a person wrote, or what fails as customers know it; names of KPIs and alarms are ours."""
    if "title" in occurred.settled or occurred.rank >= PROBE_EVIDENCE.rank:
        return occurred.title
    return "Some requests fail or are slow"


def is_told(occurred: Occurred) -> bool:
    """Whether it is on the page: customers feel it, now. What only a month's sum shows are the outages already told."""
    return occurred.counts_for_customers and (bool(occurred.opened_by) or occurred.rank > CALENDAR.rank)


def impact_of(occurred: Occurred) -> Literal["minor", "major", "critical"]:
    """What the prober sees from outside does not answer at all; what only sums of requests show fails for some."""
    if occurred.severity == "ticket":
        return "minor"
    return "critical" if occurred.rank >= PROBE_EVIDENCE.rank else "major"


def maintenance_of(entry: Entry) -> Maintenance:
    plan = entry.plan
    return Maintenance(
        id=entry.id, title=plan.title, reason=plan.reason, start=entry.excused_from, end=plan.end,
        components=plan.components, planned_at=entry.announced_at or entry.created_at, changed_at=entry.changed_at,
        in_outage=bool(entry.during),
    )  # fmt: skip
