"""Ends temporary database credentials, to the second: each minute's run waits for those that end before the next."""

import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.credential_expiry.settings import Settings
from shared.credentials.credentials import DatabaseCredentials, Report
from shared.credentials.store import LeaseStore
from shared.platform import wiring
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.lambda_context import Context, remaining
from shared.platform.settings import aws_settings, load

AHEAD: Final = timedelta(seconds=75)  # the next run begins within a minute, and may be a little late
AGAIN: Final = timedelta(seconds=2)
MARGIN: Final = timedelta(seconds=30)

logger = Logger()
settings = load(Settings)
database = wiring.database(settings, settings.postgres_secret_arn, application="credential expiry", timeout=10)
store = LeaseStore(Table(signed_call(aws_settings), settings.operations_table_name))


def handler(_event: dict[str, Any], context: Context) -> dict[str, Any]:
    report = _run(AHEAD)
    # PostgreSQL may come back at any moment, and with it who could log in.
    while report.waiting and remaining(context) > MARGIN:
        _wait(AGAIN)
        report = _run(timedelta())
    logger.info("done", extra=asdict(report))
    return asdict(report)


def _run(ahead: timedelta) -> Report:
    return DatabaseCredentials(database, store).end_due(lambda: datetime.now(UTC), _wait, ahead=ahead)


def _wait(rest: timedelta) -> None:
    time.sleep(rest.total_seconds())
