"""An incident, what is written into its timeline, and what is told of each of its changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from shared.events.event import Severity
from shared.events.incidents import IncidentChanged
from shared.platform.moments import stamp

State = Literal["investigating", "identified", "monitoring", "resolved"]
Change = Literal["opened", "acknowledged", "updated", "escalated", "monitoring", "resolved", "reopened", "merged"]
EntryKind = Literal["signal", "change", "note"]
Act = Literal["acknowledge", "update", "merge", "resolve", "reopen"]


@dataclass(frozen=True, kw_only=True)
class Failing:
    """A source that has not recovered: how much its word weighs, and which components it says are not well."""

    rank: int
    components: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Incident:
    """How an incident stands.

    ``causes`` are those whose signals belong to it, ``failing`` its sources that have not recovered, ``rank`` the greatest
    weight of a source that it has seen. ``customers_since`` is when customers were first hit, ``severity_since`` when it
    got its severity, ``gravity`` that of the signal which gave the title. ``sequence`` counts what was told, ``entries`` its
    timeline, ``version`` what was written. ``settled`` are the attributes that a person has set, which signals then leave
    alone.
    """

    id: str
    title: str
    state: State
    severity: Severity
    customer_impacting: bool
    opened_at: datetime
    causes: tuple[str, ...]
    components: tuple[str, ...] = ()
    owner: str = ""
    opened_by: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    escalated: tuple[Severity, ...] = ()
    monitoring_since: datetime | None = None
    resolved_at: datetime | None = None
    merged_into: str | None = None
    review: str | None = None
    failing: Mapping[str, Failing] = field(default_factory=dict)
    rank: int = 0
    gravity: int = 0
    customers_since: datetime | None = None
    severity_since: datetime | None = None
    signals: int = 0
    settled: tuple[str, ...] = ()
    sequence: int = 0
    entries: int = 0
    version: int = 0

    @property
    def is_open(self) -> bool:
        return self.state != "resolved"

    @property
    def began_at(self) -> datetime:
        """When customers were first hit; of what hit none, when it opened."""
        return self.customers_since if self.customer_impacting and self.customers_since else self.opened_at

    @property
    def counts_for_customers(self) -> bool:
        """Whether it is one of the KPI's: a merged one is counted with what it was merged into."""
        return self.customer_impacting and self.merged_into is None

    @property
    def is_well(self) -> bool:
        """Nothing fails whose word weighs as much as that of the best source that was heard.

        The hourly error rate stays bad long after the probe has seen the service recover: the probe is believed.
        """
        return all(one.rank < self.rank for one in self.failing.values())

    @property
    def may(self) -> tuple[Act, ...]:
        if self.merged_into is not None:
            return ()
        if not self.is_open:
            return ("update", "reopen")
        return (*(("acknowledge",) if self.acknowledged_at is None else ()), "update", "merge", "resolve")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the timeline; ``by`` is a person's username, or "" for what happened by itself.

    ``components`` are the incident's from then on; None in what was written before lines said so."""

    at: datetime
    kind: EntryKind
    text: str
    state: State
    by: str = ""
    public: bool = False
    links: Mapping[str, str] = field(default_factory=dict)
    components: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """What changes at once: how the incident then stands, what its timeline says, what is told."""

    incident: Incident
    entries: tuple[Entry, ...] = ()
    told: tuple[IncidentChanged, ...] = ()


def write(step: Step, at: datetime, text: str, *, kind: EntryKind = "change", **said: Any) -> Step:
    """Add a line to the timeline; ``said`` are further attributes of the entry."""
    entry = Entry(at=at, kind=kind, text=text, state=step.incident.state, components=step.incident.components, **said)
    incident = replace(step.incident, entries=step.incident.entries + 1)
    return replace(step, incident=incident, entries=(*step.entries, entry))


def tell(step: Step, at: datetime, change: Change, *, note: str = "", public: bool = False) -> Step:
    """Tell how the incident stands now. Its changes are numbered: the same one is always the same event."""
    incident = replace(step.incident, sequence=step.incident.sequence + 1)
    event = IncidentChanged(
        id=f"{incident.id}-{incident.sequence}", at=stamp(at), incident=incident.id, sequence=incident.sequence,
        change=change, title=incident.title, state=incident.state, severity=incident.severity,
        customer_impacting=incident.customer_impacting, components=list(incident.components), owner=incident.owner,
        note=note, public=public,
    )  # fmt: skip
    return replace(step, incident=incident, told=(*step.told, event))


def alter(step: Step, **changes: Any) -> Step:
    return replace(step, incident=replace(step.incident, **changes))


def identify(prefix: Literal["INC", "PIR"], at: datetime, what: str) -> str:
    """An id that sorts by time and that the same thing gets again: ``INC-20261124-133306-3f9a0c``."""
    return f"{prefix}-{at:%Y%m%d-%H%M%S}-{sha256(f'{what} {stamp(at)}'.encode()).hexdigest()[:6]}"
