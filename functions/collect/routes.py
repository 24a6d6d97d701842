"""Taking events: `POST /v1/events` from servers, `POST /api/event` from browsers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from typing_extensions import TypedDict

from functions.collect.services import Services, ServicesOf
from shared.collection.accept import make_entry, needs_visitor, read_batch
from shared.collection.browser import BrowserEvent, read_browser_event
from shared.collection.event import MAX_BYTES, MAX_EVENTS, Event, Rejection
from shared.collection.stream import count_rejected
from shared.http.authorise import KeyBearerOf
from shared.http.body import read_json
from shared.http.client import client_of, country_of, viewer_address
from shared.http.limits import headers_within
from shared.http.site_cache import Target
from shared.platform.limits import Take, Within
from shared.platform.refusals import Fault, Refused, Unknown, quoted
from shared.platform.views import view

MAX_BROWSER_BYTES: Final = 64 * 1024
CORS: Final = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST, OPTIONS",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "86400",
}

router = APIRouter(tags=["ingest"])


@view
class Acceptance(TypedDict):
    """``accepted`` events are durable; each of the ``rejected`` says which it was and why."""

    accepted: int
    rejected: list[Rejection]


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    """The body in OpenAPI. It is read by hand: each event of a batch gets an answer of its own."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


_BATCH: Final = {
    "type": "object",
    "required": ["events"],
    "additionalProperties": False,
    "properties": {
        "events": {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_EVENTS,
            "items": {"$ref": "#/components/schemas/Event"},
        }
    },
}
_BROWSER_EVENT: Final = {
    "type": "object",
    "required": ["name", "url", "domain"],
    "properties": {
        "name": {"type": "string", "examples": ["pageview"]},
        "url": {"type": "string", "examples": ["https://example.com/"]},
        "domain": {"type": "string", "description": "of one site, or of several with commas between"},
        "referrer": {"type": ["string", "null"]},
        "props": {"type": "object"},
    },
}


@router.post(
    "/v1/events",
    status_code=HTTPStatus.ACCEPTED,
    response_model=Acceptance,
    summary="Send a batch of events",
    openapi_extra=_body(_BATCH),
)
async def send_events(request: Request, services: ServicesOf, bearer: KeyBearerOf) -> JSONResponse:
    """Answered only once the batch is durable. Events with an id may be sent again safely: they count once."""
    now = datetime.now(UTC)
    batch = read_batch(await read_json(request, MAX_BYTES), now)
    target = Target(bearer.site_id, bearer.organisation)
    takes = services.limits.of_ingest(bearer.organisation, len(batch.events), now, key=bearer.prefix)
    within = _append(request, services, batch.events, target, now, rejected=batch.rejected, takes=takes)
    content = {"accepted": len(batch.events), "rejected": batch.rejected}
    return JSONResponse(content, HTTPStatus.ACCEPTED, headers=headers_within(within))


@router.post(
    "/api/event",
    status_code=HTTPStatus.ACCEPTED,
    response_class=PlainTextResponse,
    summary="Send one event from a browser",
    openapi_extra=_body(_BROWSER_EVENT),
)
async def send_browser_event(request: Request, services: ServicesOf) -> Response:
    """Plausible's Events API; takes any content type, as beacons can't choose theirs."""
    now = datetime.now(UTC)
    sent = read_browser_event(await read_json(request, MAX_BROWSER_BYTES), now)
    for target in _targets(services, sent):
        address = (
            services.visitors.alias(viewer_address(request, services.origin_proof), now) if services.limits else ""
        )
        takes = services.limits.of_ingest(target.organisation, 1, now, address=address)
        _append(request, services, [sent.event], target, now, rejected=[], takes=takes)
    return PlainTextResponse("ok", HTTPStatus.ACCEPTED, headers=CORS)


@router.options("/api/event", include_in_schema=False)
async def allow_browsers() -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=CORS)


def _append(
    request: Request,
    services: Services,
    events: Sequence[Event],
    target: Target,
    now: datetime,
    *,
    rejected: Sequence[Rejection],
    takes: Sequence[Take],
) -> Within:
    visitor = services.visitors.identify(target.site_id, client_of(request), now) if needs_visitor(events) else None
    entry = make_entry(
        events,
        site_id=target.site_id,
        organisation=target.organisation,
        now=now,
        visitor_id=visitor.id if visitor else 0,
        country=country_of(request),
        request_id=request.state.request_id,
    )
    marks = visitor.marks if visitor else ()
    return services.append(entry, takes, *marks, *([count_rejected(len(rejected))] if rejected else []))


def _targets(services: Services, sent: BrowserEvent) -> list[Target]:
    """The sites of an event; refused as a whole when one of them is unknown or doesn't want this host."""
    targets = []
    for domain in sent.domains:
        target = services.sites.target(domain)
        if target is None:
            detail = (
                f"no site has the domain {quoted(domain)}: is data-domain the domain that the site was created with?"
            )
            raise Unknown(detail, faults=(Fault("unknown", pointer="/domain"),))
        if target.allowed_hostnames and sent.hostname not in target.allowed_hostnames:
            raise Refused(f"the site {domain} takes no events from {quoted(sent.hostname)}", "url")
        targets.append(target)
    return targets
