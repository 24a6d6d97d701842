"""The worker's loop: stream to PostgreSQL, each event exactly once, whatever crashes when.

An entry is acknowledged only after the commit that stored it; what was read but not acknowledged is read again first. An entry
that PostgreSQL or the decoder refuses is tried five times on its own, then moves to the dead letters with its error. A server that
is down is nobody's fault: the drain stops and says so. While a restore is being promoted the drain is held, and the stream keeps
what is accepted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from pg8000.exceptions import DatabaseError

from shared.collection.entry import BadEntry, Entry, decode
from shared.collection.stream import (
    AWAKE,
    CONSUMER,
    COUNTERS,
    DEAD_LETTERS,
    FAILURES,
    GROUP,
    HOLD,
    KEPT,
    STREAM,
    rest,
)
from shared.platform.failures import PostgresUnavailable
from shared.platform.postgres import Database, sqlstate, violates_row_security
from shared.platform.valkey import Script, Valkey, ValkeyRefused
from shared.storage.hold import DrainHeld, epoch_unless_held
from shared.storage.store import Stored, UnknownSite, store, try_to_lock

MAX_ATTEMPTS: Final = 5
EVENTS_PER_TRANSACTION: Final = 10_000
FIRST_READ: Final = 16
_ACKNOWLEDGE: Final = Script(Path(__file__).with_name("acknowledge.lua").read_text())
_ENTRY_AT_FAULT: Final = {"22", "23"}  # SQLSTATE classes: data exception, integrity constraint violation


class AnotherWorkerDrains(Exception):
    """Somebody else holds the lock; the events are in good hands."""


@dataclass
class Drained:
    """What one drain did. ``finished`` says that the stream was found empty; ``requests`` are the ids of those it stored."""

    entries: int = 0
    new: int = 0
    repeated: int = 0
    failed: int = 0
    dead: int = 0
    finished: bool = False
    sites: dict[int, UUID] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Read:
    """A stream entry as it was read: its id, its raw fields, and what they mean or why they mean nothing."""

    id: bytes
    fields: list[bytes]
    entry: Entry | BadEntry


def drain(valkey: Valkey, database: Database, has_time: Callable[[], bool]) -> Drained:
    """Store what waits in the stream until it is empty or the time is up.

    Raises
    ------
    AnotherWorkerDrains
        another worker is at it
    DrainHeld
        a restore is being promoted; what waits is stored afterwards
    PostgresUnavailable, ValkeyUnavailable
        a server is down; nothing is lost, and nothing was acknowledged that isn't stored
    """
    epoch_unless_held(valkey)
    _ensure_group(valkey)
    done = Drained()
    try:
        _drain_all(valkey, database, has_time, done)
    except (PostgresUnavailable, DatabaseError, DrainHeld):
        rest(valkey)
        raise
    return done


def _drain_all(valkey: Valkey, database: Database, has_time: Callable[[], bool], done: Drained) -> None:
    _drain_pending(valkey, database, has_time, done)
    while has_time():
        reads = _read_new(valkey)
        if not reads:
            # Whoever appends after this finds the flag gone and wakes a worker; who appended before is seen by the last look.
            valkey.run("DEL", AWAKE)
            reads = _read_new(valkey)
            if not reads:
                done.finished = True
                break
        _store(valkey, database, reads, done)


def _drain_pending(valkey: Valkey, database: Database, has_time: Callable[[], bool], done: Drained) -> None:
    """What an earlier run read but did not acknowledge: it crashed, or the entry failed."""
    last: bytes = b"0"
    while has_time():
        reads = _read(valkey, last, FIRST_READ)
        if not reads:
            return
        last = reads[-1].id
        _store(valkey, database, reads, done)


def _read_new(valkey: Valkey) -> list[Read]:
    """Read entries until they hold about ``EVENTS_PER_TRANSACTION`` events: few large ones or many small ones."""
    reads: list[Read] = []
    events = 0
    count = FIRST_READ
    while events < EVENTS_PER_TRANSACTION:
        more = _read(valkey, b">", count)
        reads += more
        events += sum(read.entry.events if isinstance(read.entry, Entry) else 1 for read in more)
        if len(more) < count:
            break
        count = max(1, min(1000, (EVENTS_PER_TRANSACTION - events) * len(reads) // max(events, 1)))
    return reads


def _read(valkey: Valkey, after: bytes, count: int) -> list[Read]:
    answer = valkey.run("XREADGROUP", "GROUP", GROUP, CONSUMER, "COUNT", count, "STREAMS", STREAM, after)
    if not answer:
        return []
    [[_, entries]] = answer
    return [Read(entry_id, fields or [], _decoded(fields or [])) for entry_id, fields in entries]


def _decoded(fields: list[bytes]) -> Entry | BadEntry:
    try:
        return decode(fields)
    except BadEntry as error:
        return error


def _store(valkey: Valkey, database: Database, reads: Sequence[Read], done: Drained) -> None:
    good = []
    for read in reads:
        if isinstance(read.entry, BadEntry):
            _fail(valkey, read, read.entry, done)
        else:
            good.append(read)
    _store_or_split(valkey, database, good, done)


def _store_or_split(valkey: Valkey, database: Database, reads: Sequence[Read], done: Drained) -> None:
    """Store all in one transaction; when one of them is at fault, halve until it stands alone."""
    if not reads:
        return
    try:
        stored, epoch = _commit(valkey, database, [read.entry for read in reads if isinstance(read.entry, Entry)])
    except (DatabaseError, UnknownSite, BadEntry) as error:
        if not is_entrys_fault(error):
            raise
        if len(reads) == 1:
            _fail(valkey, reads[0], error, done)
            return
        middle = len(reads) // 2
        _store_or_split(valkey, database, reads[:middle], done)
        _store_or_split(valkey, database, reads[middle:], done)
        return
    _acknowledge(valkey, reads, stored, epoch)
    done.entries += len(reads)
    done.new += stored.new
    done.repeated += stored.repeated
    done.requests += [read.entry.request_id for read in reads if isinstance(read.entry, Entry)]
    done.sites |= {read.entry.site_id: read.entry.organisation for read in reads if isinstance(read.entry, Entry)}


def _commit(valkey: Valkey, database: Database, entries: Sequence[Entry]) -> tuple[Stored, bytes]:
    """Store entries; returns the epoch of the database in which they are now.

    The hold is looked at under the lock: the promotion sets it first and then waits for the lock, so that nothing is committed
    afterwards to the database that is put aside.
    """
    with database.transaction() as connection:
        if not try_to_lock(connection):
            raise AnotherWorkerDrains
        epoch = epoch_unless_held(valkey)
        return store(connection, entries), epoch


def _acknowledge(valkey: Valkey, reads: Sequence[Read], stored: Stored, epoch: bytes) -> None:
    """Move stored entries from the stream to those that are kept, unless another database has taken the place of the one that
    stored them: then they stay in the stream, and are stored there as well.

    They are deleted by their ids: nothing that is pending or unread can be trimmed away with them. Raises ``DrainHeld``.
    """
    keys = (STREAM, KEPT, FAILURES, COUNTERS, HOLD)
    words: list[str | bytes | float] = [epoch, GROUP, stored.new, stored.repeated, *(read.id for read in reads)]
    if not _ACKNOWLEDGE.run(valkey, keys, words):
        raise DrainHeld("the database that stored these entries is no longer the running one")


def _fail(valkey: Valkey, read: Read, error: Exception, done: Drained) -> None:
    attempts = valkey.run("HINCRBY", FAILURES, read.id, 1)
    done.failed += 1
    if attempts < MAX_ATTEMPTS:
        return
    valkey.pipeline(
        [
            ("XADD", DEAD_LETTERS, "*", *read.fields, "entry", read.id, "error", _explain(error)),
            ("XACK", STREAM, GROUP, read.id),
            ("XDEL", STREAM, read.id),
            ("HDEL", FAILURES, read.id),
            ("HINCRBY", COUNTERS, "dead_lettered", 1),
        ],
        atomic=True,
    )
    done.dead += 1


def is_entrys_fault(error: Exception) -> bool:
    """Whether an entry, and not the server, is why it was not stored."""
    return (
        not isinstance(error, DatabaseError) or sqlstate(error)[:2] in _ENTRY_AT_FAULT or violates_row_security(error)
    )


def _explain(error: Exception) -> str:
    if isinstance(error, DatabaseError) and error.args and isinstance(error.args[0], dict):
        return f"{sqlstate(error)} {error.args[0].get('M', '')} {error.args[0].get('W', '')}".strip()
    return f"{type(error).__name__}: {error}"


def _ensure_group(valkey: Valkey) -> None:
    try:
        valkey.run("XGROUP", "CREATE", STREAM, GROUP, "0", "MKSTREAM")
    except ValkeyRefused as error:
        if "BUSYGROUP" not in str(error):
            raise
