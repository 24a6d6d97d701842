"""The operations table as requests write to it: the first transaction of one that changes something takes its audit row along.

By construction: whoever adds a route that writes there need not think of the trail, and can't forget it.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from shared.audit.chain import Entry
from shared.audit.pending import leave
from shared.platform.aws.dynamodb import Put, Table, Write


@dataclass(frozen=True, kw_only=True)
class Row:
    """``entry`` is what the request leaves; one that ``makes`` something is about that. ``refused`` says why it came to nothing."""

    entry: Entry
    makes: bool
    refused: str = ""


_ROW: Final[ContextVar[Row | None]] = ContextVar("row", default=None)


def take_along(entry: Entry, *, makes: bool) -> None:
    """What the rest of this request leaves in the trail, if it writes anything."""
    _ROW.set(Row(entry=entry, makes=makes))


def refused(why: str) -> None:
    """What this request is about to write is only that it was refused."""
    if row := _ROW.get():
        _ROW.set(replace(row, refused=why))


class AuditedTable(Table):
    def write(self, writes: Sequence[Write]) -> None:
        row = _ROW.get()
        if row is None:
            super().write(writes)
            return
        made = _made(writes) if row.makes else None
        entry = replace(row.entry, subject=made[:300]) if made else row.entry
        super().write([*writes, leave(entry, datetime.now(UTC), refused=row.refused[:1000])])
        _ROW.set(None)


def _made(writes: Sequence[Write]) -> str | None:
    """The id of what was not there before."""
    new = (one for one in writes if isinstance(one, Put) and one.expect and None in one.expect.values())
    return next((str(one.item["sk"]) for one in new), None)
