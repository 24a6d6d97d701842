"""The stream between acceptance and storage: one entry per request, packed; names of keys; waking the worker."""

import zlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.platform.valkey import Command, Valkey

# A durable Valkey is a cluster: keys that meet in one MULTI share the tag in braces, and with it a slot.
STREAM: Final = "{ingest}:events"
DEAD_LETTERS: Final = "{ingest}:dead"
FAILURES: Final = "{ingest}:failures"
COUNTERS: Final = "{ingest}:counters"
GROUP: Final = "ingest"
CONSUMER: Final = "worker"
AWAKE: Final = "{ingest}:awake"
AWAKE_SECONDS: Final = 60

WAKE_SOURCE: Final = "p09.ingestion"
WAKE_DETAIL_TYPE: Final = "EventsWaiting"

FORMAT: Final = b"1"


class BadEntry(Exception):
    """A stream entry that can't be read: not ours, damaged, or of an unknown format."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One accepted request: its site, how many events, and their rows in COPY text format."""

    site_id: int
    organisation: UUID
    events: int
    rows: bytes
    request_id: str = ""


def append(valkey: Valkey, entry: Entry, *also: Command) -> bool:
    """Make a request's events durable; returns whether the worker was idle and has to be woken.

    ``also`` is carried out in the same round trip.

    The flag is set after the append and cleared by the worker before it looks a last time: whoever finds it set knows that the
    worker will still see the entry.

    Raises ``ValkeyUnavailable`` when the events may not be durable: the client has to send them again, with the same ids.
    """
    replies = valkey.pipeline(
        [
            ("XADD", STREAM, "*", *encode(entry)),
            ("SET", AWAKE, "1", "NX", "EX", AWAKE_SECONDS),
            ("HINCRBY", COUNTERS, "accepted", entry.events),
            *also,
        ]
    )
    return replies[1] is not None


def count_rejected(events: int) -> Command:
    """The command that counts refused events."""
    return ("HINCRBY", COUNTERS, "rejected", events)


def forget_awake(valkey: Valkey) -> None:
    """The wake-up didn't get through: let the next request try. The schedule finds the events within a minute anyway."""
    valkey.run("DEL", AWAKE)


def encode(entry: Entry) -> list[str | bytes]:
    return [
        "format", FORMAT,
        "site", str(entry.site_id),
        "organisation", str(entry.organisation),
        "events", str(entry.events),
        "request", entry.request_id,
        "rows", zlib.compress(entry.rows, 1),
    ]  # fmt: skip


def decode(fields: list[bytes]) -> Entry:
    """Read an entry's fields as Valkey returns them. Raises ``BadEntry``."""
    try:
        found = dict(zip(fields[::2], fields[1::2], strict=True))
        if found[b"format"] != FORMAT:
            raise BadEntry(f"format {found[b'format']!r} is not known to this version")
        return Entry(
            site_id=int(found[b"site"]),
            organisation=UUID(found[b"organisation"].decode()),
            events=int(found[b"events"]),
            rows=zlib.decompress(found[b"rows"]),
            request_id=found[b"request"].decode(),
        )
    except (KeyError, ValueError, zlib.error) as error:
        raise BadEntry(f"{type(error).__name__}: {error}") from error
