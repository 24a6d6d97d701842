"""The bucket that keeps anchors: versioned and locked, so that an object can't be overwritten or deleted before its time."""

from datetime import UTC, datetime, timedelta
from typing import Final

from shared.platform.aws.s3 import get_object, keys, put_object

_PREFIX: Final = "heads/"
_RECENT: Final = timedelta(days=2)


class AuditBucket:
    """Raises botocore's errors."""

    def __init__(self, name: str) -> None:
        self._name = name

    def last(self, now: datetime) -> bytes | None:
        """The newest of all; those of the last days are looked at first, as the names are in the order of time."""
        recent = f"{_PREFIX}{now.astimezone(UTC) - _RECENT:%Y-%m-%d}"
        found = keys(self._name, _PREFIX, after=recent) or keys(self._name, _PREFIX)
        return get_object(self._name, found[-1]) if found else None

    def put(self, key: str, content: bytes) -> None:
        put_object(self._name, key, content, "application/json")
