"""Stream entries that failed five times: listed with their errors, and sent through again by command."""

from dataclasses import dataclass
from typing import Final

from shared.collection.entry import BadEntry, decode
from shared.collection.stream import DEAD_LETTERS, STREAM
from shared.platform.valkey import Valkey
from shared.storage.view import DeadLetterView

_ADDED: Final = (b"entry", b"error")  # what the drain added to the entry's own fields


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """``site_id`` and ``events`` are None when the entry can't even be read."""

    id: str
    error: str
    site_id: int | None
    events: int | None


def list_dead_letters(valkey: Valkey, *, after: str = "", limit: int = 100) -> list[DeadLetter]:
    """The oldest dead letters, ``limit`` at most, after the one with id ``after``."""
    found = valkey.run("XRANGE", DEAD_LETTERS, f"({after}" if after else "-", "+", "COUNT", limit)
    return [_dead_letter(entry_id, fields) for entry_id, fields in found]


def dead_letter_view(letter: DeadLetter) -> DeadLetterView:
    return {"id": letter.id, "error": letter.error, "site_id": letter.site_id, "events": letter.events}


def replay(valkey: Valkey, ids: list[str]) -> int:
    """Put dead letters back into the stream; returns how many there were. Stored events are not counted again."""
    replayed = 0
    for entry_id in ids:
        found = valkey.run("XRANGE", DEAD_LETTERS, entry_id, entry_id)
        if found:
            [[_, fields]] = found
            valkey.pipeline(
                [("XADD", STREAM, "*", *_own_fields(fields)), ("XDEL", DEAD_LETTERS, entry_id)], atomic=True
            )
            replayed += 1
    return replayed


def _dead_letter(entry_id: bytes, fields: list[bytes]) -> DeadLetter:
    named = dict(zip(fields[::2], fields[1::2], strict=True))
    try:
        entry = decode(fields)
    except BadEntry:
        entry = None
    return DeadLetter(
        id=entry_id.decode(),
        error=named.get(b"error", b"").decode(errors="replace"),
        site_id=entry.site_id if entry else None,
        events=entry.events if entry else None,
    )


def _own_fields(fields: list[bytes]) -> list[bytes]:
    pairs = zip(fields[::2], fields[1::2], strict=True)
    return [part for name, value in pairs if name not in _ADDED for part in (name, value)]
