"""The calendar: planned maintenances and freezes of changes, in the operations table alone."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from functions.api.calendar_models import Cancellation, EntryChange, EntryList, EntryView, Kind, NewEntry
from functions.api.services import ServicesOf
from shared.http.authorise import PersonOf
from shared.http.fields import Form, Moment
from shared.platform.refusals import Refused

if TYPE_CHECKING:
    from functions.api.services import Services
    from shared.calendar.edit import Calendar
    from shared.calendar.model import Entry
    from shared.identity.identity import Person

router = APIRouter(tags=["operations"])

EntryId = Annotated[
    str, Path(), Form(r"^(maintenance|freeze)-[0-9a-f]{12}$", "an entry's id, such as maintenance-0123456789ab")
]
Cursor = Annotated[str, Form(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ#[a-z]+-[0-9a-f]{12}$", "a next_cursor of this list")]
LONGEST_SPAN: Final = timedelta(days=400)
BEFORE: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=90)


@router.get("/v1/calendar", response_model=EntryList, summary="Maintenances and freezes that have a part in a span")
async def list_calendar(
    services: ServicesOf,
    start: Annotated[Moment | None, Query(alias="from", description="30 days ago by default.")] = None,
    end: Annotated[Moment | None, Query(alias="to", description="120 days after `from` by default.")] = None,
    kind: Kind | None = None,
    cursor: Cursor | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> JSONResponse:
    """By start; what was cancelled is left out, and is still found by its id."""
    from shared.calendar.store import KINDS, place

    now = datetime.now(UTC)
    start = start or now - BEFORE
    end = end or start + BEFORE + AHEAD
    _check_span(start, end)
    entries = services.calendar.between(start, end, [kind] if kind else KINDS)
    left = [entry for entry in entries if cursor is None or place(entry) > cursor]
    more = len(left) > limit
    views = [_view(entry, now) for entry in left[:limit]]
    return _answer({"entries": views, "next_cursor": place(left[limit - 1]) if more else None})


@router.post(
    "/v1/calendar", status_code=HTTPStatus.CREATED, response_model=EntryView, summary="Plan a maintenance or freeze"
)
async def plan_entry(new: NewEntry, services: ServicesOf, person: PersonOf) -> JSONResponse:
    """The same again is not planned twice: the answer is the entry that exists."""
    from shared.calendar.model import Plan

    now = datetime.now(UTC)
    plan = Plan(**(new.model_dump() | {"components": tuple(new.components)}))
    return _answer(_view(_calendar(services, person, now).plan(plan), now), HTTPStatus.CREATED)


@router.get("/v1/calendar/{entry_id}", response_model=EntryView, summary="One entry, also one that was cancelled")
async def calendar_entry(entry_id: EntryId, services: ServicesOf) -> JSONResponse:
    from shared.calendar.edit import UnknownEntry

    found = services.calendar.get(entry_id)
    if found is None:
        raise UnknownEntry(entry_id)
    return _answer(_view(found, datetime.now(UTC)))


@router.patch(
    "/v1/calendar/{entry_id}", response_model=EntryView, summary="Change a plan, or move the end of what has begun"
)
async def change_entry(entry_id: EntryId, change: EntryChange, services: ServicesOf, person: PersonOf) -> JSONResponse:
    now = datetime.now(UTC)
    changes = change.model_dump(exclude_none=True)
    if change.components is not None:
        changes["components"] = tuple(change.components)
    return _answer(_view(_calendar(services, person, now).change(entry_id, **changes), now))


@router.post(
    "/v1/calendar/{entry_id}/cancel", response_model=EntryView, summary="Cancel a plan, or end what has begun now"
)
async def cancel_entry(
    entry_id: EntryId, cancellation: Cancellation, services: ServicesOf, person: PersonOf
) -> JSONResponse:
    now = datetime.now(UTC)
    return _answer(_view(_calendar(services, person, now).cancel(entry_id, cancellation.reason), now))


def _calendar(services: "Services", person: "Person", now: datetime) -> "Calendar":
    from shared.calendar.edit import Calendar
    from shared.runbook.load import the_runbook

    return Calendar(services.calendar, the_runbook().components, by=person.username, now=now)


def _check_span(start: datetime, end: datetime) -> None:
    detail = ""
    if end <= start:
        detail = "to: must be after `from`"
    elif end - start > LONGEST_SPAN:
        detail = f"to: at most {LONGEST_SPAN.days} days after `from`"
    if detail:
        raise Refused(detail, parameter="to")


def _view(entry: "Entry", now: datetime) -> dict[str, Any]:
    from shared.platform.moments import stamp

    plan = entry.plan
    return {
        "id": entry.id, "kind": plan.kind, "state": entry.state(now), "title": plan.title, "reason": plan.reason,
        "start": stamp(plan.start), "end": stamp(plan.end), "components": list(plan.components), "note": entry.note,
        "created_by": entry.created_by, "created_at": stamp(entry.created_at), "changed_by": entry.changed_by,
        "changed_at": stamp(entry.changed_at),
    }  # fmt: skip


def _answer(content: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> JSONResponse:
    return JSONResponse(content, status, headers={"cache-control": "no-store"})
