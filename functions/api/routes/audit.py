"""The audit trail: who did what, with export, and its verification."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import StringConstraints

from functions.api.services import Services, ServicesOf
from shared.audit.chain import OPERATIONS
from shared.audit.view import AuditPage, AuditVerification
from shared.http.authorise import PersonOf
from shared.http.fields import ONE_LINE, Moment
from shared.http.tenancy import acting_for, require
from shared.platform.refusals import Unknown

if TYPE_CHECKING:
    from pg8000.native import Connection

router = APIRouter(tags=["access"])

VERIFIED_AT_ONCE: Final = 20_000
ANCHORS_AT_ONCE: Final = 1_000
MAX_SEQUENCE: Final = 2**62
Text = Annotated[str, StringConstraints(min_length=1, max_length=300), ONE_LINE]
Format = Annotated[
    Literal["json", "jsonl", "csv"], Query(description="jsonl and csv name the next page in x-next-cursor.")
]
Organisation = Annotated[UUID, Query(description="Whose trail; P09's own operations by default.")]
SequenceCursor = Annotated[int | None, Query(ge=1, le=MAX_SEQUENCE)]
# Beside JSON, which the page's own model describes.
_CSV, _LINES = "text/csv", "application/jsonl"
_FORMATS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {name: {"schema": {"type": "string"}} for name in (_CSV, _LINES)}}
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows, and how they are to be written."""

    cursor: int | None
    limit: int
    format: str
    filter: dict[str, Any]


async def wanted(
    *,
    cursor: SequenceCursor = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 100,
    actor: Text | None = None,
    action: Text | None = None,
    subject: Text | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    format: Format = "json",  # noqa: A002 -- the parameter's name
) -> Wanted:
    only = {"actor": actor, "action": action, "subject": subject, "since": since, "until": until}
    return Wanted(cursor=cursor, limit=limit, format=format, filter=only)


WantedOf = Annotated[Wanted, Depends(wanted)]


@router.get("/v1/audit", response_model=AuditPage, responses=_FORMATS, summary="Who did what, newest act first")
async def audit(services: ServicesOf, wanted: WantedOf, organisation_id: Organisation = OPERATIONS) -> Response:
    """Of P09's own operations, or of any organisation."""
    with services.database.transaction([organisation_id]) as connection:
        return _page(connection, organisation_id, wanted)


@router.get(
    "/v1/organisations/{organisation_id}/audit",
    response_model=AuditPage,
    responses=_FORMATS,
    summary="Who did what in an organisation",
)
async def organisation_audit(
    organisation_id: UUID, services: ServicesOf, person: PersonOf, wanted: WantedOf
) -> Response:
    """For owners of the organisation."""
    with acting_for(services, person) as (connection, roles):
        require(roles, organisation_id, "GET", "/v1/organisations/{organisation_id}/audit")
        return _page(connection, organisation_id, wanted)


@router.get("/v1/audit/verification", summary="Whether a trail is as it was written")
async def verify_audit(
    services: ServicesOf, organisation_id: Organisation = OPERATIONS, cursor: SequenceCursor = None
) -> AuditVerification:
    """Reads a chain and its anchors; finds what was edited, deleted, reordered, cut off or put in, and says where."""
    with services.database.transaction([organisation_id]) as connection:
        return _verify(services, connection, organisation_id, cursor)


@router.get(
    "/v1/organisations/{organisation_id}/audit/verification",
    summary="Whether an organisation's trail is as it was written",
)
async def verify_organisation_audit(
    organisation_id: UUID, services: ServicesOf, person: PersonOf, cursor: SequenceCursor = None
) -> AuditVerification:
    """For owners of the organisation: its chain against the heads that are kept outside of the database."""
    with acting_for(services, person) as (connection, roles):
        require(roles, organisation_id, "GET", "/v1/organisations/{organisation_id}/audit/verification")
        return _verify(services, connection, organisation_id, cursor)


def _page(connection: "Connection", organisation_id: UUID, wanted: Wanted) -> Response:
    from shared.audit.show import as_csv, as_lines, row_view
    from shared.audit.store import Filter, chain, page

    # People read the order of the acts; an export is verified, which follows the chain.
    read = page if wanted.format == "json" else chain
    found = read(connection, organisation_id, Filter(**wanted.filter), before=wanted.cursor, limit=wanted.limit + 1)
    rows = found[: wanted.limit]
    cursor = str(rows[-1].sequence) if len(found) > wanted.limit else None
    if wanted.format == "json":
        shown: AuditPage = {"rows": list(map(row_view, rows)), "next_cursor": cursor}
        return JSONResponse(shown)
    headers = {"x-next-cursor": cursor} if cursor else {}
    if wanted.format == "csv":
        return PlainTextResponse(as_csv(rows), media_type=_CSV, headers=headers)
    return PlainTextResponse(as_lines(rows), media_type=_LINES, headers=headers)


def _verify(
    services: Services, connection: "Connection", organisation_id: UUID, cursor: int | None
) -> AuditVerification:
    from shared.audit.chain import Verifier
    from shared.audit.show import finding_view, restore_view
    from shared.audit.store import row_at, verify_rows

    after = row_at(connection, organisation_id, cursor) if cursor else None
    if cursor and after is None:
        raise Unknown(f"the trail has no row {cursor}: begin without a cursor")
    anchors = services.anchors.after(organisation_id, cursor or 0, ANCHORS_AT_ONCE)
    # Anchors that lie beyond what is read now are met by the next part.
    last = anchors[-1].sequence if len(anchors) == ANCHORS_AT_ONCE else MAX_SEQUENCE
    limit = min(VERIFIED_AT_ONCE, last - (cursor or 0))
    verifier = Verifier(organisation_id, anchors, after)
    ended = verify_rows(connection, verifier, limit=limit)
    return {
        "organisation_id": str(organisation_id),
        "verified": verifier.taken,
        "until": verifier.last.sequence,
        "anchors": len(anchors),
        "findings": [finding_view(one) for one in verifier.findings],
        "restores": [restore_view(one) for one in verifier.restores],
        "next_cursor": None if ended else str(verifier.last.sequence),
    }
