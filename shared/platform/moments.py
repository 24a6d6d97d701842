"""Moments as text that sorts as they do, ``2026-11-23T12:05:00Z``, and lengths of time in words."""

from datetime import UTC, datetime, timedelta
from typing import Final

_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_FORMAT)


def moment(text: str) -> datetime:
    """Raises ValueError."""
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)


def duration(length: timedelta) -> str:
    """``1 day 2 hours 5 minutes``: whole minutes, or seconds below one."""
    seconds = int(length.total_seconds())
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    if not any(n for n, _ in parts) and seconds:
        parts = [(seconds, "second")]
    return " ".join(f"{n} {unit}{'s' * (n != 1)}" for n, unit in parts if n) or "0 minutes"
