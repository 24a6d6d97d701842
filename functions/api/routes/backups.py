"""Backups as the last verifications found them, from the operations table alone: asked for when the database is down."""

from typing import Final

from fastapi import APIRouter

from functions.api.services import ServicesOf
from shared.backups.view import BackupsView

router = APIRouter(tags=["operations"])
TASK: Final = "backup_verification"
SHOWN: Final = 30


@router.get("/v1/backups", summary="Backups as the last verification found them")
async def backups(services: ServicesOf) -> BackupsView:
    """Sizes, durations, window and snapshots; `POST /v1/runbook/tasks/backup_verification/runs` verifies them now."""
    from shared.backups.show import backups_view

    return backups_view([run for run in services.runs.latest(TASK, limit=SHOWN) if run.finding is not None])
