"""The HTTP API: routes, errors and telemetry put together."""

from typing import Any

from fastapi import Depends, FastAPI

from functions.api.authorise import authorise
from functions.api.dependencies import Services
from functions.api.envelope import Envelope
from functions.api.problems import handle_errors
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
from functions.api.telemetry import Telemetry

DESCRIPTION = """Customer analytics: events in, numbers out.

Errors are problem documents (RFC 9457): `detail` says what is wrong and how to mend it, `errors` point at the fields.
Keys (`p09w_…` to send, `p09r_…` to read) and access tokens of people go into the header `Authorization: Bearer …`."""


def create_app(services: Services) -> FastAPI:
    """The app on these services; building it connects to nothing."""
    app = FastAPI(
        title="P09", version="1", description=DESCRIPTION, dependencies=[Depends(authorise)],
        openapi_url=None, docs_url=None, redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )  # fmt: skip
    app.state.services = services
    for part in (
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
    ):
        app.include_router(part.router)

    async def describe_api() -> dict[str, Any]:
        from functions.api.openapi import describe  # one route of twenty needs it

        return describe(app)

    app.add_api_route("/openapi.json", describe_api, include_in_schema=False)
    handle_errors(app)
    app.add_middleware(Envelope)
    app.add_middleware(Telemetry, valkey=lambda: services.telemetry_valkey)
    return app
