"""Time buckets: how a period is cut at the minutes, hours, days, weeks and months of the site's time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Final, Literal, get_args

from shared.analytics.date_range import Period
from shared.analytics.local_time import SECOND, day_start, first_instant, next_step

TimeDimension = Literal["time:minute", "time:hour", "time:day", "time:week", "time:month"]
TIME_DIMENSIONS: Final[tuple[str, ...]] = get_args(TimeDimension)
MAX_BUCKETS: Final = 10_000
_SHORTEST: Final[dict[TimeDimension, timedelta]] = {
    "time:minute": timedelta(minutes=1),
    "time:hour": timedelta(hours=1),
    "time:day": timedelta(days=1),
    "time:week": timedelta(weeks=1),
    "time:month": timedelta(days=28),
}
QUARTER_OF_AN_HOUR: Final = 900


class BadBuckets(ValueError):
    """The period can't be cut that finely; the message says why and what to do."""


@dataclass(frozen=True)
class Bucket:
    """A part of the period that begins at ``start`` (UTC); it ends where the next or the period does."""

    start: datetime
    label: str


def automatic(period: Period) -> TimeDimension:
    """What ``time`` stands for: hours up to 2 days, days up to 40, weeks up to a year, then months."""
    length = period.end - SECOND - period.start
    if length < timedelta(hours=49):
        return "time:hour"
    if length < timedelta(days=41):
        return "time:day"
    return "time:week" if length < timedelta(weeks=53) else "time:month"


def cut(period: Period, dimension: TimeDimension) -> list[Bucket]:
    """The buckets of a period in order of time; the first and the last may be clipped by it.

    Labels are local: ``2026-11-23`` (days; weeks by their Monday, or the period's first day if that is later;
    months by their first day) and ``2026-11-23 14:00:00``. When clocks are put back, the hour that is shown
    twice is two buckets, and the label of the second ends with its UTC offset: ``2026-10-25 02:00:00+01:00``.
    An hour that is skipped is no bucket.

    Raises
    ------
    BadBuckets
        more than ``MAX_BUCKETS``, or minutes of more than a day
    """
    if dimension == "time:minute" and period.end > _a_day_later(period):
        raise BadBuckets("is only there for a date_range of at most a day: use time:hour")
    if (period.end - period.start) / _SHORTEST[dimension] > MAX_BUCKETS:
        raise BadBuckets(f"would be more than {MAX_BUCKETS} buckets: take a longer one or a shorter date_range")
    starts = takewhile(lambda start: start < period.end, _starts(period, dimension))
    buckets: list[Bucket] = []
    for start in starts:
        label = _label(start.astimezone(period.zone), dimension)
        if not buckets or buckets[-1].label != label:
            buckets.append(Bucket(start, label))
    return buckets


def in_whole_quarters(period: Period, buckets: list[Bucket]) -> bool:
    """Whether every border is a whole quarter of an hour (UTC), so that sums per quarter answer exactly."""
    borders = [period.start, period.end, *(bucket.start for bucket in buckets)]
    return all(border.timestamp() % QUARTER_OF_AN_HOUR == 0 for border in borders)


def _a_day_later(period: Period) -> datetime:
    """On the clock, so that a day of 25 hours is a day; never less than 24 hours."""
    local = period.start.astimezone(period.zone).replace(tzinfo=None) + timedelta(days=1)
    return max(first_instant(local, period.zone), period.start + timedelta(days=1))


def _starts(period: Period, dimension: TimeDimension) -> Iterator[datetime]:
    yield period.start
    if dimension in {"time:minute", "time:hour"}:
        start = period.start
        while True:
            start = next_step(start, _SHORTEST[dimension], period.zone)
            yield start
    day = period.start.astimezone(period.zone).date()
    while True:
        day = _next_day(day, dimension)
        yield day_start(day, period.zone)


def _next_day(day: date, dimension: TimeDimension) -> date:
    """The first day of the bucket after the one that ``day`` is in."""
    if dimension == "time:day":
        return day + timedelta(days=1)
    if dimension == "time:week":
        return day + timedelta(days=7 - day.weekday())
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _label(local: datetime, dimension: TimeDimension) -> str:
    if dimension == "time:month":
        return local.date().replace(day=1).isoformat()
    if dimension in {"time:day", "time:week"}:
        return local.date().isoformat()
    shown = f"{local:%Y-%m-%d %H:%M}:00" if dimension == "time:minute" else f"{local:%Y-%m-%d %H}:00:00"
    return shown + (local.isoformat()[-6:] if local.fold else "")
