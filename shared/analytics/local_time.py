"""Clocks on the wall and instants in UTC: what a date or an hour is where the clock is put forward and back."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

SECOND: Final = timedelta(seconds=1)


class UnknownTimezone(ValueError):
    """Not the name of a time zone of the IANA database."""


@lru_cache
def timezone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises ``UnknownTimezone``."""
    if name not in available_timezones():
        raise UnknownTimezone(f"{name!r} is not a time zone of the IANA database, such as Europe/Berlin")
    return ZoneInfo(name)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which a date begins: midnight, or what follows it if midnight is skipped."""
    return first_instant(datetime.combine(day, time()), zone)


def first_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) at which the zone's clocks show ``local`` (naive), or are put forward past it."""
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    # PEP 495: in a gap, fold=1 gives the instant before the change, fold=0 the one after it.
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return change_between(before, instant, zone)


def change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the zone took on the UTC offset that it has at ``after`` and not yet at ``before``."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // (2 * SECOND) * SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def next_step(instant: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    """The next instant at which the clock shows a whole ``step`` (of at most an hour), or is put forward or back."""
    local = instant.astimezone(zone)
    past_hour = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    following = instant + step - past_hour % step
    if (following - SECOND).astimezone(zone).utcoffset() == local.utcoffset():
        return following
    return change_between(instant, following - SECOND, zone)
