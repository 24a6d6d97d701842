"""What people announce, and what they have sent again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from shared.communication.model import REPLAYABLE, Announcement, Delivery, queued, replayed
from shared.communication.store import AnnouncementStore
from shared.communication.templates import written_content
from shared.platform.aws.dynamodb import Overtaken


def announce(
    store: AnnouncementStore,
    *,
    kind: str,
    title: str,
    summary: str,
    impact: str,
    channels: Sequence[str],
    thread: str | None,
    by: str,
    now: datetime,
) -> tuple[Announcement, list[Delivery]]:
    """Write it down with its messages, and promise the notifier's event, in one transaction."""
    event = uuid4().hex
    announcement = Announcement(
        at=now, event=event, thread=thread or f"announcement:{event}", by=by,
        content=written_content(kind=kind, title=title, summary=summary, impact=impact, by=by),
    )  # fmt: skip
    deliveries = [queued(announcement, channel, now) for channel in channels]
    store.add(announcement, deliveries, tell=True)
    return announcement, deliveries


def replay(store: AnnouncementStore, ids: Sequence[str], now: datetime) -> tuple[list[str], list[str]]:
    """Queue dead and unconfigured messages anew; returns the ids of those, and of those that are neither."""
    done: list[str] = []
    skipped: list[str] = []
    for one in dict.fromkeys(ids):
        (done if _replay(store, one, now) else skipped).append(one)
    return done, skipped


def _replay(store: AnnouncementStore, delivery: str, now: datetime) -> bool:
    before = store.delivery(delivery)
    if before is None or before.state not in REPLAYABLE:
        return False
    try:
        store.replay(before, replayed(before, now), now)
    except Overtaken:  # somebody else has had it replayed meanwhile
        return False
    return True
