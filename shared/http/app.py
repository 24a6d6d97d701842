"""What `collect`, `query` and `api` have in common: who may call, errors, the envelope and telemetry around their routes."""

from collections.abc import Iterable
from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI

from shared.http.authorise import authorise
from shared.http.envelope import Envelope
from shared.http.problems import handle_errors
from shared.http.services import Services
from shared.http.telemetry import Telemetry

DESCRIPTION: Final = """Customer analytics: events in, numbers out.

Errors are problem documents (RFC 9457): `detail` says what is wrong and how to mend it, `errors` point at the fields.
Keys (`p09w_…` to send, `p09r_…` to read) and access tokens of people go into the header `Authorization: Bearer …`."""


def build_app(services: Services, routers: Iterable[APIRouter], after: Iterable[Any] = ()) -> FastAPI:
    """An app on these services; building it connects to nothing.

    Parameters
    ----------
    after
        Dependencies of every route that run once the caller is known.
    """
    app = FastAPI(
        title="P09", version="1", description=DESCRIPTION, dependencies=[Depends(authorise), *map(Depends, after)],
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )  # fmt: skip
    app.state.services = services
    for router in routers:
        app.include_router(router)
    handle_errors(app)
    app.add_middleware(Envelope)
    app.add_middleware(Telemetry, valkey=lambda: services.telemetry_valkey)
    return app
