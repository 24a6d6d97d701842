"""Looks every five minutes for tasks that left no run record, or began one and never ended it."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.logging import Logger

from functions.missed_runs.settings import Settings
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.settings import aws_settings, load
from shared.runbook.load import the_runbook
from shared.runbook.store import RunStore
from shared.runbook.watch import watch

logger = Logger()
settings = load(Settings)
store = RunStore(Table(signed_call(aws_settings), settings.operations_table_name))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    seen = asdict(watch(the_runbook(), store, datetime.fromisoformat(event["scheduled_time"]), datetime.now(UTC)))
    logger.info("done", extra=seen)
    return seen
