"""The outbox: a write and the event that it causes are one transaction, so that they can't part.

Whoever writes to the operations table adds ``leave(event)`` to the same transaction. The table's stream brings the item
to the function `outbox`, which puts the event on the bus and removes the item; what a crash left behind is sent by the
next minute's sweep. An event is sent at least once, always with the same id.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Final

from aws_lambda_powertools.logging import Logger

from shared.events import Event, UnknownEvent, read
from shared.platform.aws import AwsRefused
from shared.platform.dynamodb import Delete, Item, Overtaken, Put, Table
from shared.platform.moments import stamp

PARTITION: Final = "outbox"
REFUSED: Final = "outbox-refused"
logger = Logger(child=True)


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


def send_all(table: Table, items: Iterable[Item], send: Callable[[Event], None]) -> int:
    """Send events and remove them from the outbox; what can't be sent stays, and does not hold up what follows it.

    An item that is no event of the catalogue never will be: it is put aside, with the reason.

    Raises
    ------
    AwsRefused
        ``send`` did for some of them; the others were sent
    AwsUnavailable
        at once: the rest stays
    """
    sent, refused = 0, None
    for item in items:
        try:
            sent += _send_one(table, item, send)
        except AwsRefused as error:
            logger.exception("an event was refused", extra={"sk": item["sk"]})
            refused = error
    if refused is not None:
        raise refused
    return sent


def _send_one(table: Table, item: Item, send: Callable[[Event], None]) -> bool:
    key = str(item["pk"]), str(item["sk"])
    try:
        event = read(str(item.get("detail_type")), str(item.get("detail")))
    except UnknownEvent as error:
        logger.exception("an event is not of the catalogue", extra={"sk": item["sk"]})
        table.write([Put(item={**item, "pk": REFUSED, "why": str(error)}), Delete(key=key)])
        return False
    send(event)
    with suppress(Overtaken):  # the sweep and the stream have both sent it
        table.write([Delete(key=key)])
    return True
