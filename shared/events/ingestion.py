from typing import ClassVar

from shared.events.event import Event


class EventsWaiting(Event):
    """Accepted events wait in a stream whose worker was idle."""

    source: ClassVar[str] = "p09.ingestion"
    stream: str
