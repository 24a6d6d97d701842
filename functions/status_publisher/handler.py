"""Publishes the status page whenever something on it changes, and every minute, which is its heartbeat.

It always renders the whole page from the table, so it does not matter which events arrive how often and in which order.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.logging import Logger

from functions.status_publisher.publish import Published, publish
from functions.status_publisher.settings import Settings
from functions.status_publisher.turn import in_turn
from shared.calendar.store import CalendarStore
from shared.calendar.tick import tick
from shared.platform.aws.bucket import Bucket
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.settings import aws_settings, load
from shared.runbook.load import the_runbook
from shared.status.describe import describe
from shared.status.render import render
from shared.together.status_facts import Source

logger = Logger()
settings = load(Settings)
table = Table(signed_call(aws_settings), settings.operations_table_name)
source = Source(table, the_runbook(), settings.status_url)
bucket = Bucket(settings.status_bucket_name)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    # The wall's clock, not the event's time: a past day that is played must not turn back the page's.
    told = [one.id for one in tick(CalendarStore(table), _now())]
    rounds: list[Published] = []
    mine = in_turn(table, _now, lambda: rounds.append(_publish()))
    report = {"published": mine, "told": told, "rounds": [asdict(one) for one in rounds]}
    logger.info("done", extra=report | {"because": event.get("detail-type") or event.get("task", "")})
    return report


def _publish() -> Published:
    now = _now()
    return publish(bucket, render(describe(source.facts(now), now)))


def _now() -> datetime:
    return datetime.now(UTC)
