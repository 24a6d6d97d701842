"""Tells that what was planned has begun or ended: each step once, whoever looks how often."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from shared.calendar.model import due
from shared.calendar.store import CalendarStore
from shared.events.calendar import CalendarChanged
from shared.platform.aws.dynamodb import Overtaken

CATCH_UP: Final = timedelta(days=7)  # after an outage of whoever looks


def tick(store: CalendarStore, now: datetime) -> list[CalendarChanged]:
    """What was told now."""
    return list(_told(store, now))


def _told(store: CalendarStore, now: datetime) -> Iterator[CalendarChanged]:
    for entry in store.between(now - CATCH_UP, now + timedelta(seconds=1)):
        before = entry
        for after, event in due(entry, now):
            try:
                store.write(before, after, event)
            except Overtaken:  # told or changed by another meanwhile: the next look sees how it stands
                break
            before = after
            yield event
