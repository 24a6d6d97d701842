"""The runbook's tasks: the table of a day, run records with their evidence, and "run it now".

They answer from the operations table alone, while PostgreSQL and Valkey are down.
"""

from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from functions.api.runbook_models import RunbookDay, RunList, RunRequest, RunSummary, RunView
from functions.api.services import ServicesOf
from shared.http.authorise import PersonOf
from shared.http.problems import Problem

if TYPE_CHECKING:
    from shared.runbook.plan import Planned

router = APIRouter(tags=["operations"])

NAME: Final = r"^[a-z][a-z0-9_]{0,63}$"
RUN: Final = r"^[a-z][a-z0-9_]{0,63}-\d{8}T\d{6}Z(-manual)?$"
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2999

TaskId = Annotated[str, Path(pattern=NAME)]


# The runbook's model takes a while to import: who only posts events does not wait for it.
@router.get("/v1/runbook", response_model=RunbookDay, summary="The runbook's table with a day's state")
async def runbook(
    services: ServicesOf, day: Annotated[date | None, Query(alias="date", description="Today (UTC) by default.")] = None
) -> JSONResponse:
    from shared.runbook.load import the_runbook
    from shared.runbook.today import day_view

    now = datetime.now(UTC)
    chosen = day or now.date()
    if not FIRST_YEAR <= chosen.year <= LAST_YEAR:
        raise _wrong("date", f"date: must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
    return _answer(day_view(the_runbook(), services.runs, chosen, now))


@router.get("/v1/runbook/tasks/{task_id}/runs", response_model=RunList, summary="A task's run records, newest first")
async def runs(
    task_id: TaskId,
    services: ServicesOf,
    cursor: Annotated[str | None, Query(pattern=RUN)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> JSONResponse:
    from shared.runbook.today import summary

    task = _task(task_id)
    if cursor and not cursor.startswith(f"{task.id}-"):
        raise _wrong("cursor", f"cursor: {cursor} is no run of {task.id}: pass a next_cursor of this list")
    found = services.runs.latest(task.id, before=cursor, limit=limit + 1)
    more = len(found) > limit
    shown = [summary(run) for run in found[:limit]]
    return _answer({"runs": shown, "next_cursor": shown[-1]["id"] if more else None})


@router.get(
    "/v1/runbook/tasks/{task_id}/runs/{run_id}", response_model=RunView, summary="A run record with its evidence"
)
async def run(task_id: TaskId, run_id: Annotated[str, Path(pattern=RUN)], services: ServicesOf) -> JSONResponse:
    from shared.runbook.run import to_view

    task = _task(task_id)
    found = services.runs.get(task.id, run_id)
    if found is None:
        newest = ", ".join(one.id for one in services.runs.latest(task.id, limit=3)) or "there is none yet"
        detail = f"{task.id} has no run {run_id}; newest: {newest}; GET /v1/runbook/tasks/{task.id}/runs lists them"
        raise Problem(HTTPStatus.NOT_FOUND, detail)
    return _answer(to_view(found))


@router.post(
    "/v1/runbook/tasks/{task_id}/runs", response_model=RunSummary, status_code=HTTPStatus.ACCEPTED,
    summary="Run a task now",
)  # fmt: skip
async def request_run(task_id: TaskId, wanted: RunRequest, services: ServicesOf, person: PersonOf) -> JSONResponse:
    """The record is there at once, in the state `requested`; ask for it until it has a verdict."""
    from shared.platform.aws.dynamodb import Overtaken
    from shared.runbook.run import Occasion
    from shared.runbook.today import summary

    task = _task(task_id)
    now = datetime.now(UTC).replace(microsecond=0)
    occasion = Occasion(task=task.id, scheduled_for=now, kind="manual", by=person.username, reason=wanted.reason)
    try:
        requested = services.runs.request(occasion)
    except Overtaken as error:
        detail = f"{task.id} was asked for this very second: {occasion.run} is on its way"
        raise Problem(HTTPStatus.CONFLICT, detail, run=occasion.run) from error
    location = f"/v1/runbook/tasks/{task.id}/runs/{requested.id}"
    return _answer(summary(requested), HTTPStatus.ACCEPTED, location=location)


def _task(task_id: str) -> "Planned":
    from shared.runbook.load import the_runbook
    from shared.runbook.plan import planned

    try:
        return planned(the_runbook(), task_id)
    except LookupError as error:
        raise Problem(HTTPStatus.NOT_FOUND, str(error)) from error


def _wrong(parameter: str, detail: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=[{"parameter": parameter, "detail": detail}])


def _answer(content: dict[str, Any], status: HTTPStatus = HTTPStatus.OK, **headers: str) -> JSONResponse:
    return JSONResponse(content, status.value, headers={"cache-control": "no-store", **headers})
