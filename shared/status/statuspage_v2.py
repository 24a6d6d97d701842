"""The page as JSON of the Statuspage API v2, which clients and monitors of status pages read."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

from shared.status.model import ComponentView, IncidentView, MaintenanceView, Page, Update

RECENT: Final = 50  # incidents, and maintenances, in the lists
Json = dict[str, Any]


def documents(page: Page) -> dict[str, Json]:
    """By their path under ``/api/v2/``."""
    incidents = [_incident(one, page) for one in page.incidents]
    unresolved = [one for one in incidents if one["status"] != "resolved"]
    maintenances = [_maintenance(one, page) for one in page.maintenances]
    phase = _by_status(maintenances)
    components = [_component(one, position, page) for position, one in enumerate(page.components, 1)]
    status = {"indicator": page.indicator, "description": page.headline}
    contents: dict[str, Json] = {
        "summary": {
            "components": components, "incidents": unresolved,
            "scheduled_maintenances": [*phase("in_progress"), *phase("scheduled")], "status": status,
        },
        "status": {"status": status},
        "components": {"components": components},
        "incidents": {"incidents": incidents[:RECENT]},
        "incidents/unresolved": {"incidents": unresolved},
        "scheduled-maintenances": {"scheduled_maintenances": maintenances[:RECENT]},
        "scheduled-maintenances/active": {"scheduled_maintenances": phase("in_progress")},
        "scheduled-maintenances/upcoming": {"scheduled_maintenances": phase("scheduled")},
    }  # fmt: skip
    return {f"{name}.json": {"page": _page(page), **content} for name, content in contents.items()}


def timestamp(moment: datetime) -> str:
    """``2026-11-24T13:05:00.000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def address(page: Page, public_id: str) -> str:
    """Where a person reads about an incident or a maintenance."""
    return f"{page.url}/incidents/{public_id}.html"


def _page(page: Page) -> Json:
    return {
        "id": page.id, "name": page.name, "url": page.url, "time_zone": "Etc/UTC",
        "updated_at": timestamp(page.updated_at),
    }  # fmt: skip


def _component(view: ComponentView, position: int, page: Page) -> Json:
    return {
        "id": view.public_id, "name": view.component.title, "status": view.status,
        "created_at": timestamp(page.since), "updated_at": timestamp(view.updated_at), "position": position,
        "description": view.component.description, "showcase": True, "start_date": page.since.date().isoformat(),
        "group_id": None, "page_id": page.id, "group": False, "only_show_if_degraded": False,
    }  # fmt: skip


def _incident(view: IncidentView, page: Page) -> Json:
    incident = view.incident
    return {
        **_told(view, page), "name": incident.title, "status": incident.state, "impact": incident.impact,
        "started_at": timestamp(incident.opened_at), "monitoring_at": _or_none(view.monitoring_at),
        "resolved_at": _or_none(incident.resolved_at),
    }  # fmt: skip


def _maintenance(view: MaintenanceView, page: Page) -> Json:
    one = view.maintenance
    return {
        **_told(view, page), "name": one.title, "status": view.phase, "impact": "maintenance",
        "started_at": timestamp(one.start), "monitoring_at": None,
        "resolved_at": timestamp(one.end) if view.phase == "completed" else None,
        "scheduled_for": timestamp(one.start), "scheduled_until": timestamp(one.end),
    }  # fmt: skip


def _told(view: IncidentView | MaintenanceView, page: Page) -> Json:
    """What incidents and maintenances have in common."""
    ids = set(view.components)
    concerned = [(n, one) for n, one in enumerate(page.components, 1) if one.component.id in ids]
    return {
        "id": view.public_id, "page_id": page.id, "shortlink": address(page, view.public_id),
        "created_at": timestamp(view.updates[-1].at), "updated_at": timestamp(view.updates[0].at),
        "components": [_component(one, n, page) for n, one in concerned],
        "incident_updates": [_update(one, view) for one in view.updates],
    }  # fmt: skip


def _update(update: Update, view: IncidentView | MaintenanceView) -> Json:
    at = timestamp(update.at)
    return {
        "id": update.id, "incident_id": view.public_id, "status": update.status, "body": update.text,
        "created_at": at, "updated_at": at, "display_at": at, "affected_components": None,
        "deliver_notifications": True, "custom_tweet": None, "tweet_id": None,
    }  # fmt: skip


def _by_status(maintenances: Iterable[Json]) -> Callable[[str], list[Json]]:
    found = list(maintenances)
    return lambda status: [one for one in found if one["status"] == status]


def _or_none(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None
