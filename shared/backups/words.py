"""Sizes, durations and moments as people read them."""

from datetime import UTC, datetime, timedelta
from typing import Final

_UNITS: Final = ("bytes", "KiB", "MiB", "GiB", "TiB")
_STEP: Final = 1024
_TWO_DAYS: Final = timedelta(days=2)
_TWO_HOURS: Final = timedelta(hours=2)
_TWO_MINUTES: Final = timedelta(minutes=2)


def size_text(size: int) -> str:
    value, unit = float(size), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{size:,} bytes" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def span_text(span: timedelta) -> str:
    """In the unit that leaves a number of one to three digits."""
    seconds = span.total_seconds()
    if span >= _TWO_DAYS:
        return f"{seconds / 86_400:.1f} days".replace(".0 ", " ")
    if span >= _TWO_HOURS:
        return f"{seconds / 3600:.1f} hours".replace(".0 ", " ")
    if span >= _TWO_MINUTES:
        return f"{seconds / 60:.1f} minutes".replace(".0 ", " ")
    return f"{seconds:.1f} seconds".replace(".0 ", " ")


def moment_text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def plain_moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
