"""Announcements as the API shows them."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from shared.communication.model import Announcement, Delivery, State
from shared.communication.store import AnnouncementStore
from shared.platform.moments import stamp
from shared.runbook.communication import Communication


def views(
    store: AnnouncementStore, communication: Communication, announcements: Sequence[Announcement]
) -> list[dict[str, Any]]:
    """Each with its messages, in the order given."""
    if not announcements:
        return []
    ids = [one.id for one in announcements]
    found = store.deliveries(min(ids), max(ids))
    by_announcement = {name: list(some) for name, some in groupby(found, key=lambda one: one.announcement)}
    return [announcement_view(one, by_announcement.get(one.id, ()), communication) for one in announcements]


def announcement_view(
    announcement: Announcement, deliveries: Sequence[Delivery], communication: Communication
) -> dict[str, Any]:
    content = announcement.content
    return {
        "id": announcement.id, "at": stamp(announcement.at), "kind": content.kind, "thread": announcement.thread,
        "sequence": announcement.sequence, "title": content.title, "summary": content.summary,
        "facts": [{"name": name, "value": value} for name, value in content.facts],
        "links": [{"text": text, "url": url} for text, url in content.links],
        "text": content.text, "event": announcement.event, "by": announcement.by,
        "deliveries": [_delivery_view(one, communication) for one in deliveries],
    }  # fmt: skip


def channel_views(communication: Communication) -> list[dict[str, Any]]:
    return [
        {"id": name, "name": channel.name, "via": channel.via, "kinds": list(channel.kinds)}
        for name, channel in communication.channels.items()
    ]


def _delivery_view(delivery: Delivery, communication: Communication) -> dict[str, Any]:
    channel = communication.channels.get(delivery.channel)
    return {
        "id": delivery.id, "channel": delivery.channel, "state": delivery.state.value,
        # A channel that the runbook no longer has is known by its id.
        "name": channel.name if channel else delivery.channel, "via": channel.via if channel else None,
        "attempts": delivery.attempts, "error": delivery.error, "dedup_key": delivery.dedup_key,
        "next_attempt_at": stamp(delivery.next_attempt_at) if delivery.state is State.QUEUED else None,
        "sent_at": stamp(delivery.sent_at) if delivery.sent_at else None,
    }  # fmt: skip
