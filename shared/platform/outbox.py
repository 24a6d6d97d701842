"""The outbox: a write and the event that it causes are one transaction, so that they can't part.

Whoever writes to the operations table adds ``leave(event)`` to the same transaction. The table's stream brings the item
to the function `outbox`, which puts the event on the bus and removes the item; what a crash left behind is sent by the
next minute's sweep. An event is sent at least once, always with the same id.
"""

import json
from datetime import datetime
from typing import Final

from shared.events.event import Event
from shared.platform.aws.dynamodb import Item, Put, Table
from shared.platform.moments import stamp

PARTITION: Final = "outbox"


def leave(event: Event) -> Put:
    """The write that promises to send an event; the event's ``at`` and ``id`` say where it stands."""
    detail = event.detail
    return Put(
        item={
            "pk": PARTITION, "sk": f"{detail['at']}#{detail['id']}", "detail_type": event.detail_type,
            "detail": json.dumps(detail),
        }
    )  # fmt: skip


def waiting(table: Table, *, until: datetime | None = None) -> list[Item]:
    """What has not been sent, oldest first; with ``until`` only what happened before."""
    before = stamp(until) if until else None
    return list(table.query(PARTITION, before=before))
