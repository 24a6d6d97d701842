"""Rows for the audit trail of actions that are done in the operations table, which goes on while PostgreSQL is down.

The row is left in the transaction of the action, and written to its chain within a minute of PostgreSQL being there. It says itself
when the action was: in the chain it stands where it was written.
"""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from shared.audit.chain import Entry
from shared.audit.store import record
from shared.platform.aws.dynamodb import Delete, Item, Put, Table

if TYPE_CHECKING:
    from shared.platform.postgres import Database

_PARTITION: Final = "audit-pending"


def leave(entry: Entry, at: datetime, *, refused: str = "") -> Put:
    """The write that promises a row; goes into the transaction of the action. ``refused`` says why it came to nothing."""
    done_at = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    outcome = {"outcome": "refused", "refused": refused} if refused else {"outcome": "done"}
    dated = replace(entry, after={**(entry.after or {}), "done_at": done_at, **outcome})
    content = json.dumps(asdict(dated), default=str)
    return Put(item={"pk": _PARTITION, "sk": f"{done_at}#{entry.id}", "entry": content})


def write_pending(table: Table, database: "Database") -> int:
    """Write what was left, oldest first; returns how many. Raises ``PostgresUnavailable``: then the rest stays."""
    items: list[Item] = list(table.query(_PARTITION))
    for item in items:
        entry = _entry(str(item["entry"]))
        with database.transaction([entry.organisation_id]) as connection:
            record(connection, entry)  # by its id: written again after a crash, it is there once
        table.write([Delete(key=(_PARTITION, str(item["sk"])))])
    return len(items)


def _entry(text: str) -> Entry:
    plain: dict[str, Any] = json.loads(text)
    return Entry(**(plain | {name: UUID(plain[name]) for name in ("id", "organisation_id")}))
