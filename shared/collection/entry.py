"""A stream entry: one accepted request, its events packed as rows in COPY text format."""

import zlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

FORMAT: Final = b"1"


class BadEntry(Exception):
    """A stream entry that can't be read: not ours, damaged, or of an unknown format."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One accepted request: its site, how many events, and their rows in COPY text format.

    ``more`` has a line for each row, in the same order, with the columns that the release before does not know; without any, all
    rows have their defaults.
    """

    site_id: int
    organisation: UUID
    events: int
    rows: bytes
    more: bytes = b""
    request_id: str = ""


def encode(entry: Entry) -> list[str | bytes]:
    return [
        "format", FORMAT,
        "site", str(entry.site_id),
        "organisation", str(entry.organisation),
        "events", str(entry.events),
        "request", entry.request_id,
        "rows", zlib.compress(entry.rows, 1),
        *(("more", zlib.compress(entry.more, 1)) if entry.more else ()),
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
            more=zlib.decompress(found[b"more"]) if b"more" in found else b"",
            request_id=found[b"request"].decode(),
        )
    except (KeyError, ValueError, zlib.error) as error:
        raise BadEntry(f"{type(error).__name__}: {error}") from error
