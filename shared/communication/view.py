"""What the API says of announcements and of what became of them in each channel."""

from typing import Literal

from typing_extensions import TypedDict

from shared.communication.model import DeliveryState
from shared.platform.views import view

Via = Literal["slack", "email", "webhook"]


class FactView(TypedDict):
    name: str
    value: str


class LinkView(TypedDict):
    text: str
    url: str


class ChannelView(TypedDict):
    """A place where announcements go: ``name`` as people know it, ``kinds`` those that go there by themselves."""

    id: str
    name: str
    via: Via
    kinds: list[str]


class DeliveryView(TypedDict):
    """An announcement in one channel.

    ``queued`` waits for its first or next attempt, ``dead`` was given up and can be replayed, ``unconfigured`` has nowhere to
    go until the channel's secret is filled in. ``dedup_key`` is the same however often the message is sent; ``via`` is null when
    the runbook no longer has the channel.
    """

    id: str
    channel: str
    name: str
    via: Via | None
    state: DeliveryState
    attempts: int
    next_attempt_at: str | None
    sent_at: str | None
    error: str
    dedup_key: str


@view
class AnnouncementView(TypedDict):
    """``kind`` says what is told, ``thread`` what it belongs to, such as ``incident:…``; ``event`` is what caused it and
    ``by`` who, empty when nobody did. ``text`` is the whole as plain text."""

    id: str
    at: str
    kind: str
    thread: str
    sequence: int
    title: str
    summary: str
    facts: list[FactView]
    links: list[LinkView]
    text: str
    event: str
    by: str
    deliveries: list[DeliveryView]


@view
class AnnouncementList(TypedDict):
    """Newest first. ``waiting`` and ``dead`` count messages, whatever the page shows; ``next_cursor`` is null on the last."""

    announcements: list[AnnouncementView]
    next_cursor: str | None
    waiting: int
    dead: int
    channels: list[ChannelView]


@view
class ReplayOutcome(TypedDict):
    """``skipped`` are those that are neither dead nor unconfigured, or not there."""

    replayed: list[str]
    skipped: list[str]
