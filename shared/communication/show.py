"""Announcements as the API shows them."""

from collections.abc import Sequence
from itertools import groupby

from shared.communication.model import Announcement, Delivery, DeliveryState
from shared.communication.store import AnnouncementStore
from shared.communication.view import AnnouncementView, ChannelView, DeliveryView
from shared.platform.moments import stamp
from shared.runbook.communication import Communication


def views(
    store: AnnouncementStore, communication: Communication, announcements: Sequence[Announcement]
) -> list[AnnouncementView]:
    """Each with its messages, in the order given."""
    if not announcements:
        return []
    ids = [one.id for one in announcements]
    found = store.deliveries(min(ids), max(ids))
    by_announcement = {name: list(some) for name, some in groupby(found, key=lambda one: one.announcement)}
    return [announcement_view(one, by_announcement.get(one.id, ()), communication) for one in announcements]


def announcement_view(
    announcement: Announcement, deliveries: Sequence[Delivery], communication: Communication
) -> AnnouncementView:
    content = announcement.content
    return {
        "id": announcement.id, "at": stamp(announcement.at), "kind": content.kind, "thread": announcement.thread,
        "sequence": announcement.sequence, "title": content.title, "summary": content.summary,
        "facts": [{"name": name, "value": value} for name, value in content.facts],
        "links": [{"text": text, "url": url} for text, url in content.links],
        "text": content.text, "event": announcement.event, "by": announcement.by,
        "deliveries": [_delivery_view(one, communication) for one in deliveries],
    }  # fmt: skip


def channel_views(communication: Communication) -> list[ChannelView]:
    return [
        {"id": name, "name": channel.name, "via": channel.via, "kinds": list(channel.kinds)}
        for name, channel in communication.channels.items()
    ]


def _delivery_view(delivery: Delivery, communication: Communication) -> DeliveryView:
    channel = communication.channels.get(delivery.channel)
    return {
        "id": delivery.id, "channel": delivery.channel, "state": delivery.state,
        # A channel that the runbook no longer has is known by its id.
        "name": channel.name if channel else delivery.channel, "via": channel.via if channel else None,
        "attempts": delivery.attempts, "error": delivery.error, "dedup_key": delivery.dedup_key,
        "next_attempt_at": stamp(delivery.next_attempt_at) if delivery.state is DeliveryState.QUEUED else None,
        "sent_at": stamp(delivery.sent_at) if delivery.sent_at else None,
    }  # fmt: skip
