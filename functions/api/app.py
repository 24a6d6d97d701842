"""The HTTP API: routes, errors and telemetry put together."""

from typing import Any

from fastapi import Depends, FastAPI
from pydantic import TypeAdapter

from functions.api.authorise import authorise
from functions.api.dependencies import Services
from functions.api.problems import handle_errors
from functions.api.routes import analytics, dead_letters, events, health, metrics, organisations, sites
from functions.api.telemetry import Telemetry

DESCRIPTION = """Customer analytics: events in, numbers out.

Errors are problem documents (RFC 9457): `detail` says what is wrong and how to mend it, `errors` point at the fields.
Keys (`p09w_…` to send, `p09r_…` to read) and access tokens of people go into the header `Authorization: Bearer …`."""


def create_app(services: Services) -> FastAPI:
    """The app on these services; building it connects to nothing."""
    app = FastAPI(
        title="P09", version="1", description=DESCRIPTION, dependencies=[Depends(authorise)],
        openapi_url=None, docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.state.services = services
    for part in (events, analytics, sites, organisations, dead_letters, health, metrics):
        app.include_router(part.router)
    app.add_api_route("/openapi.json", lambda: openapi(app), include_in_schema=False)
    handle_errors(app)
    app.add_middleware(Telemetry, valkey=lambda: services.telemetry_valkey)
    return app


def openapi(app: FastAPI) -> dict[str, Any]:
    """The description of the API, with the bodies that are read by hand."""
    from shared.analytics.query import Query
    from shared.ingestion.event import Event

    if app.openapi_schema is None:
        schema = app.openapi()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        for name, model in (("Event", Event), ("Query", Query)):
            described = TypeAdapter(model).json_schema(ref_template="#/components/schemas/{model}")
            schemas |= described.pop("$defs", {})
            schemas[name] = described
    return app.openapi()
