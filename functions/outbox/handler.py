"""Puts on the bus what the operations table's stream brings, and each minute what that left behind."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.outbox.settings import Settings
from shared.events.event import Event
from shared.platform.aws.bus import put_event
from shared.platform.aws.dynamodb import Table, from_stream, signed_call
from shared.platform.outbox import waiting
from shared.platform.send_outbox import send_all
from shared.platform.settings import aws_settings, load

BEHIND: Final = timedelta(seconds=30)  # what is younger is on its way through the stream

logger = Logger()
settings = load(Settings)
table = Table(signed_call(aws_settings), settings.operations_table_name)


def handler(event: dict[str, Any], _context: object) -> dict[str, int]:
    # Of a schedule there are no records: then what the stream should have brought is looked for.
    items = from_stream(event) if "Records" in event else waiting(table, until=datetime.now(UTC) - BEHIND)
    report = {"sent": send_all(table, items, _send)}
    logger.info("done", extra=report)
    return report


def _send(event: Event) -> None:
    put_event(
        aws_settings, settings.event_bus_name,
        source=event.source, detail_type=event.detail_type, detail=event.detail,
    )  # fmt: skip
