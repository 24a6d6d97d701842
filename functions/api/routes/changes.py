"""Changes on their way to production, with their gates, approvals and story; from the operations table alone."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from functions.api.change_desk import desk
from functions.api.change_models import (
    Amendment,
    Because,
    ChangeList,
    ChangeView,
    DoraView,
    NewChange,
    OverrideRequest,
    Promotion,
    StepReport,
)
from functions.api.services import Services, ServicesOf
from shared.http.authorise import OperatorOf, PersonOf
from shared.http.fields import Form

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.changes.changes import Changes
    from shared.changes.dora import Dora
    from shared.changes.model import Change
    from shared.changes.waits import Waiting
    from shared.identity.identity import Person, Pipeline

router = APIRouter(tags=["operations"])

CHANGE: Final = Form(r"^CHG-\d{8}T\d{6}Z-[0-9a-f]{6}$", "a change's id, such as CHG-20261124T120000Z-0a1b2c")
ChangeId = Annotated[str, Path(), CHANGE]


@router.get("/v1/changes", response_model=ChangeList, summary="Changes, newest first, and what keeps them")
async def list_changes(
    services: ServicesOf,
    person: OperatorOf,
    state: Annotated[
        Literal["open"] | None, Query(description="`open` are those under way that were planned in the last 60 days.")
    ] = None,
    cursor: Annotated[Annotated[str, CHANGE] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> JSONResponse:
    changes = desk(services, person)
    newest = changes.under_way if state == "open" else services.changes.newest
    found = newest(before=cursor, limit=limit + 1)
    waits = services.promotion_waits.get_many(change.id for change in found[:limit])
    views = [_shown(changes, changes.by_clock(change), waits.get(change.id)) for change in found[:limit]]
    return _answer({"changes": views, "next_cursor": found[limit - 1].id if len(found) > limit else None})


@router.post(
    "/v1/changes", response_model=ChangeView, status_code=HTTPStatus.CREATED, summary="Plan a change; it is announced"
)
async def plan_change(new: NewChange, services: ServicesOf, person: OperatorOf) -> JSONResponse:
    """The same artefact again is not planned twice: the answer is the change that exists."""
    from shared.changes.model import Plan

    return _after(services, person, lambda changes: changes.plan(Plan(**new.model_dump())), HTTPStatus.CREATED)


@router.get("/v1/delivery", response_model=DoraView, summary="The four figures of DORA over the last days")
async def delivery(services: ServicesOf, days: Annotated[int, Query(ge=1, le=366)] = 30) -> JSONResponse:
    from shared.changes.dora import dora, weeks
    from shared.changes.store import WAITED
    from shared.platform.moments import stamp

    end = datetime.now(UTC)
    start = end - timedelta(days=days)
    known = services.changes.planned_between(start - WAITED, end)
    return _answer({
        "start": stamp(start), "end": stamp(end), **_figures(dora(known, start, end)),
        "weeks": [{"start": stamp(week), **_figures(found)} for week, found in weeks(known, start, end)],
    })  # fmt: skip


@router.get("/v1/changes/{change_id}", response_model=ChangeView, summary="One change, its gates and its story")
async def one_change(change_id: ChangeId, services: ServicesOf, person: OperatorOf) -> JSONResponse:
    return _after(services, person, lambda changes: changes.look(change_id))


@router.post("/v1/changes/{change_id}/artefact", response_model=ChangeView, summary="Another artefact: it starts anew")
async def amend_change(
    change_id: ChangeId, amendment: Amendment, services: ServicesOf, person: OperatorOf
) -> JSONResponse:
    return _after(services, person, lambda changes: changes.amend(change_id, **amendment.model_dump()))


@router.post("/v1/changes/{change_id}/steps", response_model=ChangeView, summary="Report what a step has found")
async def report_step(
    change_id: ChangeId, report: StepReport, services: ServicesOf, person: OperatorOf
) -> JSONResponse:
    """The same report again changes nothing."""
    return _after(services, person, lambda changes: changes.report(change_id, **report.model_dump()))


@router.post("/v1/changes/{change_id}/approve", response_model=ChangeView, summary="Approve somebody else's change")
async def approve_change(change_id: ChangeId, services: ServicesOf, person: PersonOf) -> JSONResponse:
    return _after(services, person, lambda changes: changes.approve(change_id))


@router.post("/v1/changes/{change_id}/reject", response_model=ChangeView, summary="It will not go to production")
async def reject_change(change_id: ChangeId, because: Because, services: ServicesOf, person: PersonOf) -> JSONResponse:
    return _after(services, person, lambda changes: changes.reject(change_id, because.reason))


@router.post("/v1/changes/{change_id}/override", response_model=ChangeView, summary="Ask to pass closed gates")
async def ask_override(
    change_id: ChangeId, asked: OverrideRequest, services: ServicesOf, person: PersonOf
) -> JSONResponse:
    return _after(services, person, lambda changes: changes.ask_override(change_id, tuple(asked.gates), asked.reason))


@router.post(
    "/v1/changes/{change_id}/override/second",
    response_model=ChangeView,
    summary="Agree to an override, as a second person",
)
async def second_override(change_id: ChangeId, services: ServicesOf, person: PersonOf) -> JSONResponse:
    return _after(services, person, lambda changes: changes.second_override(change_id))


@router.post("/v1/changes/{change_id}/promote", response_model=ChangeView, summary="Let it go to production, once")
async def promote_change(
    change_id: ChangeId, promotion: Promotion, services: ServicesOf, person: OperatorOf
) -> JSONResponse:
    """Asked immediately before: the gates and the approval are looked at again."""
    return _after(services, person, lambda changes: changes.promote(change_id, promotion.digest))


@router.post("/v1/changes/{change_id}/roll-back", response_model=ChangeView, summary="Say that it was rolled back")
async def roll_back_change(
    change_id: ChangeId, because: Because, services: ServicesOf, person: OperatorOf
) -> JSONResponse:
    return _after(services, person, lambda changes: changes.roll_back(change_id, because.reason))


def _after(
    services: Services,
    person: "Person | Pipeline",
    act: "Callable[[Changes], Change]",
    status: HTTPStatus = HTTPStatus.OK,
) -> JSONResponse:
    """Do something with a change; the answer is how it stands then."""
    changes = desk(services, person)
    change = act(changes)
    return _answer(_shown(changes, change, services.promotion_waits.get(change.id)), status)


def _shown(changes: "Changes", change: "Change", waiting: "Waiting | None") -> dict[str, Any]:
    from shared.changes.view import change_view

    return change_view(change, () if change.is_over else changes.gates(change), waiting, changes.by)


def _figures(found: "Dora") -> dict[str, Any]:
    lead, restore = found.lead_time, found.time_to_restore
    return {
        "deployments": found.deployments, "per_day": found.per_day, "failure_rate": found.failure_rate,
        "lead_time_seconds": lead.total_seconds() if lead else None,
        "time_to_restore_seconds": restore.total_seconds() if restore else None,
    }  # fmt: skip


def _answer(content: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> JSONResponse:
    return JSONResponse(content, status, headers={"cache-control": "no-store"})
