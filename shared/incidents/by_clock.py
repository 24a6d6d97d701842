"""What time alone does to an incident: it is resolved after being well for long enough, or escalated."""

from dataclasses import replace
from datetime import datetime

from shared.incidents.model import Incident, Step, tell, write
from shared.incidents.rules import Rules
from shared.platform.moments import duration


def due(incident: Incident, rules: Rules, now: datetime) -> Step | None:
    """What is due by ``now``, if anything is."""
    return _resolved(incident, rules, now) or _escalated(incident, rules, now)


def _resolved(incident: Incident, rules: Rules, now: datetime) -> Step | None:
    since = incident.monitoring_since
    if incident.state != "monitoring" or since is None or not incident.is_well or not incident.signals:
        return None
    if now < since + rules.resolve_after:
        return None
    after = replace(incident, state="resolved", resolved_at=now)
    text = f"It has been healthy for {duration(rules.resolve_after)}." + _still(incident)
    return tell(write(Step(incident=after), now, text), now, "resolved")


def _still(incident: Incident) -> str:
    """What looks back further than the incident lasted is bad for a while yet."""
    return f" Still bad, because they look back further: {', '.join(incident.failing)}." if incident.failing else ""


def _escalated(incident: Incident, rules: Rules, now: datetime) -> Step | None:
    """Nobody has acknowledged it since it got its severity: told once for each that it has had."""
    page = incident.severity == "page"
    within = rules.page_acknowledged_within if page else rules.ticket_acknowledged_within
    since = incident.severity_since or incident.opened_at
    unattended = incident.state == "investigating" and incident.acknowledged_at is None
    if not unattended or incident.severity in incident.escalated or now < since + within:
        return None
    after = replace(incident, escalated=(*incident.escalated, incident.severity))
    text = f"Nobody has acknowledged this {incident.severity} within {duration(within)}."
    return tell(write(Step(incident=after), now, text), now, "escalated")
