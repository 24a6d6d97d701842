"""What the API says of announcements and of what became of them in each channel."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.http.fields import ONE_LINE, Form

DeliveryState = Literal["queued", "sending", "sent", "dead", "unconfigured"]
Via = Literal["slack", "email", "webhook"]
Announceable = Literal["planned_deployment", "notice"]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150), ONE_LINE]
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=2000),
    Form(r"^[^\x00-\x08\x0b-\x1f\x7f]*$", "text without control characters"),
]
ChannelId = Annotated[str, Form(r"^[a-z_]{1,40}$", "a channel's id, such as slack_operations")]
DeliveryId = Annotated[
    str,
    Form(
        r"^\d{8}T\d{6}Z-[0-9a-f]{12}\.[a-z_]{1,40}$",
        "a message's id, such as 20261123T120500Z-0123456789ab.slack_operations",
    ),
]


class _View(BaseModel):
    model_config = ConfigDict(defer_build=True)


class FactView(_View):
    name: str
    value: str


class LinkView(_View):
    text: str
    url: str


class ChannelView(_View):
    """A place where announcements go: ``name`` as people know it, ``kinds`` those that go there by themselves."""

    id: str
    name: str
    via: Via
    kinds: list[str]


class DeliveryView(_View):
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


class AnnouncementView(_View):
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


class AnnouncementList(_View):
    """Newest first. ``waiting`` and ``dead`` count messages, whatever the page shows; ``next_cursor`` is null on the last."""

    announcements: list[AnnouncementView]
    next_cursor: str | None
    waiting: int
    dead: int
    channels: list[ChannelView]


class NewAnnouncement(BaseModel):
    """``channels`` are those of the kind by default; ``thread`` has it answer in an existing thread."""

    model_config = ConfigDict(extra="forbid")

    kind: Announceable
    title: Line
    summary: Annotated[Prose, Field(min_length=1)]
    impact: Prose = ""
    channels: Annotated[list[ChannelId], Field(min_length=1, max_length=20)] | None = None
    thread: (
        Annotated[
            str,
            Form(
                r"^(incident|review|change|maintenance):[\w.:-]{1,200}$",
                "a thread, such as incident:INC-20261124-133306-3f9a0c",
            ),
        ]
        | None
    ) = None


class ReplayedMessages(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[DeliveryId], Field(min_length=1, max_length=50)]


class ReplayOutcome(_View):
    """``skipped`` are those that are neither dead nor unconfigured, or not there."""

    replayed: list[str]
    skipped: list[str]
