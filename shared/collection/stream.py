"""The stream between acceptance and storage: names of its keys, appending, waking the worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.collection.entry import Entry, encode
from shared.platform.limits import Take, Within, run_within
from shared.platform.valkey import Command, Valkey

# A durable Valkey is a cluster: keys that meet in one MULTI share the tag in braces, and with it a slot.
STREAM: Final = "{ingest}:events"
DEAD_LETTERS: Final = "{ingest}:dead"
FAILURES: Final = "{ingest}:failures"
COUNTERS: Final = "{ingest}:counters"
KEPT: Final = "{ingest}:kept"
HOLD: Final = "{ingest}:hold"
GROUP: Final = "ingest"
CONSUMER: Final = "worker"
AWAKE: Final = "{ingest}:awake"
AWAKE_SECONDS: Final = 60
REST_SECONDS: Final = 3

WAKE_SOURCE: Final = "p09.ingestion"
WAKE_DETAIL_TYPE: Final = "EventsWaiting"


def append(valkey: Valkey, entry: Entry) -> bool:
    """Make a request's events durable, whatever limits there are; returns whether the worker was idle and has to be woken."""
    return woke(append_within(valkey, entry, ()))


def append_within(valkey: Valkey, entry: Entry, takes: Sequence[Take], *also: Command) -> Within:
    """Make a request's events durable if all limits allow it, in one step; ``also`` is carried out in the same round trip.

    The flag is set after the append and cleared by the worker before it looks a last time: whoever finds it set knows that the
    worker will still see the entry.

    Raises ``LimitExceeded`` when nothing was appended, and ``ValkeyUnavailable`` when the events may not be durable: the client has
    to send them again, with the same ids.
    """
    commands: list[Command] = [
        ("XADD", STREAM, "*", *encode(entry)),
        ("SET", AWAKE, "1", "NX", "EX", AWAKE_SECONDS),
        ("HINCRBY", COUNTERS, "accepted", entry.events),
    ]
    return run_within(valkey, takes, commands, also=also)


def woke(appended: Within) -> bool:
    """Whether the worker was idle and has to be woken."""
    return appended.replies[1] is not None


@dataclass(frozen=True)
class Backlog:
    """What waits: entries in the stream, the age of the oldest (seconds, 0 when none waits), and dead letters."""

    entries: int
    oldest_seconds: float
    dead_letters: int


BACKLOG_COMMANDS: Final[Sequence[Command]] = (
    ("XLEN", STREAM),
    ("XLEN", DEAD_LETTERS),
    ("XRANGE", STREAM, "-", "+", "COUNT", 1),
)


def backlog(replies: Sequence[Any], now: float) -> Backlog:
    """Read the replies to ``BACKLOG_COMMANDS`` at ``now`` (epoch seconds); an entry's id says when it was appended."""
    entries, dead_letters, first = replies
    appended = int(first[0][0].partition(b"-")[0]) / 1000 if first else now
    return Backlog(entries, round(max(0.0, now - appended), 1), dead_letters)


def count_rejected(events: int) -> Command:
    """The command that counts refused events."""
    return ("HINCRBY", COUNTERS, "rejected", events)


def rest(valkey: Valkey) -> None:
    """The worker failed: the next request may wake it, but only some seconds from now, lest an outage become a storm."""
    valkey.run("SET", AWAKE, "1", "EX", REST_SECONDS)


def forget_awake(valkey: Valkey) -> None:
    """The wake-up didn't get through: let the next request try. The schedule finds the events within a minute anyway."""
    valkey.run("DEL", AWAKE)
