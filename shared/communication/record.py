"""What an event of the bus has us say is written down with its messages: once, however often the event is delivered."""

from datetime import datetime

from shared.communication.model import Announcement, queued
from shared.communication.store import AnnouncementStore
from shared.communication.templates import Told, told
from shared.events.event import Event
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.moments import moment
from shared.runbook.communication import Communication


def record(
    store: AnnouncementStore, communication: Communication, event: Event, now: datetime, *, console_url: str
) -> str | None:
    """Returns the thread of which something may have to be sent now, or None."""
    said = told(event, console_url)
    if said is None:
        return None
    announcement = _announcement(event, said)
    channels = communication.wanting(announcement.content.kind) if announcement else ()
    if announcement is None or not channels:
        if said.sequence:
            store.note_silence(said.thread, said.sequence, now)
        return said.thread
    try:
        store.add(announcement, [queued(announcement, channel, now) for channel in channels])
    except Overtaken:
        if store.get(announcement.id) is None:  # not told before: two writes have met, the event comes again
            raise
    return said.thread


def _announcement(event: Event, said: Told) -> Announcement | None:
    if said.content is None:
        return None
    detail = event.detail
    return Announcement(
        at=moment(detail["at"]), event=detail["id"], thread=said.thread, sequence=said.sequence, content=said.content
    )
