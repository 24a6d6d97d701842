"""The daily task: PostgreSQL's own roles are compared with the leases of temporary credentials, and secrets with their age."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from aws_lambda_powertools.logging import Logger

from functions.credential_reconciliation.settings import Settings
from shared.credentials.reconcile import reconcile
from shared.credentials.store import LeaseStore
from shared.platform import wiring
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.lambda_context import Context, remaining
from shared.platform.aws.secrets import SecretVersions
from shared.platform.settings import aws_settings, load
from shared.rotation.age import LATE, Age, age_of
from shared.rotation.versions import versions_of
from shared.runbook.load import the_runbook
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
    ages = {name: age for name, one in the_runbook().secrets.items() if one.stored and (age := _age(name, now))}
    late = [f"The secret {name}: {age.wrong}." for name, age in ages.items() if age.wrong]
    logger.info("secrets", extra={"secrets_wrong": len(late)})  # an alarm counts them
    wrong = [f"{one.role}: {one.why}." for one in found.differences] + late
    measured = asdict(found) | {"secret_age_days": {name: (now - age.since).days for name, age in ages.items()}}
    return Finding(
        verdict=Verdict.FAILED if wrong else Verdict.PASSED,
        why=" ".join(wrong)[:1000]
        or "Every role of PostgreSQL is one of this system or has a lease that still runs; secrets are rotated in time.",
        measured=measured,
        thresholds={"secret_age_days": {name: (the_runbook().due_after(name) + LATE).days for name in ages}},
        inputs={"measured": digest(measured)},
    )


def _age(name: str, now: datetime) -> Age | None:
    versions = versions_of(SecretVersions(aws_settings), settings.stage, name)
    return age_of(versions, the_runbook().due_after(name), now)
