"""What people do with an incident. Each raises NotPossible when that does not fit how the incident stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from shared.events.event import Severity
from shared.incidents.model import Act, Incident, State, Step, alter, identify, tell, write
from shared.incidents.refusal import NotPossible
from shared.platform.refusals import Refused

SETTABLE: Final = ("title", "state", "severity", "customer_impacting", "owner", "components")


@dataclass(frozen=True, kw_only=True)
class Saying:
    """Who says something about an incident, and when; for customers' eyes if ``public``."""

    by: str
    at: datetime
    note: str = ""
    public: bool = False


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a person has noticed."""

    title: str
    severity: Severity
    customer_impacting: bool
    components: tuple[str, ...]
    owner: str


def cause_of(title: str) -> str:
    """Two reports of one title speak of one thing."""
    return f"person:{' '.join(title.lower().split())}"


def reported(report: Report, saying: Saying) -> Step:
    at, cause = saying.at, cause_of(report.title)
    incident = Incident(
        id=identify("INC", at, cause), title=report.title, state="investigating", severity=report.severity,
        customer_impacting=report.customer_impacting, opened_at=at, opened_by=saying.by, causes=(cause,),
        components=report.components, owner=report.owner, settled=SETTABLE, severity_since=at,
        customers_since=at if report.customer_impacting else None,
    )  # fmt: skip
    return _said(Step(incident=incident), saying, "Opened.", "opened")


def acknowledged(incident: Incident, saying: Saying) -> Step:
    """Somebody attends to it. A second time by the same person changes nothing."""
    _allow(incident, "acknowledge" if incident.acknowledged_by != saying.by else "update")
    if incident.acknowledged_by == saying.by:
        return Step(incident=incident)
    owner = incident.owner or saying.by
    after = replace(incident, acknowledged_at=saying.at, acknowledged_by=saying.by, owner=owner)
    return _said(Step(incident=after), saying, "Acknowledged.", "acknowledged")


def updated(incident: Incident, saying: Saying, values: Mapping[str, Any]) -> Step:
    """Set attributes (of ``SETTABLE``), or just say something."""
    _allow(incident, "update")
    if not incident.is_open and "state" in values:
        raise NotPossible(f"{incident.id} is resolved: reopen it to give it another state", incident.may)
    changes = {name: value for name, value in values.items() if value != getattr(incident, name)}
    if not changes and not saying.note:
        raise Refused("note: nothing changes: write a note, or another value", "note")
    settled = tuple(dict.fromkeys((*incident.settled, *(name for name in values if name != "state"))))
    after = replace(
        incident, **changes, settled=settled, monitoring_since=_watched(incident, changes, saying.at),
        **_since(incident, changes, saying.at),
    )  # fmt: skip
    monitoring = changes.get("state") == "monitoring"
    return _said(Step(incident=after), saying, _changes(changes), "monitoring" if monitoring else "updated")


def resolved(incident: Incident, saying: Saying, *, although_failing: bool) -> Step:
    _allow(incident, "resolve")
    if not incident.is_well and not although_failing:
        detail = f"still failing: {', '.join(incident.failing)}; wait for the recovery, or say although_failing"
        raise NotPossible(f"{incident.id} is not well: {detail}", incident.may)
    after = replace(incident, state="resolved", resolved_at=max(saying.at, incident.opened_at))
    return _said(Step(incident=after), saying, "Resolved.", "resolved")


def reopened(incident: Incident, saying: Saying) -> Step:
    """What failed when it was resolved has to fail again to be counted as failing."""
    _allow(incident, "reopen")
    after = replace(
        incident, state="investigating", resolved_at=None, monitoring_since=None, failing={},
        acknowledged_at=incident.acknowledged_at or saying.at, acknowledged_by=incident.acknowledged_by or saying.by,
    )  # fmt: skip
    return _said(Step(incident=after), saying, "Reopened.", "reopened")


def merged(incident: Incident, into: Incident, saying: Saying) -> tuple[Step, Step]:
    """The same thing was opened twice: the first ends, and what belongs to it belongs to the second from now on."""
    _allow(incident, "merge")
    if incident.id == into.id:
        raise Refused("into: an incident can't be merged into itself", "into")
    if not into.is_open:
        raise NotPossible(f"{into.id} is {into.state}: merge into one that is open", into.may)
    ended = replace(
        incident, state="resolved", resolved_at=max(saying.at, incident.opened_at), merged_into=into.id, failing={}
    )
    first = _said(Step(incident=ended), saying, f"Merged into {into.id}.", "merged")
    graver = replace(
        into, causes=(*into.causes, *incident.causes), failing={**incident.failing, **into.failing},
        rank=max(into.rank, incident.rank), signals=into.signals + incident.signals,
        severity="page" if "page" in (into.severity, incident.severity) else "ticket",
        customer_impacting=into.customer_impacting or incident.customer_impacting,
        components=tuple(dict.fromkeys((*into.components, *incident.components))),
        gravity=max(into.gravity, incident.gravity), review=into.review or incident.review,
        customers_since=min((at for at in (into.customers_since, incident.customers_since) if at), default=None),
    )  # fmt: skip
    if graver.severity != into.severity:
        graver = replace(graver, severity_since=saying.at)
    if incident.gravity > into.gravity and "title" not in into.settled:
        graver = replace(graver, title=incident.title)
    text = f"{incident.id} was merged into this: {incident.title}"
    second = tell(write(Step(incident=graver), saying.at, text, by=saying.by), saying.at, "updated")
    return first, _relapsed(second, into, saying)


def _relapsed(step: Step, before: Incident, saying: Saying) -> Step:
    """What was watched is joined by something that still fails."""
    if before.state != "monitoring" or step.incident.is_well:
        return step
    step = alter(step, state="investigating", monitoring_since=None)
    return tell(write(step, saying.at, "What was merged into this still fails."), saying.at, "reopened")


def _allow(incident: Incident, act: Act) -> None:
    if act in incident.may:
        return
    stands = f"was merged into {incident.merged_into}" if incident.merged_into else f"is {incident.state}"
    if act == "acknowledge" and incident.is_open:
        stands = f"was acknowledged by {incident.acknowledged_by}"
    raise NotPossible(f"{incident.id} {stands}: it can't be {_PAST[act]}", incident.may)


_PAST: Final = {
    "acknowledge": "acknowledged", "update": "updated", "merge": "merged", "resolve": "resolved", "reopen": "reopened",
}  # fmt: skip


def _watched(incident: Incident, changes: Mapping[str, Any], at: datetime) -> datetime | None:
    state: State | None = changes.get("state")
    if state is None:
        return incident.monitoring_since
    return at if state == "monitoring" else None


def _since(incident: Incident, changes: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A person who says that customers are hit doesn't say since when: then they have been all along."""
    found = {"severity_since": at} if "severity" in changes else {}
    if changes.get("customer_impacting") and incident.customers_since is None:
        found["customers_since"] = incident.opened_at
    return found


def _changes(changes: Mapping[str, Any]) -> str:
    """What was set, for the timeline."""
    return "; ".join(f"{name.replace('_', ' ')}: {_text(value)}" for name, value in changes.items())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value) or "nobody"


def _said(step: Step, saying: Saying, text: str, change: Any) -> Step:
    """A line for what was done, one for what was said, and one event for both."""
    if text:
        step = write(step, saying.at, text, by=saying.by)
    if saying.note:
        step = write(step, saying.at, saying.note, kind="note", by=saying.by, public=saying.public)
    return tell(step, saying.at, change, note=saying.note, public=saying.public and bool(saying.note))
