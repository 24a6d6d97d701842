"""The operations table as requests write to it: the first transaction of one that changes something takes its audit row along.

By construction: whoever adds a route that writes there need not think of the trail, and can't forget it.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final

from shared.audit.chain import Entry
from shared.audit.pending import leave
from shared.platform.aws.dynamodb import Table, Write

_ENTRY: Final[ContextVar[Entry | None]] = ContextVar("entry", default=None)


def take_along(entry: Entry | None) -> None:
    """What the rest of this request leaves in the trail, if it writes anything."""
    _ENTRY.set(entry)


class AuditedTable(Table):
    def write(self, writes: Sequence[Write]) -> None:
        entry = _ENTRY.get()
        if entry is None:
            super().write(writes)
            return
        super().write([*writes, leave(entry, datetime.now(UTC))])
        _ENTRY.set(None)
