"""Clocks on the wall and instants in UTC: what a day or an hour is where clocks are put forward and back."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

SECOND: Final = timedelta(seconds=1)


def is_timezone(name: str) -> bool:
    """Whether a name is one of the IANA database, such as Europe/Berlin."""
    return name in _names()


@lru_cache
def _names() -> frozenset[str]:
    # What the machine keeps beside them ("localtime", "right/Europe/Berlin") means something else elsewhere.
    return frozenset(name for name in available_timezones() if name == "UTC" or "/" in name)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which a date begins: midnight, or what follows it if midnight is skipped."""
    return first_instant(datetime.combine(day, time()), zone)


def first_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) at which clocks show ``local`` (naive), or are put forward past it."""
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    # PEP 495: in a gap, fold=1 gives the instant before the change, fold=0 the one after it.
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return change_between(before, instant, zone)


def change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the zone took on the UTC offset that it has ``after`` and had not ``before``."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // (2 * SECOND) * SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def next_step(instant: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    """The next instant at which clocks show a whole ``step`` (hour or minute), or change."""
    local = instant.astimezone(zone)
    past_hour = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    following = instant + step - past_hour % step
    if (following - SECOND).astimezone(zone).utcoffset() == local.utcoffset():
        return following
    return change_between(instant, following - SECOND, zone)
