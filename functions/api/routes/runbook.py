"""The runbook's tasks: the table of a day, run records with their evidence, and "run it now".

They answer from the operations table alone, while PostgreSQL and Valkey are down.
"""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from functions.api.runbook_models import RunbookDay, RunList, RunRequest, RunSummary, RunView
from functions.api.services import ServicesOf
from shared.http.authorise import PersonOf
from shared.http.fields import Day, Form
from shared.platform.refusals import Refused, Unknown

if TYPE_CHECKING:
    from shared.runbook.plan import Planned

router = APIRouter(tags=["operations"])

NAME: Final = Form(r"^[a-z][a-z0-9_]{0,63}$", "a task's id, such as redis_memory")
RUN: Final = Form(r"^[a-z][a-z0-9_]{0,63}-\d{8}T\d{6}Z(-manual)?$", "a run's id, such as redis_memory-20261123T120000Z")
TaskId = Annotated[str, Path(), NAME]


# The runbook's model takes a while to import: who only posts events does not wait for it.
@router.get("/v1/runbook", response_model=RunbookDay, summary="The runbook's table with a day's state")
async def runbook(
    services: ServicesOf, day: Annotated[Day | None, Query(alias="date", description="Today (UTC) by default.")] = None
) -> JSONResponse:
    from shared.runbook.load import the_runbook
    from shared.runbook.today import day_view

    now = datetime.now(UTC)
    chosen = day or now.date()
    return _answer(day_view(the_runbook(), services.runs, chosen, now))


@router.get("/v1/runbook/tasks/{task_id}/runs", response_model=RunList, summary="A task's run records, newest first")
async def runs(
    task_id: TaskId,
    services: ServicesOf,
    cursor: Annotated[Annotated[str, RUN] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> JSONResponse:
    from shared.runbook.today import summary

    task = _task(task_id)
    if cursor and not cursor.startswith(f"{task.id}-"):
        detail = f"cursor: {cursor} is not a run of {task.id}: pass a next_cursor of this list"
        raise Refused(detail, parameter="cursor")
    found = services.runs.latest(task.id, before=cursor, limit=limit + 1)
    more = len(found) > limit
    shown = [summary(run) for run in found[:limit]]
    return _answer({"runs": shown, "next_cursor": shown[-1]["id"] if more else None})


@router.get(
    "/v1/runbook/tasks/{task_id}/runs/{run_id}", response_model=RunView, summary="A run record with its evidence"
)
async def run(task_id: TaskId, run_id: Annotated[str, Path(), RUN], services: ServicesOf) -> JSONResponse:
    from shared.runbook.run import to_view

    task = _task(task_id)
    found = services.runs.get(task.id, run_id)
    if found is None:
        newest = ", ".join(one.id for one in services.runs.latest(task.id, limit=3)) or "there is none yet"
        detail = f"{task.id} has no run {run_id}; newest: {newest}; GET /v1/runbook/tasks/{task.id}/runs lists them"
        raise Unknown(detail)
    return _answer(to_view(found))


@router.post(
    "/v1/runbook/tasks/{task_id}/runs", response_model=RunSummary, status_code=HTTPStatus.ACCEPTED,
    summary="Run a task now",
)  # fmt: skip
async def request_run(task_id: TaskId, wanted: RunRequest, services: ServicesOf, person: PersonOf) -> JSONResponse:
    """The record is there at once, in the state `requested`; ask for it until it has a verdict."""
    from shared.runbook.run import Occasion
    from shared.runbook.today import summary

    task = _task(task_id)
    now = datetime.now(UTC).replace(microsecond=0)
    occasion = Occasion(task=task.id, scheduled_for=now, kind="manual", by=person.username, reason=wanted.reason)
    requested = services.runs.request(occasion)
    location = f"/v1/runbook/tasks/{task.id}/runs/{requested.id}"
    return _answer(summary(requested), HTTPStatus.ACCEPTED, location=location)


def _task(task_id: str) -> "Planned":
    from shared.runbook.load import the_runbook
    from shared.runbook.plan import planned

    return planned(the_runbook(), task_id)


def _answer(content: dict[str, Any], status: HTTPStatus = HTTPStatus.OK, **headers: str) -> JSONResponse:
    return JSONResponse(content, status.value, headers={"cache-control": "no-store", **headers})
