"""Numbers: `POST /v1/query`, and who is on a site now."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from functions.query.services import ServicesOf
from shared.analytics.view import Answer, Live
from shared.http.authorise import TenantOf
from shared.http.body import read_json
from shared.http.tenancy import acting_for, site_for

MAX_QUERY_BYTES = 64 * 1024

router = APIRouter(tags=["analytics"])


@router.post(
    "/v1/query",
    response_model=Answer,
    summary="Ask for numbers",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Query"}}},
        }
    },
)
async def query(request: Request, services: ServicesOf, caller: TenantOf) -> JSONResponse:
    """The query and the answer of Plausible's Stats API v2, so far as they are supported."""
    from shared.analytics.query import parse_query
    from shared.analytics.stats import Site, answer

    asked = parse_query(await read_json(request, MAX_QUERY_BYTES))
    with acting_for(services, caller) as (connection, _):
        site = site_for(connection, caller, asked.site_id)
        found = answer(connection, Site(site.id, site.timezone, site.domain), asked, datetime.now(UTC))
    return JSONResponse(found)


@router.get("/v1/sites/{site_id}/live", response_model=Live, summary="Visitors of the last five minutes")
async def live(site_id: str, services: ServicesOf, caller: TenantOf) -> JSONResponse:
    from shared.analytics.stats import Site, live_visitors

    with acting_for(services, caller) as (connection, _):
        site = site_for(connection, caller, site_id)
        visitors = live_visitors(connection, Site(site.id, site.timezone, site.domain), datetime.now(UTC))
    return JSONResponse({"visitors": visitors})
