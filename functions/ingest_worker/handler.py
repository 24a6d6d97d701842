"""Drains the stream into PostgreSQL; woken when events begin to wait, and every minute in case that got lost.

Of what was stored it keeps a copy in S3, an object a minute at most: a promoted restore drains it again.
"""

import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.ingest_worker.settings import Settings
from shared.collection.stream import BACKLOG_COMMANDS, STREAM, WAKE_DETAIL_TYPE, WAKE_SOURCE, backlog
from shared.platform import wiring
from shared.platform.aws.bus import put_event
from shared.platform.aws.lambda_context import Context
from shared.platform.aws.s3 import put_object
from shared.platform.settings import aws_settings, load
from shared.storage.counters import publish_site_totals
from shared.storage.drain import AnotherWorkerDrains, drain
from shared.storage.hold import DrainHeld
from shared.storage.kept import write_kept

MARGIN_MILLISECONDS: Final = 20_000
REQUESTS_PER_LINE: Final = 500  # a line of the log holds 256 KiB

logger = Logger()
settings = load(Settings)
database = wiring.database(settings, settings.postgres_secret_arn, application="ingest_worker", timeout=30)
valkey = wiring.valkey(settings)


def handler(_event: dict[str, Any], context: Context) -> dict[str, Any]:
    _report_backlog()
    try:
        drained = drain(valkey, database, lambda: context.get_remaining_time_in_millis() > MARGIN_MILLISECONDS)
    except AnotherWorkerDrains:
        logger.info("another worker drains")
        return {"another_worker_drains": True}
    except DrainHeld as error:
        return _held(str(error))
    publish_site_totals(valkey, database, drained.sites)
    if not drained.finished:
        put_event(
            aws_settings, settings.event_bus_name,
            source=WAKE_SOURCE, detail_type=WAKE_DETAIL_TYPE, detail={"stream": STREAM},
        )  # fmt: skip
    for begin in range(0, len(drained.requests), REQUESTS_PER_LINE):
        logger.info("stored", extra={"request_ids": drained.requests[begin : begin + REQUESTS_PER_LINE]})
    report = {key: value for key, value in asdict(drained).items() if key not in {"sites", "requests"}}
    logger.info("drained", extra=report)
    write_kept(valkey, _put, datetime.now(UTC))
    return report


def _held(why: str) -> dict[str, Any]:
    """While a restore is promoted; that PostgreSQL lets this environment in is what the promotion asks it for."""
    with database.transaction() as connection:
        [[user]] = connection.run("select current_user::text")
    logger.info("the drain is held", extra={"why": why})
    return {"held": why, "logged_in_as": user}


def _put(key: str, content: bytes) -> None:
    put_object(settings.archive_bucket_name, key, content, "application/gzip")


def _report_backlog() -> None:
    """Said at every run, whoever drains: metric filters make the stream's metrics and alarms of this line."""
    waiting = backlog(valkey.pipeline(BACKLOG_COMMANDS), time.time())
    logger.info(
        "backlog",
        extra={
            "stream_length": waiting.entries,
            "stream_oldest_seconds": waiting.oldest_seconds,
            "dead_letters": waiting.dead_letters,
        },
    )
