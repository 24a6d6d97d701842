"""Backups as the last verifications found them, from the operations table alone: asked for when the database is down."""

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from functions.api.backup_models import BackupsView
from functions.api.services import ServicesOf

if TYPE_CHECKING:
    from shared.runbook.run import Run

router = APIRouter(tags=["operations"])
TASK: Final = "backup_verification"
SHOWN: Final = 30


@router.get("/v1/backups", response_model=BackupsView, summary="Backups as the last verification found them")
async def backups(services: ServicesOf) -> JSONResponse:
    """Sizes, durations, window and snapshots; `POST /v1/runbook/tasks/backup_verification/runs` verifies them now."""
    finished = [run for run in services.runs.latest(TASK, limit=SHOWN) if run.finding is not None]
    finding = finished[0].finding if finished else None
    content: dict[str, Any] = {
        "verification": _view(finished[0]) if finished else None,
        "measured": dict(finding.measured) if finding else {},
        "thresholds": dict(finding.thresholds) if finding else {},
        "links": dict(finding.links) if finding else {},
        "verifications": [_view(run) for run in finished],
    }
    return JSONResponse(content, headers={"cache-control": "no-store"})


def _view(run: "Run") -> dict[str, Any]:
    from shared.platform.moments import stamp

    at = run.finished_at or run.occasion.scheduled_for
    return {"run": run.id, "at": stamp(at), "verdict": run.state, "why": run.finding.why if run.finding else ""}
