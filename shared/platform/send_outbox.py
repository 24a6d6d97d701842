"""Sends what waits in the outbox. Apart from leaving it there: who only tells of one subject needs not know all events."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from aws_lambda_powertools.logging import Logger

from shared.events.catalogue import UnknownEvent, read
from shared.events.event import Event
from shared.platform.aws.dynamodb import Delete, Item, Overtaken, Put, Table
from shared.platform.aws.signed import AwsRefused
from shared.platform.outbox import PARTITION

REFUSED: Final = "outbox-refused"
logger = Logger(child=True)


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
    key = PARTITION, str(item["sk"])
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
