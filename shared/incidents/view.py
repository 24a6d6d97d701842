"""Incidents and reviews as the API shows them: plain JSON values, times as text."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from shared.incidents.model import Entry, Incident
from shared.incidents.review import SECTIONS, Action, Review
from shared.platform.moments import stamp

_SAME: Final = (
    "id", "title", "state", "severity", "customer_impacting", "owner", "signals", "sequence", "opened_by",
    "acknowledged_by", "merged_into", "review",
)  # fmt: skip
_LISTS: Final = ("components", "causes", "failing", "escalated", "may")
_TIMES: Final = ("opened_at", "acknowledged_at", "monitoring_since", "resolved_at")


def incident_view(incident: Incident) -> dict[str, Any]:
    return {
        **{name: getattr(incident, name) for name in _SAME},
        **{name: list(getattr(incident, name)) for name in _LISTS},
        **{name: _text(getattr(incident, name)) for name in _TIMES},
    }


def incident_detail(incident: Incident, timeline: Iterable[Entry]) -> dict[str, Any]:
    return incident_view(incident) | {"timeline": [entry_view(entry) for entry in timeline]}


def entry_view(entry: Entry) -> dict[str, Any]:
    return asdict(entry) | {"at": stamp(entry.at)}


def review_view(review: Review, now: datetime) -> dict[str, Any]:
    return {
        **{name: getattr(review, name) for name in ("id", "title", "incident", "kpi", "decision", "owner")},
        "state": "open" if review.closed_at is None else "closed", "about": "breach" if review.kpi else "incident",
        "opened_at": stamp(review.opened_at), "due": str(review.due), "overdue": review.is_overdue(now),
        "closed_at": _text(review.closed_at), "closed_by": review.closed_by,
        "open_actions": sum(one.state == "open" for one in review.actions), "missing": list(review.missing),
    }  # fmt: skip


def review_detail(review: Review, timeline: Iterable[Entry], now: datetime) -> dict[str, Any]:
    return review_view(review, now) | {
        **{name: getattr(review, name) for name in SECTIONS},
        "actions": [_action(one, now) for one in review.actions],
        "timeline": [entry_view(entry) for entry in timeline],
        "history": [asdict(did) | {"at": stamp(did.at)} for did in review.history],
    }


def _action(action: Action, now: datetime) -> dict[str, Any]:
    return asdict(action) | {"due": str(action.due), "overdue": action.is_overdue(now)}


def _text(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None
