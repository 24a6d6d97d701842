"""All that was ever counted at the edge, planned maintenance apart, as a number that only grows: a counter for Prometheus.

It moves when an evaluation reads a slice: rules over it and the evaluator judge the same requests at the same time.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.kpi.counts import NOTHING, Counts, total

# Evaluations catch up with a week at most: what is older does not change any more, and is read once.
SETTLED: Final = timedelta(days=9)
_BEGINNING: Final = datetime.fromtimestamp(0, UTC)


class Counted:
    """``days`` gives the sums of days, by their start, from a moment on."""

    def __init__(self, days: Callable[[datetime], Mapping[datetime, Counts]]) -> None:
        self._days = days
        self._settled = NOTHING
        self._since = _BEGINNING

    def total(self, now: datetime) -> Counts:
        days = self._days(self._since)
        settled = now - SETTLED
        over = {start: counts for start, counts in days.items() if start < settled}
        if over:
            self._settled = total([self._settled, *over.values()])
            self._since = max(over) + timedelta(days=1)
        return total([self._settled, *(counts for start, counts in days.items() if start not in over)])
