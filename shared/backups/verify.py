"""Whether last night's backup can be relied on. The verdict is by polling: a message of success is a hint and no more."""

from collections.abc import Iterator
from datetime import datetime

from shared.backups.measured import measured, newest_completed, newest_point, newest_snapshot, usual_size
from shared.backups.model import COMPLETED, RUNNING, SUCCESS, Finding, Job, Limits, RecoveryPoint, Report
from shared.backups.words import moment_text, size_text, span_text


def unconfigured(why: str, limits: Limits) -> Finding:
    """Nobody has said where backups are: that is no proof of any, and no failure of one."""
    return Finding(verdict="unconfigured", reasons=(why,), measured={}, thresholds=limits.plain())


def unavailable(why: str, limits: Limits) -> Finding:
    """Nothing could be read at all."""
    reason = f"The backups could not be read, so nothing is known of them: {why}."
    return Finding(verdict="failed", reasons=(reason,), measured={}, thresholds=limits.plain())


def verify(report: Report, limits: Limits, now: datetime) -> Finding:
    """Hold every rule against a report. What could not be read fails: it proves nothing."""
    reasons = (
        *(f"The {area} could not be read: {why}." for area, why in report.unread.items()),
        *_jobs(report, limits, now),
        *_points(report, limits, now),
        *_window(report, limits, now),
        *_snapshots(report, limits, now),
        *_buckets(report),
        *_inspection(report, limits, now),
    )
    return Finding(
        verdict="failed" if reasons else "passed",
        reasons=reasons,
        measured=measured(report, limits, now),
        thresholds=limits.plain(),
    )


def _jobs(report: Report, limits: Limits, now: datetime) -> Iterator[str]:
    if "backup jobs" in report.unread:
        return
    newest = newest_completed(report)
    if newest is None:
        yield f"No backup job has completed: {len(report.jobs)} were found; one must within {span_text(limits.maximum_age)}."
        return
    assert newest.completed_at  # noqa: S101 -- completed jobs have one
    age = now - newest.completed_at
    if age > limits.maximum_age:
        yield (
            f"The newest completed backup is {span_text(age)} old ({moment_text(newest.completed_at)}); "
            f"at most {span_text(limits.maximum_age)} are allowed."
        )
    if newest.message_category.upper() != SUCCESS:
        yield (
            f"Backup job {newest.id} completed with issues: its message category is "
            f"{newest.message_category or 'missing'}, not SUCCESS{_said(newest.message)}."
        )
    yield from _failed_since(report, newest)


def _failed_since(report: Report, newest: Job) -> Iterator[str]:
    """A job that ended badly after the newest good one: the night's backup is the one that failed."""
    for job in report.jobs:
        if job.created_at > newest.created_at and job.state not in RUNNING and job.state != COMPLETED:
            yield f"Backup job {job.id} of {moment_text(job.created_at)} ended {job.state}{_said(job.message)}."


def _points(report: Report, limits: Limits, now: datetime) -> Iterator[str]:
    if "recovery points" in report.unread:
        return
    newest = newest_point(report)
    if newest is None:
        yield f"No recovery point can be restored from: {len(report.points)} were found, none of them complete."
        return
    assert newest.completed_at  # noqa: S101 -- usable points have one
    if (age := now - newest.completed_at) > limits.maximum_age:
        yield (
            f"The newest recovery point is {span_text(age)} old; at most {span_text(limits.maximum_age)} are allowed."
        )
    yield from _lost(report)
    yield from _size(report, newest, limits)
    for point in report.points:
        if point.usable and not point.encrypted:
            yield f"Recovery point {point.id} is not encrypted."
    if newest.retention is not None and newest.retention < limits.minimum_retention:
        yield (
            f"Recovery point {newest.id} is kept for {span_text(newest.retention)}; "
            f"at least {span_text(limits.minimum_retention)} are asked for."
        )


def _lost(report: Report) -> Iterator[str]:
    job = newest_completed(report)
    known = {point.id for point in report.points if point.usable}
    if job and job.recovery_point and job.recovery_point not in known:
        yield f"Backup job {job.id} completed, but its recovery point {job.recovery_point} is not there to restore from."


def _size(report: Report, newest: RecoveryPoint, limits: Limits) -> Iterator[str]:
    if newest.size is None:
        yield f"Nobody can tell the size of recovery point {newest.id}: it may be empty."
    elif newest.size <= 0:
        yield f"Recovery point {newest.id} has a size of 0 bytes."
    elif (usual := usual_size(report, limits)) is not None and newest.size < usual * limits.minimum_size:
        yield (
            f"Recovery point {newest.id} has {size_text(newest.size)}, less than {float(limits.minimum_size):.0%} of "
            f"{size_text(int(usual))}, the median of the last {limits.median_of} before it."
        )


def _window(report: Report, limits: Limits, now: datetime) -> Iterator[str]:
    if "point-in-time window" in report.unread:
        return
    if report.window is None:
        yield "There is no point-in-time window: the database can't be restored to a moment of one's choice."
    elif (lag := now - report.window.latest) > limits.point_in_time_within:
        yield (
            f"The point-in-time window ends {span_text(lag)} ago ({moment_text(report.window.latest)}); "
            f"it must reach to within {span_text(limits.point_in_time_within)} of now."
        )


def _snapshots(report: Report, limits: Limits, now: datetime) -> Iterator[str]:
    if "Valkey snapshots" in report.unread:
        return
    newest = newest_snapshot(report)
    if newest is None:
        yield f"No snapshot of Valkey is available: {len(report.snapshots)} were found."
        return
    if (age := now - newest.created_at) > limits.maximum_snapshot_age:
        yield (
            f"The newest snapshot of Valkey is {span_text(age)} old; "
            f"at most {span_text(limits.maximum_snapshot_age)} are allowed."
        )
    if newest.size is not None and newest.size <= 0:
        yield f"The snapshot {newest.id} of Valkey has a size of 0 bytes."
    if not newest.encrypted:
        yield f"The snapshot {newest.id} of Valkey is not encrypted."


def _buckets(report: Report) -> Iterator[str]:
    if "buckets" in report.unread:
        return
    if not report.buckets:
        yield "No bucket was found whose versioning could be checked."
    for bucket in report.buckets:
        if not bucket.versioned:
            yield f"Bucket {bucket.name} does not keep versions: what is overwritten or deleted there is gone."


def _inspection(report: Report, limits: Limits, now: datetime) -> Iterator[str]:
    found = report.inspection
    if found is None:
        yield "Nothing tells whether what is kept is whole: no file of it was looked at."
        return
    yield from found.faults
    if not found.reads or found.kept_since is None:
        return
    newest = max((part.at for part in found.parts), default=found.kept_since)
    if (age := now - newest) > limits.maximum_age:
        yield (
            f"What is kept was last read again {span_text(age)} ago ({moment_text(newest)}); "
            f"a part of it must be each day, at most {span_text(limits.maximum_age)} apart."
        )
    elif found.oldest_reading and (age := now - found.oldest_reading) > limits.read_within:
        yield (
            f"A file that is kept was last read {span_text(age)} ago; "
            f"each must be read again within {span_text(limits.read_within)}."
        )


def _said(message: str) -> str:
    return f" ({message.rstrip('.')})" if message else ""
