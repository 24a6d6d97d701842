"""Announcements and what becomes of them in each channel: who is told what, when it is tried again, when it is given up."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

LEASE: Final = timedelta(seconds=60)  # longer than any sender waits: afterwards the one who had it is dead
_FIRST_WAIT: Final = timedelta(seconds=15)
_LONGEST_WAIT: Final = timedelta(minutes=15)


class DeliveryState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    UNCONFIGURED = "unconfigured"


SETTLED: Final = frozenset({DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.UNCONFIGURED})
REPLAYABLE: Final = frozenset({DeliveryState.DEAD, DeliveryState.UNCONFIGURED})


@dataclass(frozen=True, kw_only=True)
class Content:
    """What is said, in whatever channel: facts are names and values, links are texts and addresses."""

    kind: str
    title: str
    summary: str
    facts: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The whole as plain text."""
        parts = [self.summary] if self.summary else []
        facts = "\n".join(f"{name}: {value}" for name, value in self.facts)
        links = "\n".join(f"{text}: {url}" for text, url in self.links)
        return "\n\n".join([self.title, *parts, *filter(None, (facts, links))])


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """Told once, however often its cause is delivered.

    ``event`` is the id of what caused it. ``thread`` is what it belongs to (``incident:…``, ``change:…``, ``maintenance:…``,
    ``review:…``); ``sequence`` counts within the thread from 1 without gaps, or is 0 where only time orders it.
    """

    at: datetime
    event: str
    thread: str
    content: Content
    sequence: int = 0
    by: str = ""

    @property
    def id(self) -> str:
        """Sorts by time; the same for the same cause."""
        return f"{self.at:%Y%m%dT%H%M%SZ}-{_digest(self.event, self.content.kind)[:12]}"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An announcement in one channel.

    ``since`` is when it was queued (or replayed). Until ``lease_until`` a ``sending`` one belongs to who sends it. ``receipt`` is
    what the channel called it. ``version`` counts changes.
    """

    announcement: str
    channel: str
    thread: str
    sequence: int
    dedup_key: str
    since: datetime
    next_attempt_at: datetime
    state: DeliveryState = DeliveryState.QUEUED
    version: int = 1
    attempts: int = 0
    lease_until: datetime | None = None
    sent_at: datetime | None = None
    receipt: str = ""
    error: str = ""

    @property
    def id(self) -> str:
        return f"{self.announcement}.{self.channel}"

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in its thread."""
        return self.sequence, self.announcement

    def is_due(self, now: datetime) -> bool:
        """Whether it may be tried: its time has come, or who was sending it has died."""
        if self.state is DeliveryState.SENDING:
            return self.lease_until is None or self.lease_until <= now
        return self.state is DeliveryState.QUEUED and self.next_attempt_at <= now

    def is_held(self, now: datetime) -> bool:
        """Whether somebody is sending it now."""
        return self.state is DeliveryState.SENDING and not self.is_due(now)


def dedup_key(event: str, kind: str, channel: str) -> str:
    """The same for the same message, so that who receives it twice can tell."""
    return f"msg_{_digest(event, kind, channel)[:32]}"


def queued(announcement: Announcement, channel: str, now: datetime) -> Delivery:
    return Delivery(
        announcement=announcement.id, channel=channel, thread=announcement.thread, sequence=announcement.sequence,
        dedup_key=dedup_key(announcement.event, announcement.content.kind, channel), since=now, next_attempt_at=now,
    )  # fmt: skip


def claimed(delivery: Delivery, now: datetime) -> Delivery:
    return replace(
        delivery, state=DeliveryState.SENDING, version=delivery.version + 1, attempts=delivery.attempts + 1,
        lease_until=now + LEASE,
    )  # fmt: skip


def sent(delivery: Delivery, now: datetime, receipt: str) -> Delivery:
    return _concluded(delivery, DeliveryState.SENT, sent_at=now, receipt=receipt)


def refused(delivery: Delivery, why: str) -> Delivery:
    """To send it again would be refused again."""
    return _concluded(delivery, DeliveryState.DEAD, error=why)


def unconfigured(delivery: Delivery, why: str) -> Delivery:
    """There is nowhere to send it to."""
    return _concluded(delivery, DeliveryState.UNCONFIGURED, error=why)


def failed(delivery: Delivery, now: datetime, why: str, *, after: timedelta | None, give_up: timedelta) -> Delivery:
    """It is tried again, not before ``after`` when the channel said so; given up when that would be too late."""
    at = now + max(backoff(delivery.attempts, delivery.dedup_key), after or timedelta())
    if at > delivery.since + give_up:
        return _concluded(delivery, DeliveryState.DEAD, error=why)
    return _concluded(delivery, DeliveryState.QUEUED, error=why, next_attempt_at=at)


def replayed(delivery: Delivery, now: datetime) -> Delivery:
    """A person wants it sent again, with the same key."""
    return _concluded(delivery, DeliveryState.QUEUED, attempts=0, since=now, next_attempt_at=now)


def backoff(attempt: int, key: str) -> timedelta:
    """How long to wait after an attempt (the first is 1): doubles, with jitter of the key's own so that crowds disperse."""
    doubled: int = 2 ** min(attempt - 1, 10)
    longest = min(_FIRST_WAIT * doubled, _LONGEST_WAIT)
    share = int(_digest(key, str(attempt))[:8], 16) / 0xFFFFFFFF
    return longest * (0.5 + share / 2)


def has_gap(sequence: int, known: Collection[int]) -> bool:
    """Whether something of the thread that comes before has not arrived yet."""
    return any(number not in known for number in range(1, sequence))


def _concluded(delivery: Delivery, state: DeliveryState, *, error: str = "", **changes: object) -> Delivery:
    return replace(delivery, state=state, version=delivery.version + 1, lease_until=None, error=error[:500], **changes)  # type: ignore[arg-type]  # mypy does not know the fields of **changes


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()
