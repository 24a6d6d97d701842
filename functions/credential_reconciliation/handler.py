"""The daily task: PostgreSQL's own roles are compared with the leases of temporary credentials."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from aws_lambda_powertools.logging import Logger

from functions.credential_reconciliation.settings import Settings
from shared.access.lease_store import LeaseStore
from shared.access.reconciliation import reconcile
from shared.platform import wiring
from shared.platform.dynamodb import Table, signed_call
from shared.platform.lambda_context import Context, remaining
from shared.platform.settings import aws_settings, load
from shared.runbook.run import Finding, Verdict, digest
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore

logger = Logger()
settings = load(Settings)
table = Table(signed_call(aws_settings), settings.operations_table_name)
database = wiring.database(settings, settings.postgres_secret_arn, application="credential reconciliation", timeout=20)


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    report = run_task(RunStore(table), event, check, remaining=remaining(context))
    logger.info("done", extra=report)
    return report


def check(now: datetime) -> Finding:
    found = reconcile(database, LeaseStore(table), now)
    measured = asdict(found)
    words = [f"{one.role}: {one.why}." for one in found.differences]
    return Finding(
        verdict=Verdict.FAILED if words else Verdict.PASSED,
        why=" ".join(words)[:1000] or "Every role of PostgreSQL is one of this system or has a lease that still runs.",
        measured=measured,
        inputs={"measured": digest(measured)},
    )
