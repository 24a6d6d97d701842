"""Moments as text that sorts as they do: ``2026-11-23T12:05:00Z``."""

from datetime import UTC, datetime
from typing import Final

_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_FORMAT)


def moment(text: str) -> datetime:
    """Raises ValueError."""
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
