"""Taking events: `POST /v1/events` from servers, `POST /api/event` from browsers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from typing_extensions import TypedDict

from functions.collect.services import Services, ServicesOf
from shared.collection.accept import clients_of, make_entry, read_batch
from shared.collection.browser import BrowserEvent, read_browser_event
from shared.collection.client import Sender
from shared.collection.event import MAX_BYTES, MAX_EVENTS, Event, Rejection, language_of
from shared.collection.stream import count_rejected
from shared.http.authorise import KeyBearerOf
from shared.http.body import read_json
from shared.http.client import sender_of, viewer_address
from shared.http.limits import headers_within
from shared.http.site_cache import Target
from shared.platform.limits import Take, Within
from shared.platform.refusals import Fault, Unknown, quoted
from shared.platform.views import view

MAX_BROWSER_BYTES: Final = 64 * 1024
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
        "props": {"type": "object", "description": "up to 30 names, each with text, a number, true, false or null"},
        "revenue": {"type": "object", "examples": [{"amount": 9.99, "currency": "EUR"}]},
        "interactive": {"type": "boolean", "default": True, "description": "false: it does not end a bounce"},
        "hashMode": {"type": "boolean", "default": False, "description": "the fragment belongs to the page"},
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
    target = services.sites.target_of(bearer)
    takes = services.limits.of_ingest(bearer.organisation, len(batch.events), now, key=bearer.prefix)
    sender = sender_of(request, services.origin_proof)
    within = _append(request, services, batch.events, target, now, sender=sender, rejected=batch.rejected, takes=takes)
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
    """Plausible's Events API; takes any content type, as beacons can't choose theirs.

    The answer is `ok`, followed by a line for each part of the event that was left out and each domain that no site has.
    """
    now = datetime.now(UTC)
    sent = read_browser_event(await read_json(request, MAX_BROWSER_BYTES), now)
    targets, unknown = _targets(services, sent)
    headers = request.headers
    sender = sender_of(request, services.origin_proof)
    sender = replace(
        sender, user_agent=sender.client.user_agent, language=language_of(headers.get("accept-language", ""))
    )
    address = viewer_address(request, services.origin_proof) if services.limits else ""
    for target in targets:
        alias = services.visitors.alias(address, now) if address else ""
        takes = services.limits.of_ingest(target.organisation, 1, now, address=alias)
        _append(request, services, [sent.event], target, now, sender=sender, rejected=[], takes=takes)
    return PlainTextResponse("\n".join(["ok", *sent.left_out, *unknown]), HTTPStatus.ACCEPTED)


@router.options("/api/event", include_in_schema=False)
async def allow_browsers() -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _append(
    request: Request,
    services: Services,
    events: Sequence[Event],
    target: Target,
    now: datetime,
    *,
    sender: Sender,
    rejected: Sequence[Rejection],
    takes: Sequence[Take],
) -> Within:
    visitors = services.visitors.identify(target.site_id, clients_of(events, sender), now)
    entry = make_entry(
        events,
        site_id=target.site_id,
        organisation=target.organisation,
        now=now,
        sender=sender,
        visitors={client: visitor.id for client, visitor in visitors.items()},
        exclusions=target.exclusions,
        request_id=request.state.request_id,
    )
    marks = [mark for visitor in visitors.values() for mark in visitor.marks]
    return services.append(entry, takes, *marks, *([count_rejected(len(rejected))] if rejected else []))


def _targets(services: Services, sent: BrowserEvent) -> tuple[list[Target], list[str]]:
    """The sites of an event, and what to say of domains that no site has; refused when no site has any of them."""
    found = {domain: services.sites.target(domain) for domain in sent.domains}
    targets = list({target.site_id: target for target in found.values() if target}.values())
    unknown = [
        f"no site has the domain {quoted(domain)}: is data-domain the domain that the site was created with?"
        for domain, target in found.items()
        if not target
    ]
    if not targets:
        raise Unknown("; ".join(unknown), faults=(Fault("unknown", pointer="/domain"),))
    return targets, unknown
