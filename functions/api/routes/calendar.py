"""The calendar: planned maintenances and freezes of changes, in the operations table alone."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime

from functions.api.calendar_models import Cancellation, EntryChange, EntryList, EntryView, Kind, NewEntry
from functions.api.services import ServicesOf
from shared.http.authorise import PersonOf
from shared.http.problems import Problem, unprocessable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.api.services import Services
    from shared.calendar.edit import Calendar
    from shared.calendar.model import Entry
    from shared.identity.identity import Person

router = APIRouter(tags=["operations"])

EntryId = Annotated[str, Path(pattern=r"^(maintenance|freeze)-[0-9a-f]{12}$")]
LONGEST_SPAN: Final = timedelta(days=400)
BEFORE: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=90)


@router.get("/v1/calendar", response_model=EntryList, summary="Maintenances and freezes that have a part in a span")
async def list_calendar(
    services: ServicesOf,
    start: Annotated[AwareDatetime | None, Query(alias="from", description="30 days ago by default.")] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="120 days after `from` by default.")] = None,
    kind: Kind | None = None,
    cursor: Annotated[str | None, Query(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ#[a-z]+-[0-9a-f]{12}$")] = None,
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
    with _calendar(services, person, now) as calendar:
        return _answer(_view(calendar.plan(plan), now), HTTPStatus.CREATED)


@router.get("/v1/calendar/{entry_id}", response_model=EntryView, summary="One entry, also one that was cancelled")
async def calendar_entry(entry_id: EntryId, services: ServicesOf) -> JSONResponse:
    found = services.calendar.get(entry_id)
    if found is None:
        raise _unknown(entry_id)
    return _answer(_view(found, datetime.now(UTC)))


@router.patch(
    "/v1/calendar/{entry_id}", response_model=EntryView, summary="Change a plan, or move the end of what has begun"
)
async def change_entry(entry_id: EntryId, change: EntryChange, services: ServicesOf, person: PersonOf) -> JSONResponse:
    now = datetime.now(UTC)
    changes = change.model_dump(exclude_none=True)
    if change.components is not None:
        changes["components"] = tuple(change.components)
    with _calendar(services, person, now) as calendar:
        return _answer(_view(calendar.change(entry_id, **changes), now))


@router.post(
    "/v1/calendar/{entry_id}/cancel", response_model=EntryView, summary="Cancel a plan, or end what has begun now"
)
async def cancel_entry(
    entry_id: EntryId, cancellation: Cancellation, services: ServicesOf, person: PersonOf
) -> JSONResponse:
    now = datetime.now(UTC)
    with _calendar(services, person, now) as calendar:
        return _answer(_view(calendar.cancel(entry_id, cancellation.reason), now))


@contextmanager
def _calendar(services: "Services", person: "Person", now: datetime) -> "Iterator[Calendar]":
    """What may not be becomes a problem document."""
    from shared.calendar.edit import Calendar, UnknownEntry
    from shared.calendar.model import CalendarRefused, TooLate
    from shared.platform.aws.dynamodb import Overtaken
    from shared.runbook.load import the_runbook

    try:
        yield Calendar(services.calendar, the_runbook().components, by=person.username, now=now)
    except UnknownEntry as error:
        raise _unknown(str(error.args[0])) from error
    except TooLate as error:
        raise Problem(HTTPStatus.CONFLICT, str(error)) from error
    except CalendarRefused as error:
        raise unprocessable(str(error), pointer=f"/{error.field}") from error
    except Overtaken as error:
        detail = "it was changed by somebody else just now: read it again, then decide"
        raise Problem(HTTPStatus.CONFLICT, detail) from error


def _unknown(entry_id: str) -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, f"the calendar has no {entry_id}: GET /v1/calendar lists what it has")


def _check_span(start: datetime, end: datetime) -> None:
    detail = ""
    if end <= start:
        detail = "to: must be after `from`"
    elif end - start > LONGEST_SPAN:
        detail = f"to: at most {LONGEST_SPAN.days} days after `from`"
    if detail:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=[{"parameter": "to", "detail": detail}])


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
