"""A copy of every accepted entry, beside PostgreSQL: what a promoted restore drains again, so that `202` stays true.

What was stored moves within Valkey to the stream of kept entries, in the step of its acknowledgement. Each minute the worker
writes that stream to an object in S3 and empties it. An object's name begins with the moment at which it was written, which is
later than the commit of everything in it. Objects expire with the backups to which the database can be restored.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from shared.collection.entry import BadEntry, Entry, decode
from shared.collection.stream import KEPT, STREAM
from shared.platform.valkey import Valkey

PREFIX: Final = "accepted/"
WRITE_AFTER: Final = timedelta(minutes=1)
ENTRIES_PER_OBJECT: Final = 5_000
_MOMENT: Final = "%Y-%m-%dT%H%M%S.%fZ"
# Clocks of functions and of PostgreSQL differ: what was written shortly before a moment counts as written after it.
_CLOCKS_DIFFER_BY: Final = timedelta(minutes=5)

Put = Callable[[str, bytes], None]


def write_kept(valkey: Valkey, put: Put, now: datetime, *, after: timedelta = WRITE_AFTER) -> int:
    """Write what has been kept for longer than ``after``, with all that came later; returns how many entries.

    A crash between the object and the stream writes entries twice, which drain as one.
    """
    first = valkey.run("XRANGE", KEPT, "-", "+", "COUNT", 1)
    if not first or now - _kept_at(first[0][0]) < after:
        return 0
    written = 0
    while found := valkey.run("XRANGE", KEPT, "-", "+", "COUNT", ENTRIES_PER_OBJECT):
        ids = [entry_id for entry_id, _ in found]
        key = f"{PREFIX}{now.astimezone(UTC):{_MOMENT}}-{ids[0].decode()}.jsonl.gz"
        put(key, to_object(decode(fields) for _, fields in found))
        valkey.run("XDEL", KEPT, *ids)
        written += len(found)
        if len(found) < ENTRIES_PER_OBJECT:
            break
    return written


def kept_since(moment: datetime) -> str:
    """After which name to list objects: all that can hold an entry committed after a moment."""
    return f"{PREFIX}{moment.astimezone(UTC) - _CLOCKS_DIFFER_BY:{_MOMENT}}"


def still_in_valkey(valkey: Valkey) -> Iterator[Entry]:
    """Kept entries that are in no object yet."""
    after = "-"
    while found := valkey.run("XRANGE", KEPT, after, "+", "COUNT", ENTRIES_PER_OBJECT):
        for _, fields in found:
            yield decode(fields)
        after = f"({found[-1][0].decode()}"


def waiting(valkey: Valkey) -> Iterator[Entry]:
    """Entries that are in the stream now, as far as they can be read; a worker may have stored some of them and been stopped
    before it could say so."""
    last = valkey.run("XREVRANGE", STREAM, "+", "-", "COUNT", 1)
    after = "-"
    while last and (found := valkey.run("XRANGE", STREAM, after, last[0][0], "COUNT", ENTRIES_PER_OBJECT)):
        for _, fields in found:
            with suppress(BadEntry):
                yield decode(fields)
        after = f"({found[-1][0].decode()}"


def to_object(entries: Iterator[Entry]) -> bytes:
    """Entries as compressed JSON lines."""
    return gzip.compress("".join(f"{json.dumps(_plain(entry))}\n" for entry in entries).encode(), 6)


def from_object(content: bytes) -> Iterator[Entry]:
    """The reverse. Raises ``BadEntry``."""
    try:
        for line in gzip.decompress(content).splitlines():
            yield _entry(json.loads(line))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise BadEntry(f"a kept object is damaged: {error!r}") from error


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "site": entry.site_id, "organisation": str(entry.organisation), "events": entry.events,
        "request": entry.request_id, "rows": entry.rows.decode(), "more": entry.more.decode(),
    }  # fmt: skip


def _entry(plain: dict[str, Any]) -> Entry:
    return Entry(
        site_id=plain["site"], organisation=UUID(plain["organisation"]), events=plain["events"],
        request_id=plain["request"], rows=plain["rows"].encode(),
        more=plain.get("more", "").encode(),
    )  # fmt: skip


def _kept_at(entry_id: bytes) -> datetime:
    return datetime.fromtimestamp(int(entry_id.partition(b"-")[0]) / 1000, UTC)
