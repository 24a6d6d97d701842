"""Announcements and their messages in the operations table."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any, Final

from shared.communication.model import SETTLED, Announcement, Content, Delivery, DeliveryState
from shared.events.communication import MessageQueued
from shared.platform.aws.dynamodb import Delete, Item, Put, Table, Value, Write
from shared.platform.moments import moment, stamp
from shared.platform.outbox import leave

KEPT: Final = timedelta(days=400)
_ANNOUNCEMENT: Final = "announcement"
_DELIVERY: Final = "announcement-delivery"
_WAITING: Final = "announcement-waiting"
_DEAD: Final = "announcement-dead"
_PAUSE: Final = "announcement-pause"
_ROOT: Final = "root"
_TIMES: Final = ("since", "next_attempt_at", "lease_until", "sent_at")


class AnnouncementStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, announcement: Announcement, deliveries: Sequence[Delivery], *, tell: bool = False) -> None:
        """An announcement with its messages, once; with ``tell`` an event has the notifier send them.

        Raises ``Overtaken`` when it was added before.
        """
        writes: list[Write] = [Put(item=_announcement_item(announcement), expect={"sk": None})]
        if announcement.sequence:
            writes.append(_arrival(announcement.thread, announcement.sequence, announcement.at))
        for delivery in deliveries:
            writes += _changed(delivery)
        if tell:
            writes.append(leave(_queued(announcement.id, announcement.thread, announcement.at)))
        self._table.write(writes)

    def note_silence(self, thread: str, sequence: int, at: datetime) -> None:
        """A change of a thread of which nothing is said: who comes after need not wait for it."""
        self._table.write([_arrival(thread, sequence, at)])

    def get(self, announcement: str) -> Announcement | None:
        """By its id."""
        found = self._table.get(_ANNOUNCEMENT, announcement)
        return _announcement(found) if found else None

    def get_many(self, ids: Iterable[str]) -> list[Announcement]:
        """Those that exist, newest first."""
        found = self._table.get_many((_ANNOUNCEMENT, one) for one in ids)
        return [_announcement(found[key]) for key in sorted(found, reverse=True)]

    def latest(self, *, before: str | None, limit: int) -> list[Announcement]:
        """Newest first; ``before`` is an id."""
        items = self._table.query(_ANNOUNCEMENT, before=before, newest_first=True, limit=limit)
        return [_announcement(item) for item in items]

    def deliveries(self, first: str, last: str) -> list[Delivery]:
        """Those of the announcements from the id ``first`` to the id ``last``, both included."""
        return [_delivery(item) for item in self._table.query(_DELIVERY, between=(f"{first}.", f"{last}.~"))]

    def delivery(self, delivery: str) -> Delivery | None:
        """By its id."""
        found = self._table.get(_DELIVERY, delivery)
        return _delivery(found) if found else None

    def waiting(self) -> list[Delivery]:
        """Every message that is neither sent nor given up."""
        keys = [(_DELIVERY, str(item["sk"])) for item in self._table.query(_WAITING)]
        return [_delivery(item) for _, item in sorted(self._table.get_many(keys).items())]

    def count_waiting(self) -> int:
        return len(self._table.query(_WAITING))

    def dead(self) -> list[str]:
        """Ids of the messages that were given up, oldest first."""
        return [str(item["sk"]) for item in self._table.query(_DEAD)]

    def change(self, before: Delivery, after: Delivery, *, root: bool = False) -> None:
        """With ``root`` its receipt is what the rest of its thread answers to in this channel.

        Raises ``Overtaken`` when somebody else has changed it since.
        """
        writes: list[Write] = [*_changed(after, before=before)]
        if root:
            item = {**_thread_key(after.thread, f"{_ROOT}#{after.channel}"), "receipt": after.receipt}
            writes.append(Put(item=item | {"expires_at": _expiry(after.since)}))
        self._table.write(writes)

    def replay(self, before: Delivery, after: Delivery, at: datetime) -> None:
        """Queue it anew, and have the notifier send it. Raises ``Overtaken``."""
        told = _queued(f"{after.id}-{after.version}", after.thread, at)
        self._table.write([*_changed(after, before=before), leave(told)])

    def arrived(self, thread: str, until: int) -> set[int]:
        """Which changes of a thread have arrived, up to one."""
        ends = _arrival_place(1), _arrival_place(until)
        return {int(item["sequence"]) for item in self._table.query(_thread(thread), between=ends)}

    def root(self, thread: str, channel: str) -> str:
        """What the channel called the first message of a thread; empty before there is one."""
        found = self._table.get(_thread(thread), f"{_ROOT}#{channel}")
        return str(found["receipt"]) if found else ""

    def paused(self) -> dict[str, datetime]:
        """Until when channels asked to be left alone."""
        return {str(item["sk"]): moment(str(item["until"])) for item in self._table.query(_PAUSE)}

    def pause(self, channel: str, until: datetime) -> None:
        item: dict[str, Value] = {"pk": _PAUSE, "sk": channel, "until": stamp(until), "expires_at": _expiry(until)}
        self._table.write([Put(item=item)])


def _changed(after: Delivery, *, before: Delivery | None = None) -> Iterator[Write]:
    """The message, and where it stands: among those that wait, among the dead, or in neither."""
    expect: dict[str, Value | None] = {"version": before.version} if before else {"sk": None}
    yield Put(item=_delivery_item(after), expect=expect)
    here = {"sk": after.id, "thread": after.thread}
    yield Delete(key=(_WAITING, after.id)) if after.state in SETTLED else Put(item={"pk": _WAITING, **here})
    yield Put(item={"pk": _DEAD, **here}) if after.state is DeliveryState.DEAD else Delete(key=(_DEAD, after.id))


def _queued(what: str, thread: str, at: datetime) -> MessageQueued:
    return MessageQueued(id=f"MessageQueued-{what}", at=stamp(at), thread=thread)


def _thread(thread: str) -> str:
    return f"announcement-thread#{thread}"


def _thread_key(thread: str, place: str) -> dict[str, Value]:
    return {"pk": _thread(thread), "sk": place}


def _arrival_place(sequence: int) -> str:
    return f"sequence#{sequence:08}"


def _arrival(thread: str, sequence: int, at: datetime) -> Put:
    key = _thread_key(thread, _arrival_place(sequence))
    return Put(item={**key, "sequence": sequence, "expires_at": _expiry(at)})


def _announcement_item(announcement: Announcement) -> Item:
    content = json.dumps(asdict(announcement.content))
    return {
        "pk": _ANNOUNCEMENT, "sk": announcement.id, "at": stamp(announcement.at), "event": announcement.event,
        "thread": announcement.thread, "sequence": announcement.sequence, "by": announcement.by, "content": content,
        "expires_at": _expiry(announcement.at),
    }  # fmt: skip


def _announcement(item: Mapping[str, Value]) -> Announcement:
    content: dict[str, Any] = json.loads(str(item["content"]))
    pairs = {name: tuple((one, other) for one, other in content[name]) for name in ("facts", "links")}
    return Announcement(
        at=moment(str(item["at"])), event=str(item["event"]), thread=str(item["thread"]),
        sequence=int(item["sequence"]), by=str(item["by"]), content=Content(**(content | pairs)),
    )  # fmt: skip


def _delivery_item(delivery: Delivery) -> Item:
    times = {name: value for name, value in asdict(delivery).items() if isinstance(value, datetime)}
    plain = {name: value for name, value in asdict(delivery).items() if isinstance(value, str | int)}
    return {
        "pk": _DELIVERY, "sk": delivery.id, **plain, **{name: stamp(value) for name, value in times.items()},
        "expires_at": _expiry(delivery.since),
    }  # fmt: skip


def _delivery(item: Mapping[str, Value]) -> Delivery:
    plain: dict[str, Any] = {field.name: item[field.name] for field in fields(Delivery) if field.name in item}
    plain |= {name: moment(plain[name]) for name in _TIMES if name in plain}
    return Delivery(**plain | {"state": DeliveryState(plain["state"])})


def _expiry(at: datetime) -> int:
    return int((at + KEPT).timestamp())
