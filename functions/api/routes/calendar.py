"""The calendar: planned maintenances and freezes of changes, in the operations table alone."""

from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from functions.api.services import Services, ServicesOf
from shared.calendar.model import Kind
from shared.calendar.view import EntryList, EntryView
from shared.http.authorise import PersonOf
from shared.http.fields import COMPONENT, Form, Moment, Reason, Title
from shared.platform.refusals import Refused

if TYPE_CHECKING:
    from shared.calendar.edit import Calendar
    from shared.identity.identity import Person

router = APIRouter(tags=["operations"])

EntryId = Annotated[
    str, Path(), Form(r"^(maintenance|freeze)-[0-9a-f]{12}$", "an entry's id, such as maintenance-0123456789ab")
]
Cursor = Annotated[str, Form(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ#[a-z]+-[0-9a-f]{12}$", "a next_cursor of this list")]
LONGEST_SPAN: Final = timedelta(days=400)
BEFORE: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=90)
ComponentIds = Annotated[list[Annotated[str, COMPONENT]], Field(max_length=50)]


class NewEntry(BaseModel):
    """Customers read ``title`` and ``reason`` of a maintenance on the status page; times need an offset, such as Z."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    title: Title
    reason: Reason
    start: Moment
    end: Moment
    components: ComponentIds = []


class EntryChange(BaseModel):
    """Those fields that become others; the start only until it has begun."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    reason: Reason | None = None
    start: Moment | None = None
    end: Moment | None = None
    components: ComponentIds | None = None

    @model_validator(mode="after")
    def _something(self) -> "EntryChange":
        if not self.model_fields_set:
            raise ValueError("name what shall become different: title, reason, start, end or components")
        return self


class Cancellation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


@router.get("/v1/calendar", summary="Maintenances and freezes that have a part in a span")
async def list_calendar(
    services: ServicesOf,
    start: Annotated[Moment | None, Query(alias="from", description="30 days ago by default.")] = None,
    end: Annotated[Moment | None, Query(alias="to", description="120 days after `from` by default.")] = None,
    kind: Kind | None = None,
    cursor: Cursor | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> EntryList:
    """By start; what was cancelled is left out, and is still found by its id."""
    from shared.calendar.show import entry_view
    from shared.calendar.store import KINDS, place

    now = datetime.now(UTC)
    start = start or now - BEFORE
    end = end or start + BEFORE + AHEAD
    _check_span(start, end)
    entries = services.calendar.between(start, end, [kind] if kind else KINDS)
    left = [entry for entry in entries if cursor is None or place(entry) > cursor]
    more = len(left) > limit
    views = [entry_view(entry, now) for entry in left[:limit]]
    return {"entries": views, "next_cursor": place(left[limit - 1]) if more else None}


@router.post("/v1/calendar", status_code=HTTPStatus.CREATED, summary="Plan a maintenance or freeze")
async def plan_entry(new: NewEntry, services: ServicesOf, person: PersonOf) -> EntryView:
    """The same again is not planned twice: the answer is the entry that exists."""
    from shared.calendar.model import Plan
    from shared.calendar.show import entry_view

    now = datetime.now(UTC)
    plan = Plan(**(new.model_dump() | {"components": tuple(new.components)}))
    return entry_view(_calendar(services, person, now).plan(plan), now)


@router.get("/v1/calendar/{entry_id}", summary="One entry, also one that was cancelled")
async def calendar_entry(entry_id: EntryId, services: ServicesOf) -> EntryView:
    from shared.calendar.edit import UnknownEntry
    from shared.calendar.show import entry_view

    found = services.calendar.get(entry_id)
    if found is None:
        raise UnknownEntry(entry_id)
    return entry_view(found, datetime.now(UTC))


@router.patch("/v1/calendar/{entry_id}", summary="Change a plan, or move the end of what has begun")
async def change_entry(entry_id: EntryId, change: EntryChange, services: ServicesOf, person: PersonOf) -> EntryView:
    from shared.calendar.show import entry_view

    now = datetime.now(UTC)
    changes = change.model_dump(exclude_none=True)
    if change.components is not None:
        changes["components"] = tuple(change.components)
    return entry_view(_calendar(services, person, now).change(entry_id, **changes), now)


@router.post(
    "/v1/calendar/{entry_id}/second", summary="Agree, as a second person, to a maintenance that begins during an outage"
)
async def confirm_entry(entry_id: EntryId, services: ServicesOf, person: PersonOf) -> EntryView:
    from shared.calendar.show import entry_view

    now = datetime.now(UTC)
    return entry_view(_calendar(services, person, now).confirm(entry_id), now)


@router.post("/v1/calendar/{entry_id}/cancel", summary="Cancel a plan, or end what has begun now")
async def cancel_entry(
    entry_id: EntryId, cancellation: Cancellation, services: ServicesOf, person: PersonOf
) -> EntryView:
    from shared.calendar.show import entry_view

    now = datetime.now(UTC)
    return entry_view(_calendar(services, person, now).cancel(entry_id, cancellation.reason), now)


def _calendar(services: Services, person: "Person", now: datetime) -> "Calendar":
    from shared.calendar.edit import Calendar
    from shared.runbook.load import the_runbook
    from shared.together.maintenances import outage_of

    return Calendar(
        services.calendar, the_runbook().components, by=person.username, now=now,
        outage=partial(outage_of, services.incidents),
    )  # fmt: skip


def _check_span(start: datetime, end: datetime) -> None:
    detail = ""
    if end <= start:
        detail = "to: must be after `from`"
    elif end - start > LONGEST_SPAN:
        detail = f"to: at most {LONGEST_SPAN.days} days after `from`"
    if detail:
        raise Refused(detail, parameter="to")
