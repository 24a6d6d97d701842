"""How signals change an incident. Pure: what is told follows from what is written."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.incidents.model import Failing, Incident, Step, alter, identify, tell, write
from shared.incidents.signals import Signal


def opened(signal: Signal, at: datetime) -> Step:
    """A new incident of the signal's cause."""
    at = at.replace(microsecond=0)
    incident = Incident(
        id=identify("INC", at, signal.cause), title=signal.title, state="investigating", severity=signal.severity,
        customer_impacting=signal.customer_impacting, opened_at=at, causes=(signal.cause,),
        components=signal.components, failing=_failing({}, signal), rank=signal.evidence.rank, gravity=signal.gravity,
        customers_since=signal.hit_at, severity_since=at, signals=1,
    )  # fmt: skip
    return tell(_heard(Step(incident=incident), signal), at, "opened")


def joined(incident: Incident, signal: Signal) -> Step:
    """One more signal of an open incident: it is counted, and told only if it changes what people were told."""
    after = replace(
        incident, signals=incident.signals + 1, failing=_failing(incident.failing, signal),
        rank=max(incident.rank, signal.evidence.rank),
    )  # fmt: skip
    after = replace(after, **_graver(incident, signal), **_components(after))
    relapsed = incident.state == "monitoring" and signal.holds and signal.evidence.rank >= incident.rank
    if relapsed:
        after = replace(after, state="investigating", monitoring_since=None)
    step = _heard(Step(incident=after), signal)
    if relapsed:
        return tell(write(step, signal.at, "It fails again."), signal.at, "reopened")
    if _shown(after) == _shown(incident):
        return step
    note = f"Severity raised: {signal.title}." if _is_graver(after, incident) else ""
    return tell(step, signal.at, "updated", note=note)


def noted(incident: Incident, signal: Signal) -> Step:
    """A signal that speaks of what this incident was: it is counted, and says how grave that was while it is open."""
    after = replace(incident, signals=incident.signals + 1)
    if not incident.is_open:
        return _heard(Step(incident=after), signal)
    after = replace(after, **_graver(incident, signal))
    if not incident.components and "components" not in incident.settled:
        after = replace(after, components=signal.components)
    step = _heard(Step(incident=after), signal)
    return step if _shown(after) == _shown(incident) else tell(step, signal.at, "updated")


def recovered(incident: Incident, signal: Signal) -> Step:
    """A source is well again; when no source of the same weight fails any more, the incident is watched."""
    was_well = incident.is_well
    failing = {name: one for name, one in incident.failing.items() if name != signal.source}
    after = replace(incident, failing=failing)
    step = _heard(Step(incident=replace(after, **_components(after))), signal)
    if was_well or not after.is_well or not incident.is_open:
        return step
    step = alter(step, monitoring_since=signal.at.replace(microsecond=0))
    if incident.state == "monitoring":
        return step
    step = write(alter(step, state="monitoring"), signal.at, "It is well again, and is being watched.")
    return tell(step, signal.at, "monitoring")


def _heard(step: Step, signal: Signal) -> Step:
    said = f"{signal.title}: {signal.why}" if signal.failing else f"Recovered ({signal.source}): {signal.why}"
    links = {"signal": signal.id, "source": signal.source, **signal.links}
    return write(step, signal.at, said, kind="signal", links=links)


def _failing(before: Any, signal: Signal) -> dict[str, Failing]:
    if not signal.holds:
        return dict(before)
    return {**before, signal.source: Failing(rank=signal.evidence.rank, components=signal.components)}


def _graver(incident: Incident, signal: Signal) -> dict[str, Any]:
    """A signal makes an incident graver, never lighter, and never what a person has set."""
    graver = signal.gravity > incident.gravity
    found = {
        "severity": "page" if signal.severity == "page" else incident.severity,
        "customer_impacting": incident.customer_impacting or signal.customer_impacting,
        "title": signal.title if graver or _is_same_voice(incident, signal) else incident.title,
    }
    changed: dict[str, Any] = {name: value for name, value in found.items() if name not in incident.settled}
    if changed.get("severity", incident.severity) != incident.severity:
        changed["severity_since"] = max(signal.at, incident.opened_at)
    first = min((at for at in (incident.customers_since, signal.hit_at) if at), default=None)
    return changed | {"gravity": max(incident.gravity, signal.gravity), "customers_since": first}


def _is_same_voice(incident: Incident, signal: Signal) -> bool:
    """Whether it is the source that the title comes from, with other components now."""
    heard = incident.failing.get(signal.source)
    return heard is not None and signal.gravity == incident.gravity and heard.components != signal.components


def _components(incident: Incident) -> dict[str, Any]:
    """Those that a source says are not well; once none says so, those that were not."""
    if "components" in incident.settled:
        return {}
    found = dict.fromkeys(component for one in incident.failing.values() for component in one.components)
    return {"components": tuple(found)} if found else {}


def _is_graver(after: Incident, before: Incident) -> bool:
    more_severe = after.severity == "page" and before.severity == "ticket"
    return more_severe or (after.customer_impacting and not before.customer_impacting)


def _shown(incident: Incident) -> tuple[object, ...]:
    return incident.title, incident.severity, incident.customer_impacting, sorted(incident.components)
