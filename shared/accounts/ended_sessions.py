"""Access tokens are good for an hour, whatever Cognito thinks of their bearer meanwhile: these are good no longer."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from shared.platform.aws.signed import AwsRefused, AwsUnavailable

FRESH_SECONDS: Final = 15.0


class EndedSessions:
    """Whose sessions were ended, asked for at most every ``FRESH_SECONDS``.

    While nobody can say, what was known last is what counts: customers' dashboards do not hang on the operations table.
    """

    def __init__(self, read: Callable[[], Mapping[str, int]], clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._known: Mapping[str, int] = {}
        self._asked_at = float("-inf")

    def has(self, subject: str, issued_at: float) -> bool:
        """Whether a token that somebody was given then is one of an ended session."""
        now = self._clock()
        if now - self._asked_at >= FRESH_SECONDS:
            self._asked_at = now
            with suppress(AwsUnavailable, AwsRefused):  # asked again after the same time
                self._known = self._read()
        ended_at = self._known.get(subject)
        return ended_at is not None and issued_at <= ended_at
