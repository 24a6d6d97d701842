"""What each event of the bus means for incidents: whose word it is, which cause it speaks of, how bad that is.

All in one place: a person who asks why something paged finds the answer here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from shared.events.access import (
    AuditAltered,
    BreakGlassApproved,
    BreakGlassUnapproved,
    DatabaseRoleSettled,
    DatabaseRoleUnexpected,
)
from shared.events.backups import DrillFailed, DrillPassed
from shared.events.event import Event, Severity
from shared.events.health import ProbeFailed, ProbeRecovered
from shared.events.kpi import BudgetExhausted, KpiBreached, KpiDataMissing, KpiDataReturned, KpiRecovered
from shared.events.runbook import TaskFailed, TaskMissed, TaskPassed, TaskTimedOut, TaskUnconfigured
from shared.incidents.rules import Rules

SERVICE: Final = "service"
OPERATIONS: Final = "00000000-0000-0000-0000-000000000000"  # whose audit trail is P09's own
HEALTH_TASK: Final = "health_check"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """How near a source is to what it speaks of.

    A source of a lower ``rank`` neither keeps an incident open nor brings it back once a nearer one has seen the recovery.
    ``lag``: for so long it may still speak of what is over.
    """

    rank: int
    lag: timedelta = timedelta()


PROBE: Final = Evidence(rank=3)
CHECK: Final = Evidence(rank=2)
ALARM: Final = Evidence(rank=2, lag=timedelta(minutes=10))
SILENCE: Final = Evidence(rank=2, lag=timedelta(minutes=20))
HOUR: Final = Evidence(rank=1, lag=timedelta(hours=1))
CALENDAR: Final = Evidence(rank=0, lag=timedelta(hours=1))


@dataclass(frozen=True, kw_only=True)
class Signal:
    """A source says that something fails or is well again.

    ``source`` is whose word it is, ``cause`` what it speaks of: one incident is open per cause. A source that does not
    ``hold`` tells of something done, which has no recovery. ``breach`` is the KPI that was missed. ``since`` is when it
    began to fail, if that was before it was told. It opens an incident once it has failed for its ``patience``; by then a
    nearer source may have opened one, or it was nothing that lasts.
    """

    id: str
    at: datetime
    source: str
    cause: str
    failing: bool
    title: str
    why: str
    evidence: Evidence
    severity: Severity = "ticket"
    customer_impacting: bool = False
    components: tuple[str, ...] = ()
    holds: bool = True
    patience: timedelta = timedelta()
    breach: str = ""
    since: datetime | None = None
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def gravity(self) -> int:
        """The gravest signal names an incident: what customers feel, then what wakes somebody, then the nearest source."""
        return 100 * self.customer_impacting + 10 * (self.severity == "page") + self.evidence.rank

    @property
    def hit_at(self) -> datetime | None:
        """When it says that customers were hit, if it does."""
        return (self.since or self.at).replace(microsecond=0) if self.customer_impacting else None

    @property
    def place(self) -> tuple[datetime, bool, str]:
        """Of two signals of a source the later one counts; at the same moment the one that fails."""
        return self.at, self.failing, self.id


def signals_of(event: Event, rules: Rules) -> tuple[Signal, ...]:
    """The signals of an event, none if it has nothing to say."""
    match event:
        case ProbeFailed() | ProbeRecovered():
            found: tuple[Signal, ...] = (_of_probe(event, rules.components),)
        case KpiBreached() | KpiRecovered() | BudgetExhausted():
            found = (_of_kpi(event, rules),)
        case KpiDataMissing() | KpiDataReturned():
            found = (_of_silence(event),)
        case TaskPassed() | TaskFailed():
            found = (_of_run(event, ran=True), _of_finding(event))
        case TaskUnconfigured() | TaskMissed() | TaskTimedOut():
            found = (_of_run(event, ran=isinstance(event, TaskUnconfigured)),)
        case DrillPassed() | DrillFailed():
            found = (_of_drill(event),)
        case AuditAltered():
            found = (_of_trail(event),)
        case BreakGlassUnapproved() | BreakGlassApproved():
            found = (_of_break_glass(event),)
        case DatabaseRoleUnexpected() | DatabaseRoleSettled():
            found = (_of_role(event),)
        case _:
            found = ()
    return found


def _of_probe(event: ProbeFailed | ProbeRecovered, components: Mapping[str, str]) -> Signal:
    about: dict[str, Any] = {"cause": SERVICE, "customer_impacting": True, "components": tuple(event.components)}
    title = _not_well(event.components, components)
    if event.subject == "prober":
        about, title = {"cause": "prober"}, "The prober can't reach anything: nobody sees whether the service is well"
    return Signal(
        id=event.id, at=_at(event.at), source=f"probe:{event.subject}", failing=isinstance(event, ProbeFailed),
        title=title, why=event.why, evidence=PROBE, severity="page", since=_at(event.since) if event.since else None,
        **about,
    )  # fmt: skip


def _of_kpi(event: KpiBreached | KpiRecovered | BudgetExhausted, rules: Rules) -> Signal:
    budget = isinstance(event, BudgetExhausted)
    title = f"The error budget of {event.title} is used up" if budget else f"{event.title} misses its target"
    return Signal(
        id=event.id, at=_at(event.at), source=f"{'budget' if budget else 'kpi'}:{event.kpi}",
        cause=SERVICE if event.kpi in rules.service_kpis else f"kpi:{event.kpi}", failing=not isinstance(event, KpiRecovered),
        title=title, why=event.why, evidence=CALENDAR if budget or event.kpi in rules.lasting_kpis else HOUR,
        severity=event.severity, customer_impacting=event.kpi in rules.impacting_kpis and not budget, holds=not budget,
        breach=event.kpi if isinstance(event, KpiBreached) else "", links={"decision": event.decision},
    )  # fmt: skip


def _of_silence(event: KpiDataMissing | KpiDataReturned) -> Signal:
    return Signal(
        id=event.id, at=_at(event.at), source="kpi-data", cause=SERVICE, failing=isinstance(event, KpiDataMissing),
        title="No requests are being measured", why=event.why, evidence=SILENCE, severity=event.severity,
    )  # fmt: skip


def _of_finding(event: TaskPassed | TaskFailed) -> Signal:
    health = event.task == HEALTH_TASK
    return Signal(
        id=f"{event.id}#finding", at=_at(event.at), source=f"task:{event.task}",
        cause=SERVICE if health else f"task:{event.task}", failing=isinstance(event, TaskFailed),
        title="The health check failed" if health else f"Failed: {_plain(event.title)}", why=event.why, evidence=CHECK,
        severity="page" if health else "ticket", customer_impacting=health, links=_links(event),
    )  # fmt: skip


def _of_drill(event: DrillPassed | DrillFailed) -> Signal:
    """After a failed drill nobody knows whether the backups restore."""
    what = "A drill" if event.kind == "drill" else "A restore"
    return Signal(
        id=event.id, at=_at(event.at), source=f"{event.kind}s", cause=f"{event.kind}s", failing=isinstance(event, DrillFailed),
        title=f"{what} of the backups failed", why=event.why, evidence=CHECK, links={"drill": event.drill},
    )  # fmt: skip


def _of_trail(event: AuditAltered) -> Signal:
    """Each is a finding of its own. What was altered stays so: a person says when that is dealt with."""
    whose = "P09's operations" if event.organisation == OPERATIONS else f"organisation {event.organisation}"
    return Signal(
        id=event.id, at=_at(event.at), source=f"audit-trail:{event.id}", cause=f"audit-trail:{event.organisation}",
        failing=True, title=f"The audit trail of {whose} was altered", why=event.why, evidence=CHECK, severity="page",
        holds=False, links={"organisation": event.organisation},
    )  # fmt: skip


def _of_break_glass(event: BreakGlassUnapproved | BreakGlassApproved) -> Signal:
    about = f"break-glass:{event.credential}"
    who = event.approved_by if isinstance(event, BreakGlassApproved) else event.by
    return Signal(
        id=event.id, at=_at(event.at), source=about, cause=about, failing=isinstance(event, BreakGlassUnapproved),
        title=f"Nobody has approved a break-glass of {event.by}", why=f"{who}: {event.reason}", evidence=CHECK,
        links={"credential": event.credential},
    )  # fmt: skip


def _of_role(event: DatabaseRoleUnexpected | DatabaseRoleSettled) -> Signal:
    """Somebody may be in the database who should not: somebody is woken."""
    about = f"database-role:{event.role}"
    return Signal(
        id=event.id, at=_at(event.at), source=about, cause=about, failing=isinstance(event, DatabaseRoleUnexpected),
        title=f"A role of PostgreSQL is not as it should be: {event.role}", why=event.why, evidence=CHECK,
        severity="page", links={"role": event.role},
    )  # fmt: skip


def _of_run(event: Any, *, ran: bool) -> Signal:
    """Whether a task runs at all, which says nothing of what it would have found."""
    missed = "was not run" if isinstance(event, TaskMissed) else "did not end in time"
    return Signal(
        id=f"{event.id}#run", at=_at(event.at), source=f"run:{event.task}", cause=f"task:{event.task}", failing=not ran,
        title=f"A task {missed}: {_plain(event.title)}", why=event.why, evidence=CHECK, links=_links(event),
    )  # fmt: skip


def _links(event: Any) -> dict[str, str]:
    return {"task": event.task, "run": event.run}


def _not_well(failing: list[str], components: Mapping[str, str]) -> str:
    names = [components.get(one, one) for one in failing]
    if not names or len(names) == len(components):
        return "The service is not available"
    return f"Not available: {', '.join(names)}"


def _plain(title: str) -> str:
    return title.replace("`", "")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
