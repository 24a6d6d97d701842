"""The catalogue of events on the bus: one typed model each. An event's detail-type is its model's name."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Final, Literal

Severity = Literal["page", "ticket"]


class UnknownEvent(ValueError):
    """A detail-type that the catalogue lacks, or a detail that is not of its model."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """What happened, told once. Consumers ignore an ``id`` that they have seen, where the model has one."""

    source: ClassVar[str]

    @property
    def detail_type(self) -> str:
        return type(self).__name__

    @property
    def detail(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class EventsWaiting(Event):
    """Accepted events wait in a stream whose worker was idle."""

    source: ClassVar[str] = "p09.ingestion"
    stream: str


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class KpiBreached(_KpiEvent):
    """A target is missed that was met before, or in the calendar window before."""


@dataclass(frozen=True, kw_only=True)
class KpiRecovered(_KpiEvent):
    """A target is met again."""


@dataclass(frozen=True, kw_only=True)
class BudgetExhausted(_KpiEvent):
    """Nothing is left of an error budget."""


@dataclass(frozen=True, kw_only=True)
class _DataEvent(Event):
    source: ClassVar[str] = "p09.kpi"
    id: str
    severity: Severity
    at: str
    why: str


@dataclass(frozen=True, kw_only=True)
class KpiDataMissing(_DataEvent):
    """No request is measured: nothing can be said of any KPI."""


@dataclass(frozen=True, kw_only=True)
class KpiDataReturned(_DataEvent):
    """Requests are measured again."""


@dataclass(frozen=True, kw_only=True)
class _TaskEvent(Event):
    """A task of the runbook has a verdict for one of its times. ``run`` names the record with the evidence."""

    source: ClassVar[str] = "p09.runbook"
    id: str
    at: str
    task: str
    title: str
    run: str
    scheduled_for: str
    why: str


@dataclass(frozen=True, kw_only=True)
class TaskPassed(_TaskEvent):
    """What the task looked at is as it should be."""


@dataclass(frozen=True, kw_only=True)
class TaskFailed(_TaskEvent):
    """It is not, or the task could not find out."""


@dataclass(frozen=True, kw_only=True)
class TaskUnconfigured(_TaskEvent):
    """The task can't judge yet: something is not configured, or too little was measured. Neither good nor bad."""


@dataclass(frozen=True, kw_only=True)
class TaskTimedOut(_TaskEvent):
    """The task began and did not end in its time."""


@dataclass(frozen=True, kw_only=True)
class TaskMissed(_TaskEvent):
    """The task's hour and its grace have passed without a run."""


@dataclass(frozen=True, kw_only=True)
class TaskRequested(Event):
    """A person wants a task to be run now; ``run`` is the record that waits for it."""

    source: ClassVar[str] = "p09.runbook"
    id: str
    at: str
    task: str
    run: str
    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class _ProbeEvent(Event):
    """``subject`` is "service", or "prober" when the prober itself can't reach anything; ``components`` are those of
    the runbook that are not well (before a recovery: that were not)."""

    source: ClassVar[str] = "p09.health"
    id: str
    at: str
    subject: Literal["service", "prober"]
    components: list[str]
    why: str


@dataclass(frozen=True, kw_only=True)
class ProbeFailed(_ProbeEvent):
    """So many probes in a row failed that it is no accident; told again when other components are concerned."""


@dataclass(frozen=True, kw_only=True)
class ProbeRecovered(_ProbeEvent):
    """So many probes in a row passed that it is over."""


@dataclass(frozen=True, kw_only=True)
class IncidentChanged(Event):
    """``change`` says what has just happened, the other fields how the incident stands after it.

    ``sequence`` counts an incident's changes from 1, without gaps. ``note`` is what a person wrote, for customers' eyes
    when ``public``, or why it is graver than was known; an update without one concerns what is shown, not people.
    """

    source: ClassVar[str] = "p09.incidents"
    id: str
    at: str
    incident: str
    sequence: int
    change: Literal["opened", "acknowledged", "updated", "escalated", "monitoring", "resolved", "reopened", "merged"]
    title: str
    state: Literal["investigating", "identified", "monitoring", "resolved"]
    severity: Severity
    customer_impacting: bool
    components: list[str]
    owner: str
    note: str
    public: bool


@dataclass(frozen=True, kw_only=True)
class ReviewChanged(Event):
    """A post-incident review was opened, is overdue, or was closed."""

    source: ClassVar[str] = "p09.incidents"
    id: str
    at: str
    review: str
    change: Literal["opened", "overdue", "closed"]
    title: str
    due: str
    owner: str
    why: str


@dataclass(frozen=True, kw_only=True)
class CalendarChanged(Event):
    """A maintenance or a freeze was planned, changed, began, ended or was cancelled."""

    source: ClassVar[str] = "p09.calendar"
    id: str
    at: str
    entry: str
    kind: Literal["maintenance", "freeze"]
    change: Literal["planned", "changed", "began", "ended", "cancelled"]
    title: str
    start: str
    end: str
    components: list[str]
    reason: str


@dataclass(frozen=True, kw_only=True)
class DeploymentChanged(Event):
    """Something happened to a change on its way to production; ``change`` says what, ``why`` how it came.

    ``sequence`` counts what happened to a deployment from 1, without gaps; ``impact`` is what people are told to expect.
    """

    source: ClassVar[str] = "p09.deployments"
    id: str
    at: str
    deployment: str
    sequence: int
    change: Literal[
        "planned",
        "amended",
        "staged",
        "smoke_passed",
        "load_passed",
        "held",
        "cleared",
        "override_asked",
        "overridden",
        "approved",
        "handed_over",
        "promoted",
        "verified",
        "rejected",
        "expired",
        "rolled_back",
    ]
    title: str
    impact: str
    planned_for: str
    by: str
    why: str


@dataclass(frozen=True, kw_only=True)
class MessageQueued(Event):
    """A message waits to be sent; ``thread`` is what it belongs to, such as an incident."""

    source: ClassVar[str] = "p09.communication"
    id: str
    at: str
    thread: str


@dataclass(frozen=True, kw_only=True)
class _DrillEvent(Event):
    """The end of a drill or restore; ``drill`` names the record with the evidence of every step."""

    source: ClassVar[str] = "p09.backups"
    id: str
    at: str
    drill: str
    kind: Literal["drill", "restore", "mark"]
    rpo_seconds: int | None
    rto_seconds: int | None
    why: str


@dataclass(frozen=True, kw_only=True)
class DrillPassed(_DrillEvent):
    """A backup was restored, and what it held is what its source held; a second person has signed that off."""


@dataclass(frozen=True, kw_only=True)
class DrillFailed(_DrillEvent):
    """It was not, or nobody has signed it off in time."""


@dataclass(frozen=True, kw_only=True)
class AuditAltered(Event):
    """Rows of an audit trail are not as they were written; ``why`` says which. ``organisation`` is all zeros for P09's own."""

    source: ClassVar[str] = "p09.access"
    id: str
    at: str
    organisation: str
    why: str


@dataclass(frozen=True, kw_only=True)
class _CredentialEvent(Event):
    """``credential`` is the lease's id, ``role`` the temporary role in PostgreSQL; ``by`` has it, ``access`` is read or write."""

    source: ClassVar[str] = "p09.access"
    id: str
    at: str
    credential: str
    role: str
    by: str
    access: str
    until: str
    break_glass: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class DatabaseCredentialIssued(_CredentialEvent):
    """Somebody can log in to PostgreSQL until ``until``."""


@dataclass(frozen=True, kw_only=True)
class DatabaseCredentialEnded(_CredentialEvent):
    """Role and sessions are gone; ``reason`` says why."""


@dataclass(frozen=True, kw_only=True)
class BreakGlassApproved(_CredentialEvent):
    """A second person has looked at a break-glass, in time or later; ``reason`` is what they say."""

    approved_by: str


@dataclass(frozen=True, kw_only=True)
class BreakGlassUnapproved(_CredentialEvent):
    """No second person has approved a break-glass in its time."""


@dataclass(frozen=True, kw_only=True)
class _RoleEvent(Event):
    source: ClassVar[str] = "p09.access"
    id: str
    at: str
    role: str
    why: str


@dataclass(frozen=True, kw_only=True)
class DatabaseRoleUnexpected(_RoleEvent):
    """A role of PostgreSQL is not what the leases and this system know; ``why`` says what is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class DatabaseRoleSettled(_RoleEvent):
    """A later comparison finds nothing wrong with it any more."""


CATALOGUE: Final[dict[str, type[Event]]] = {
    model.__name__: model
    for model in (
        *(EventsWaiting, KpiBreached, KpiRecovered, BudgetExhausted, KpiDataMissing, KpiDataReturned),
        *(TaskPassed, TaskFailed, TaskUnconfigured, TaskTimedOut, TaskMissed, TaskRequested),
        *(ProbeFailed, ProbeRecovered, IncidentChanged, ReviewChanged, CalendarChanged, MessageQueued),
        *(DrillPassed, DrillFailed, DeploymentChanged, AuditAltered),
        *(DatabaseCredentialIssued, DatabaseCredentialEnded, BreakGlassUnapproved, BreakGlassApproved),
        *(DatabaseRoleUnexpected, DatabaseRoleSettled),
    )
}


def read(detail_type: str, detail: dict[str, Any] | str) -> Event:
    """The event of a detail as it came over the bus. Raises UnknownEvent."""
    if (model := CATALOGUE.get(detail_type)) is None:
        raise UnknownEvent(f"{detail_type} is not in the catalogue: {', '.join(CATALOGUE)}")
    try:
        content = json.loads(detail) if isinstance(detail, str) else detail
    except json.JSONDecodeError as error:
        raise UnknownEvent(f"{detail_type} has a detail that is no JSON: {error}") from error
    names = {field.name for field in fields(model)}
    if not isinstance(content, dict) or names != set(content):
        raise UnknownEvent(f"{detail_type} has the fields {sorted(names)}, not {content!r:.200}")
    return model(**content)
