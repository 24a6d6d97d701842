"""A night on which everything went well, to be spoiled one thing at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.backups.model import Bucket, Chain, Inspection, Job, Limits, Part, RecoveryPoint, Report, Snapshot, Window
from shared.runbook.load import the_runbook

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
DAY = timedelta(days=1)
SIZE = 1_000_000_000
LIMITS = Limits.of(the_runbook().tasks.backup_verification)


def job(nights_ago: int = 0, **others: Any) -> Job:
    created = NOW - timedelta(hours=15) - nights_ago * DAY
    usual: dict[str, Any] = {
        "id": f"job-{nights_ago}", "state": "COMPLETED", "message_category": "SUCCESS", "message": "",
        "created_at": created, "completed_at": created + timedelta(minutes=20), "recovery_point": f"point-{nights_ago}",
    }  # fmt: skip
    return Job(**usual | others)


def point(nights_ago: int = 0, **others: Any) -> RecoveryPoint:
    created = NOW - timedelta(hours=15) - nights_ago * DAY
    usual: dict[str, Any] = {
        "id": f"point-{nights_ago}", "status": "COMPLETED", "created_at": created,
        "completed_at": created + timedelta(minutes=20), "size": SIZE, "encrypted": True,
        "retained_until": created + 35 * DAY,
    }  # fmt: skip
    return RecoveryPoint(**usual | others)


def snapshot(**others: Any) -> Snapshot:
    usual: dict[str, Any] = {
        "id": "weekly", "status": "available", "created_at": NOW - 2 * DAY, "size": 10_000, "encrypted": True,
    }  # fmt: skip
    return Snapshot(**usual | others)


def inspected(**others: Any) -> Inspection:
    usual: dict[str, Any] = {
        "basis": "Files on this machine.", "reads": True, "files": 40, "size": SIZE, "kept_since": NOW - 10 * DAY,
        "chain": Chain(base="point-0", first="000000010000000000000003", last="000000010000000000000009", segments=7),
        "oldest_reading": NOW - 6 * DAY,
        "parts": (Part(at=NOW - timedelta(hours=1), files=8, size=SIZE // 7, what=("base/point-0 (4 files)",)),),
    }  # fmt: skip
    return Inspection(**usual | others)


GOOD = Report(
    jobs=tuple(job(night) for night in range(10)),
    points=tuple(point(night) for night in range(10)),
    window=Window(earliest=NOW - 35 * DAY, latest=NOW - timedelta(minutes=5)),
    snapshots=(snapshot(),),
    buckets=(Bucket(name="archive", versioned=True),),
    inspection=inspected(),
)


def night(**others: Any) -> Report:
    """The newest backup alone differs."""
    return replace(GOOD, points=(point(**others), *GOOD.points[1:]))


def attempt(**others: Any) -> Report:
    return replace(GOOD, jobs=(job(**others), *GOOD.jobs[1:]))
