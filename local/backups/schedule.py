"""When backups are due, by the runbook. A machine that slept through the night takes its backup when it wakes."""

from datetime import UTC, datetime, timedelta

from shared.runbook.tasks import Schedule

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def last_due(schedule: Schedule, now: datetime) -> datetime:
    """The last moment at or before now at which it was due."""
    if schedule.every is not None:
        every, offset = schedule.every.total_seconds(), (schedule.offset or timedelta()).total_seconds()
        return datetime.fromtimestamp((now.timestamp() - offset) // every * every + offset, UTC)
    assert schedule.weekday is not None  # noqa: S101 -- the runbook's model has one of the two kinds
    assert schedule.hour is not None  # noqa: S101 -- as above
    at = now.replace(hour=schedule.hour, minute=0, second=0, microsecond=0)
    at -= timedelta(days=(at.weekday() - _DAYS.index(schedule.weekday)) % 7)
    return at if at <= now else at - timedelta(days=7)
