"""The HTTP API: the routes that this function serves, and the trail of what they change."""

from typing import Any

from fastapi import FastAPI

from functions.api.routes import (
    analytics,
    announcements,
    audit,
    backups,
    calendar,
    changes,
    database_credentials,
    dead_letters,
    drills,
    events,
    health,
    incidents,
    keys,
    kpis,
    members,
    metrics,
    organisations,
    reviews,
    roles,
    runbook,
    secrets,
    sites,
)
from functions.api.services import Services
from functions.api.trail import audit_operation
from shared.http.app import build_app

_ROUTES = (
    events,
    analytics,
    sites,
    organisations,
    audit,
    dead_letters,
    kpis,
    runbook,
    incidents,
    reviews,
    announcements,
    calendar,
    backups,
    drills,
    health,
    metrics,
    changes,
    database_credentials,
    keys,
    members,
    roles,
    secrets,
)


def create_app(services: Services) -> FastAPI:
    """The app on these services; building it connects to nothing."""
    app = build_app(services, (part.router for part in _ROUTES), after=[audit_operation])

    async def describe_api() -> dict[str, Any]:
        from shared.http.openapi import describe  # one route of twenty needs it

        return describe(app)

    app.add_api_route("/openapi.json", describe_api, include_in_schema=False)
    return app
