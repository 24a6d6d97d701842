"""Opens, follows and resolves incidents: signals come over the bus and from alarms, and each minute the clock says what is due."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import cache, partial
from typing import Any

from aws_lambda_powertools.logging import Logger

from functions.incident_responder.settings import Settings
from shared.calendar.store import CalendarStore
from shared.events.catalogue import read
from shared.incidents.alarms import signal_of_alarm
from shared.incidents.backup_jobs import SOURCE as AWS_BACKUP
from shared.incidents.backup_jobs import signal_of_job
from shared.incidents.handle_signal import handle_signal
from shared.incidents.review_store import ReviewStore
from shared.incidents.rules import Rules
from shared.incidents.signals import Signal, signals_of
from shared.incidents.store import IncidentStore
from shared.incidents.tick import tick
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.settings import aws_settings, load
from shared.runbook.load import the_runbook
from shared.together.maintenances import maintenances_at

logger = Logger()
settings = load(Settings)
table = Table(signed_call(aws_settings), settings.operations_table_name)
incidents, reviews = IncidentStore(table), ReviewStore(table)
planned = partial(maintenances_at, CalendarStore(table))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    if "scheduled_time" in event:
        report = asdict(tick(incidents, reviews, _rules(), planned, datetime.fromisoformat(event["scheduled_time"])))
    else:
        report = {signal.id: handle_signal(incidents, _rules(), planned, signal) for signal in _signals(event)}
    logger.info("done", extra={"report": report})
    return report


def _signals(event: Mapping[str, Any]) -> Iterator[Signal]:
    """Of an event of the bus or of AWS Backup, or of notifications of alarms."""
    if event.get("source") == AWS_BACKUP:
        if (found := signal_of_job(event)) is not None:
            yield found
        return
    if "Records" not in event:
        yield from signals_of(read(event["detail-type"], event["detail"]), _rules())
        return
    for record in event["Records"]:
        signal = signal_of_alarm(json.loads(record["Sns"]["Message"]))
        if signal is not None:
            yield signal


@cache
def _rules() -> Rules:
    return Rules.of(the_runbook())
