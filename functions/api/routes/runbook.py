"""The runbook's tasks: the table of a day, run records with their evidence, and "run it now".

They answer from the operations table alone, while PostgreSQL and Valkey are down.
"""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from functions.api.services import ServicesOf
from shared.http.authorise import PersonOf
from shared.http.fields import ONE_LINE, Day, Form
from shared.platform.refusals import Refused, Unknown
from shared.runbook.view import RunbookDay, RunList, RunSummary, RunView

if TYPE_CHECKING:
    from shared.runbook.plan import Planned

router = APIRouter(tags=["operations"])

NAME: Final = Form(r"^[a-z][a-z0-9_]{0,63}$", "a task's id, such as redis_memory")
RUN: Final = Form(r"^[a-z][a-z0-9_]{0,63}-\d{8}T\d{6}Z(-manual)?$", "a run's id, such as redis_memory-20261123T120000Z")
TaskId = Annotated[str, Path(), NAME]


class RunRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), ONE_LINE]


# The runbook's model takes a while to import: who only posts events does not wait for it.
@router.get("/v1/runbook", summary="The runbook's table with a day's state")
async def runbook(
    services: ServicesOf, day: Annotated[Day | None, Query(alias="date", description="Today (UTC) by default.")] = None
) -> RunbookDay:
    from shared.runbook.load import the_runbook
    from shared.runbook.today import day_view

    now = datetime.now(UTC)
    chosen = day or now.date()
    return day_view(the_runbook(), services.runs, chosen, now)


@router.get("/v1/runbook/tasks/{task_id}/runs", summary="A task's run records, newest first")
async def runs(
    task_id: TaskId,
    services: ServicesOf,
    cursor: Annotated[Annotated[str, RUN] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> RunList:
    from shared.runbook.show import run_summary

    task = _task(task_id)
    if cursor and not cursor.startswith(f"{task.id}-"):
        detail = f"cursor: {cursor} is not a run of {task.id}: pass a next_cursor of this list"
        raise Refused(detail, parameter="cursor")
    found = services.runs.latest(task.id, before=cursor, limit=limit + 1)
    more = len(found) > limit
    shown = [run_summary(run) for run in found[:limit]]
    return {"runs": shown, "next_cursor": shown[-1]["id"] if more else None}


@router.get("/v1/runbook/tasks/{task_id}/runs/{run_id}", summary="A run record with its evidence")
async def run(task_id: TaskId, run_id: Annotated[str, Path(), RUN], services: ServicesOf) -> RunView:
    from shared.runbook.show import run_view

    task = _task(task_id)
    found = services.runs.get(task.id, run_id)
    if found is None:
        newest = ", ".join(one.id for one in services.runs.latest(task.id, limit=3)) or "there is none yet"
        detail = f"{task.id} has no run {run_id}; newest: {newest}; GET /v1/runbook/tasks/{task.id}/runs lists them"
        raise Unknown(detail)
    return run_view(found)


@router.post(
    "/v1/runbook/tasks/{task_id}/runs", status_code=HTTPStatus.ACCEPTED,
    summary="Run a task now",
)  # fmt: skip
async def request_run(
    task_id: TaskId, wanted: RunRequest, services: ServicesOf, person: PersonOf, response: Response
) -> RunSummary:
    """The record is there at once, in the state `requested`; ask for it until it has a verdict."""
    from shared.runbook.run import Occasion
    from shared.runbook.show import run_summary

    task = _task(task_id)
    now = datetime.now(UTC).replace(microsecond=0)
    occasion = Occasion(task=task.id, scheduled_for=now, kind="manual", by=person.username, reason=wanted.reason)
    requested = services.runs.request(occasion)
    response.headers["location"] = f"/v1/runbook/tasks/{task.id}/runs/{requested.id}"
    return run_summary(requested)


def _task(task_id: str) -> "Planned":
    from shared.runbook.load import the_runbook
    from shared.runbook.plan import planned

    return planned(the_runbook(), task_id)
