"""Time in slices, hours and days: which stored sums make up a span, so that a month costs what an hour costs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple

from shared.runbook.fields import WindowName

Grain = Literal["slice", "hour", "day", "excluded"]

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS_OF_QUARTER: Final = 3
_LONGEST_WINDOW: Final = timedelta(days=92)


class Key(NamedTuple):
    """Names a stored sum: of one slice, of all slices of an hour or a day (UTC), or of a day's minutes that maintenances
    excluded."""

    grain: Grain
    start: datetime


@dataclass(frozen=True, order=True)
class Span:
    """From ``start`` (included) to ``end`` (excluded), both UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.utcoffset() != timedelta(0) or self.end.utcoffset() != timedelta(0):
            raise ValueError("a span is in UTC")
        if self.end < self.start:
            raise ValueError(f"a span cannot end ({self.end}) before it starts ({self.start})")

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def slots(self, slice_length: timedelta) -> int:
        """How many slices fit in."""
        return self.length // slice_length


def looked_back(at: datetime) -> Span:
    """What an evaluation at a moment may look at: its longest window is a quarter."""
    return Span(at - _LONGEST_WINDOW, at)


def floor(moment: datetime, length: timedelta) -> datetime:
    """The start of the slice, hour or day that a moment lies in."""
    return moment - (moment - _EPOCH) % length


def ceiling(moment: datetime, length: timedelta) -> datetime:
    return moment + (_EPOCH - moment) % length


def cover(span: Span, slice_length: timedelta) -> Iterator[Key]:
    """The fewest stored sums that make up a span of whole slices: days, else hours, else slices."""
    grains: tuple[tuple[Grain, timedelta], ...] = (("day", DAY), ("hour", HOUR), ("slice", slice_length))
    at = span.start
    while at < span.end:
        grain, length = next(
            (grain, length) for grain, length in grains if at == floor(at, length) and at + length <= span.end
        )
        yield Key(grain, at)
        at += length


def parts_of(key: Key, slice_length: timedelta) -> tuple[Key, ...]:
    """The smaller sums that a roll-up is the sum of: 24 hours of a day, 12 slices of an hour."""
    grain, length, whole = {
        "day": ("hour", HOUR, DAY),
        "hour": ("slice", slice_length, HOUR),
    }.get(key.grain, ("slice", slice_length, timedelta(0)))
    return tuple(Key(grain, key.start + n * length) for n in range(whole // length))  # type: ignore[arg-type]  # the table above holds grains only


def roll_ups_of(slices: Iterable[datetime]) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
    """The hours and then the days to add up anew after slices were written: in this order, for days sum hours."""
    starts = list(slices)
    hours = sorted({floor(start, HOUR) for start in starts})
    days = sorted({floor(start, DAY) for start in starts})
    return tuple(Key("hour", start) for start in hours), tuple(Key("day", start) for start in days)


def window(name: WindowName, end: datetime) -> Span:
    """The window of a KPI up to ``end``. A calendar window's last instant belongs to it, not to the next one."""
    if name == "rolling hour":
        return Span(end - HOUR, end)
    last = end - timedelta(microseconds=1)
    month = last.month if name == "calendar month" else last.month - (last.month - 1) % _MONTHS_OF_QUARTER
    return Span(datetime(last.year, month, 1, tzinfo=UTC), end)


def whole_window(name: WindowName, end: datetime) -> Span:
    """The same to the window's own end, which for a calendar window lies ahead."""
    so_far = window(name, end)
    if name == "rolling hour":
        return so_far
    months = so_far.start.month - 1 + (1 if name == "calendar month" else _MONTHS_OF_QUARTER)
    return Span(so_far.start, datetime(so_far.start.year + months // 12, months % 12 + 1, 1, tzinfo=UTC))
