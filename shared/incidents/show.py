"""Incidents and reviews as the API shows them: plain JSON values, times as text."""

from collections.abc import Iterable
from datetime import datetime

from shared.incidents.model import Entry, Incident
from shared.incidents.review import Action, Did, Review
from shared.incidents.view import (
    ActionView,
    DidView,
    IncidentDetail,
    IncidentView,
    ReviewDetail,
    ReviewView,
    TimelineEntryView,
)
from shared.platform.moments import stamp


def incident_view(incident: Incident) -> IncidentView:
    return {
        "id": incident.id, "title": incident.title, "state": incident.state, "severity": incident.severity,
        "customer_impacting": incident.customer_impacting, "components": list(incident.components),
        "owner": incident.owner, "causes": list(incident.causes), "failing": list(incident.failing),
        "signals": incident.signals, "sequence": incident.sequence, "opened_at": stamp(incident.opened_at),
        "began_at": stamp(incident.began_at), "opened_by": incident.opened_by, "acknowledged_at": _text(incident.acknowledged_at),
        "acknowledged_by": incident.acknowledged_by, "escalated": list(incident.escalated),
        "monitoring_since": _text(incident.monitoring_since), "resolved_at": _text(incident.resolved_at),
        "merged_into": incident.merged_into, "review": incident.review, "may": list(incident.may),
    }  # fmt: skip


def incident_detail(incident: Incident, timeline: Iterable[Entry]) -> IncidentDetail:
    return {**incident_view(incident), "timeline": [entry_view(entry) for entry in timeline]}


def entry_view(entry: Entry) -> TimelineEntryView:
    return {
        "at": stamp(entry.at), "kind": entry.kind, "by": entry.by, "text": entry.text, "public": entry.public,
        "state": entry.state, "links": dict(entry.links),
    }  # fmt: skip


def review_view(review: Review, now: datetime) -> ReviewView:
    return {
        "id": review.id, "title": review.title, "state": "open" if review.closed_at is None else "closed",
        "about": "incident" if review.incident else "breach", "incident": review.incident, "kpi": review.kpi,
        "decision": review.decision, "owner": review.owner, "opened_at": stamp(review.opened_at),
        "due": str(review.due), "overdue": review.is_overdue(now), "closed_at": _text(review.closed_at),
        "closed_by": review.closed_by, "open_actions": sum(one.state == "open" for one in review.actions),
        "missing": list(review.missing),
    }  # fmt: skip


def review_detail(review: Review, timeline: Iterable[Entry], now: datetime) -> ReviewDetail:
    return {
        **review_view(review, now),
        "summary": review.summary, "impact": review.impact, "contributing_factors": review.contributing_factors,
        "went_well": review.went_well, "actions": [_action(one, now) for one in review.actions],
        "timeline": [entry_view(entry) for entry in timeline], "history": [_did(one) for one in review.history],
    }  # fmt: skip


def _action(action: Action, now: datetime) -> ActionView:
    return {
        "id": action.id, "title": action.title, "owner": action.owner, "due": str(action.due), "state": action.state,
        "reason": action.reason, "overdue": action.is_overdue(now),
    }  # fmt: skip


def _did(did: Did) -> DidView:
    return {"at": stamp(did.at), "by": did.by, "text": did.text}


def _text(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None
