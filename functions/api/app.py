"""The app of console and operations, and the trail of what its routes change."""

from fastapi import FastAPI, Response

from functions.api.routes import (
    announcements,
    audit,
    backups,
    calendar,
    changes,
    database_credentials,
    dead_letters,
    drills,
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
from shared.http.openapi import FILE

_ROUTES = (
    # Asked most, by monitors: a request is matched against the routes in this order.
    health,
    metrics,
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

    async def describe_api() -> Response:
        return Response(FILE.read_bytes(), media_type="application/json")

    app.add_api_route("/openapi.json", describe_api, include_in_schema=False)
    return app
