"""What is said of each event, in which thread, and at which place in it."""

from dataclasses import dataclass
from typing import Final

from shared.communication.model import Content
from shared.events.access import BreakGlassApproved, DatabaseCredentialEnded, DatabaseCredentialIssued
from shared.events.calendar import CalendarChanged
from shared.events.deployments import DeploymentChanged
from shared.events.event import Event
from shared.events.incidents import IncidentChanged, ReviewChanged
from shared.events.runbook import TaskFailed, TaskMissed, TaskPassed, TaskTimedOut, TaskUnconfigured
from shared.platform.moments import moment

BUDGET_REVIEW: Final = "error_budget_review"
_VERDICTS: Final = {
    "TaskPassed": "passed",
    "TaskFailed": "failed",
    "TaskUnconfigured": "can't be judged yet",
    "TaskTimedOut": "timed out",
    "TaskMissed": "did not run",
}
_INCIDENT: Final = {
    "opened": ("incident_opened", "Incident"),
    "acknowledged": ("incident_updated", "Acknowledged"),
    "updated": ("incident_updated", "Update"),
    "escalated": ("incident_escalated", "Escalated: nobody has acknowledged"),
    "monitoring": ("incident_monitoring", "Recovered, being watched"),
    "resolved": ("incident_resolved", "Resolved"),
    "reopened": ("incident_reopened", "Reopened"),
    "merged": ("incident_updated", "Merged"),
}
# What people are told of a deployment; its other steps stand in its story.
_DEPLOYMENT: Final = {
    "planned": ("planned_deployment", "Planned deployment"),
    "overridden": ("deployment_overridden", "Gates overridden"),
    "promoted": ("deployment_promoted", "Going to production"),
    "verified": ("deployment_verified", "Deployed and verified"),
    "rolled_back": ("deployment_rolled_back", "Rolled back"),
    "rejected": ("deployment_cancelled", "Deployment rejected"),
    "expired": ("deployment_cancelled", "Approval expired"),
}
_ACCESS: Final = {"read": "read-only", "write": "read and write"}
_SEVERITIES: Final = {"page": "page (somebody is woken)", "ticket": "ticket (in working hours)"}
_WRITTEN: Final = {"planned_deployment": "Planned deployment", "notice": "Notice"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """``content`` is None where nothing is said: the place in the thread is taken all the same."""

    thread: str
    sequence: int
    content: Content | None


def told(event: Event, console_url: str) -> Told | None:
    """What an event of the bus has us say; None when it is none of those that are announced."""
    match event:
        case IncidentChanged():
            content = _incident(event, console_url)
            return Told(thread=f"incident:{event.incident}", sequence=event.sequence, content=content)
        case ReviewChanged():
            return Told(thread=f"review:{event.review}", sequence=0, content=_review(event, console_url))
        case CalendarChanged():
            return Told(thread=f"{event.kind}:{event.entry}", sequence=0, content=_calendar(event, console_url))
        case DeploymentChanged():
            content = _deployment(event, console_url)
            return Told(thread=f"deployment:{event.deployment}", sequence=event.sequence, content=content)
        case TaskPassed() | TaskFailed() | TaskUnconfigured() | TaskTimedOut() | TaskMissed():
            return Told(thread=f"task:{event.task}:{event.run}", sequence=0, content=_report(event, console_url))
    return _of_access(event, console_url)


def _of_access(event: Event, console_url: str) -> Told | None:
    if not isinstance(event, DatabaseCredentialIssued | DatabaseCredentialEnded | BreakGlassApproved):
        return None
    return Told(thread=f"credential:{event.credential}", sequence=0, content=_credential(event, console_url))


def written_content(*, kind: str, title: str, summary: str, impact: str, by: str) -> Content:
    """What a person announces."""
    facts = (*((("Impact", impact),) if impact else ()), ("Announced by", by))
    return Content(kind=kind, title=f"{_WRITTEN[kind]}: {title}", summary=summary, facts=facts)


def _incident(event: IncidentChanged, console_url: str) -> Content | None:
    if event.change == "updated" and not event.note:
        return None  # a count or a component more: the timeline has it, people need not be told
    kind, word = _INCIDENT[event.change]
    facts = (
        ("State", event.state),
        ("Severity", _SEVERITIES[event.severity]),
        ("Customers", "impacted" if event.customer_impacting else "not impacted"),
        *((("Components", ", ".join(event.components)),) if event.components else ()),
        ("Owner", event.owner or "nobody yet"),
    )
    link = ("Incident and timeline", f"{console_url}/incidents/{event.incident}")
    return Content(kind=kind, title=f"{word}: {event.title}", summary=event.note, facts=facts, links=(link,))


def _review(event: ReviewChanged, console_url: str) -> Content:
    words = {"opened": "Review to hold", "overdue": "Review overdue", "closed": "Review closed"}
    facts = (("Due", _readable(event.due)), ("Owner", event.owner or "nobody yet"))
    link = ("Review", f"{console_url}/reviews/{event.review}")
    title = f"{words[event.change]}: {event.title}"
    return Content(kind=f"review_{event.change}", title=title, summary=event.why, facts=facts, links=(link,))


def _calendar(event: CalendarChanged, console_url: str) -> Content:
    noun = {"maintenance": "Maintenance", "freeze": "Freeze of deployments"}[event.kind]
    facts = (
        ("From", _readable(event.start)),
        ("Until", _readable(event.end)),
        *((("Components", ", ".join(event.components)),) if event.components else ()),
    )
    title = f"{noun} {event.change}: {event.title}"
    link = ("Calendar", f"{console_url}/calendar")
    kind = f"{event.kind}_{event.change}"
    return Content(kind=kind, title=title, summary=event.reason, facts=facts, links=(link,))


def _deployment(event: DeploymentChanged, console_url: str) -> Content | None:
    if event.change not in _DEPLOYMENT:
        return None
    kind, word = _DEPLOYMENT[event.change]
    planned = event.change == "planned"
    facts = (
        *((("Impact", event.impact), ("Planned for", _readable(event.planned_for))) if planned else ()),
        ("By", event.by),
    )
    link = ("Gates and story", f"{console_url}/changes/{event.deployment}")
    summary = "" if planned else event.why
    return Content(kind=kind, title=f"{word}: {event.title}", summary=summary, facts=facts, links=(link,))


def _credential(
    event: DatabaseCredentialIssued | DatabaseCredentialEnded | BreakGlassApproved, console_url: str
) -> Content:
    """Who may log in to the database, why and until when. The secret itself is known to nobody but them."""
    kind, word = _credential_kind(event)
    facts = (
        ("Who", event.by),
        ("Access", _ACCESS[event.access]),
        ("Until", _readable(event.at if isinstance(event, DatabaseCredentialEnded) else event.until)),
        *((("Approved by", event.approved_by),) if isinstance(event, BreakGlassApproved) else ()),
    )
    link = ("Database credentials", f"{console_url}/access")
    return Content(kind=kind, title=f"{word}: {event.role}", summary=event.reason, facts=facts, links=(link,))


def _credential_kind(event: DatabaseCredentialIssued | DatabaseCredentialEnded | BreakGlassApproved) -> tuple[str, str]:
    match event:
        case BreakGlassApproved():
            return "break_glass_approved", "Break-glass approved"
        case DatabaseCredentialEnded():
            return "credential_ended", "Database login ended"
    if event.break_glass:
        return "break_glass_used", "Break-glass: database login given out, for a second person to approve"
    return "credential_issued", "Database login given out"


def _report(event: TaskPassed | TaskFailed | TaskUnconfigured | TaskTimedOut | TaskMissed, console_url: str) -> Content:
    verdict, day = _VERDICTS[event.detail_type], event.scheduled_for[:10]
    is_budget = event.task == BUDGET_REVIEW
    title = f"Error budgets of {day}: {verdict}" if is_budget else f"{event.title}: {verdict}"
    links = (*((("Burn-down", f"{console_url}/kpis"),) if is_budget else ()), ("Evidence", f"{console_url}/today"))
    return Content(
        kind="error_budget_report" if is_budget else "task_report", title=title,
        # The review's reason is a list of budgets in one line.
        summary=event.why.replace("; ", "\n") if is_budget else event.why,
        facts=(("Ran for", _readable(event.scheduled_for)),), links=links,
    )  # fmt: skip


def _readable(text: str) -> str:
    """2026-11-24 08:00 UTC. What is no moment of ours is shown as it is."""
    try:
        at = moment(text)
    except ValueError:
        return text
    return f"{at:%Y-%m-%d %H:%M} UTC"
