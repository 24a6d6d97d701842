"""The figures behind a verdict: the newest of each kind, what is usual, what a chart shows."""

from dataclasses import asdict
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from shared.backups.model import COMPLETED, Inspection, Job, Limits, RecoveryPoint, Report, Snapshot
from shared.backups.words import plain_moment

HISTORY: Final = 30


def newest_completed(report: Report) -> Job | None:
    found = [job for job in report.jobs if job.state == COMPLETED and job.completed_at]
    return max(found, key=lambda job: job.created_at, default=None)


def newest_point(report: Report) -> RecoveryPoint | None:
    return max((point for point in report.points if point.usable), key=lambda point: point.created_at, default=None)


def newest_snapshot(report: Report) -> Snapshot | None:
    found = [snapshot for snapshot in report.snapshots if snapshot.status.lower() == "available"]
    return max(found, key=lambda snapshot: snapshot.created_at, default=None)


def usual_size(report: Report, limits: Limits) -> float | None:
    """The median of those before the newest, empty ones apart: a row of failures must not become what is usual."""
    newest = newest_point(report)
    before = sorted(
        (point for point in report.points if point.usable and point is not newest and point.size),
        key=lambda point: point.created_at,
    )
    sizes = [point.size for point in before[-limits.median_of :] if point.size]
    return float(median(sizes)) if sizes else None


def measured(report: Report, limits: Limits, now: datetime) -> dict[str, Any]:
    job, point, snapshot = newest_completed(report), newest_point(report), newest_snapshot(report)
    window = report.window
    return {
        "newest_job": job and {
            "id": job.id, "message_category": job.message_category, "completed_at": plain_moment(job.completed_at),
            "duration_seconds": job.duration.total_seconds() if job.duration else None,
        },
        "newest_backup": point and {
            "id": point.id, "size": point.size, "encrypted": point.encrypted,
            "completed_at": plain_moment(point.completed_at), "retained_until": plain_moment(point.retained_until),
            "age_seconds": _seconds(now - (point.completed_at or point.created_at)),
        },
        "median_size": usual_size(report, limits),
        "point_in_time": window and {
            "earliest": plain_moment(window.earliest), "latest": plain_moment(window.latest),
            "lag_seconds": _seconds(now - window.latest),
        },
        "valkey_snapshot": snapshot and {
            "id": snapshot.id, "size": snapshot.size, "created_at": plain_moment(snapshot.created_at),
        },
        "inspection": report.inspection and _inspected(report.inspection),
        "buckets": {bucket.name: bucket.versioned for bucket in report.buckets},
        "counts": {"jobs": len(report.jobs), "recovery_points": len(report.points), "snapshots": len(report.snapshots)},
        "history": history(report),
    }  # fmt: skip


def _inspected(found: Inspection) -> dict[str, Any]:
    """On whose word, which stretch of the log is whole, and which part was read when."""
    return {
        "basis": found.basis, "faults": list(found.faults), "chain": found.chain and asdict(found.chain),
        "files": found.files, "size": found.size, "oldest_reading": plain_moment(found.oldest_reading),
        "parts": [
            {"at": plain_moment(part.at), "files": part.files, "size": part.size, "what": list(part.what)}
            for part in found.parts
        ],
    }  # fmt: skip


def history(report: Report) -> list[dict[str, Any]]:
    """Sizes and durations of the last recovery points, oldest first."""
    durations = {job.recovery_point: job.duration for job in report.jobs if job.recovery_point}
    newest = sorted((point for point in report.points if point.usable), key=lambda point: point.created_at)[-HISTORY:]
    return [
        {
            "id": point.id,
            "completed_at": plain_moment(point.completed_at),
            "size": point.size,
            "duration_seconds": duration.total_seconds() if (duration := durations.get(point.id)) else None,
        }
        for point in newest
    ]


def _seconds(age: timedelta) -> int:
    """Never negative: what came after the moment of a check that runs late is new to it."""
    return max(int(age.total_seconds()), 0)
