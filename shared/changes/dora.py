"""The four figures of DORA (https://dora.dev/guides/dora-metrics-four-keys/), from the changes themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median

from shared.changes.model import Change


@dataclass(frozen=True, kw_only=True)
class Dora:
    """Of the changes that went to production in a span, demos left out. None where there is nothing to say it of.

    ``lead_time``: median from the oldest commit to production; ``failure_rate``: the share (0 to 1) that was rolled back;
    ``time_to_restore``: median from production to being rolled back, of those that were.
    """

    deployments: int
    per_day: float
    lead_time: timedelta | None
    failure_rate: float | None
    time_to_restore: timedelta | None


def dora(changes: Sequence[Change], start: datetime, end: datetime) -> Dora:
    real = (change for change in changes if not change.plan.demo)
    went = [(change, at) for change in real if (at := change.when("promoted")) and start <= at < end]
    back = [(at, undone) for change, at in went if (undone := change.when("rolled_back"))]
    return Dora(
        deployments=len(went),
        per_day=round(len(went) / ((end - start) / timedelta(days=1)), 3),
        lead_time=_median([at - change.plan.committed_at for change, at in went]),
        failure_rate=len(back) / len(went) if went else None,
        time_to_restore=_median([undone - at for at, undone in back]),
    )


def weeks(changes: Sequence[Change], start: datetime, end: datetime) -> list[tuple[datetime, Dora]]:
    """The same figures by week, from Monday to Monday (UTC), each with its start; the span cuts the first and the last."""
    found = []
    while start < end:
        monday = datetime.combine(start.date() - timedelta(days=start.weekday()), time(), start.tzinfo)
        until = min(monday + timedelta(weeks=1), end)
        found.append((start, dora(changes, start, until)))
        start = until
    return found


def _median(spans: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(span.total_seconds() for span in spans)) if spans else None
