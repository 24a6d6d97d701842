"""Kept entries stored again, in a database that was restored to a moment before they were accepted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pg8000.exceptions import DatabaseError

from shared.collection.entry import BadEntry, Entry
from shared.storage.drain import EVENTS_PER_TRANSACTION, is_entrys_fault
from shared.storage.store import UnknownSite, store, try_to_lock

if TYPE_CHECKING:
    from shared.platform.postgres import Database

_ENTRIES_PER_TRANSACTION: Final = 1_000


@dataclass
class Replayed:
    """Events by what became of them: stored, there already, or of a site that the restored database does not have."""

    new: int = 0
    repeated: int = 0
    refused: int = 0
    why: str = ""


class AnotherStores(Exception):
    """Somebody else holds the lock under which events are stored."""


def replay(database: "Database", entries: Iterable[Entry], done: Replayed) -> None:
    """Store entries; those that are there count as repeated. Raises ``PostgresUnavailable`` and ``AnotherStores``."""
    for batch in _batches(entries):
        _store_or_split(database, batch, done)


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    events = 0
    for entry in entries:
        batch.append(entry)
        events += entry.events
        if events >= EVENTS_PER_TRANSACTION or len(batch) >= _ENTRIES_PER_TRANSACTION:
            yield batch
            batch, events = [], 0
    if batch:
        yield batch


def _store_or_split(database: "Database", entries: Sequence[Entry], done: Replayed) -> None:
    try:
        with database.transaction() as connection:
            if not try_to_lock(connection):
                raise AnotherStores
            stored = store(connection, entries)
    except (DatabaseError, UnknownSite, BadEntry) as error:
        if not is_entrys_fault(error):
            raise
        if len(entries) == 1:
            done.refused += entries[0].events
            done.why = str(error)[:300]
            return
        middle = len(entries) // 2
        _store_or_split(database, entries[:middle], done)
        _store_or_split(database, entries[middle:], done)
        return
    done.new += stored.new
    done.repeated += stored.repeated
