"""The daily task: PostgreSQL's own roles are compared with the leases of temporary credentials, and secrets with their age."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.credential_reconciliation.settings import Settings
from shared.access.lease_store import LeaseStore
from shared.access.reconciliation import reconcile
from shared.platform import wiring
from shared.platform.dynamodb import Table, signed_call
from shared.platform.lambda_context import Context, remaining
from shared.platform.secrets import SecretVersions
from shared.platform.settings import aws_settings, load
from shared.runbook.load import the_runbook
from shared.runbook.run import Finding, Verdict, digest
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore

LATE: Final = timedelta(days=7)  # after its time, a rotation has failed more than once

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
    oldest = the_runbook().schedules.secret_rotation.every
    ages = {name: _age(name, now) for name in settings.rotated_secret_arns.split(",")}
    wrong = [f"{one.role}: {one.why}." for one in found.differences]
    if oldest is not None:
        late = [name for name, age in ages.items() if age > oldest + LATE]
        wrong += [f"The secret {name} was not rotated for {ages[name].days} days." for name in late]
    measured = asdict(found) | {"secret_age_days": {name: age.days for name, age in ages.items()}}
    return Finding(
        verdict=Verdict.FAILED if wrong else Verdict.PASSED,
        why=" ".join(wrong)[:1000]
        or "Every role of PostgreSQL is one of this system or has a lease that still runs; secrets are rotated in time.",
        measured=measured,
        thresholds={"secret_age_days": oldest.days + LATE.days} if oldest else {},
        inputs={"measured": digest(measured)},
    )


def _age(secret_id: str, now: datetime) -> timedelta:
    return now - SecretVersions(aws_settings).changed_at(secret_id)
