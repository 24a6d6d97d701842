"""The 16:00 task: whether last night's backups can be relied on, with sizes, durations and a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import Logger

from functions.backup_verification.settings import Settings
from shared.backups.check import check_backups
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.lambda_context import Context, remaining
from shared.platform.aws.s3 import put_object
from shared.platform.settings import aws_settings, load
from shared.runbook.load import the_runbook
from shared.runbook.run import Finding, Verdict, digest
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore

if TYPE_CHECKING:
    from datetime import datetime

    from shared.backups.port import Backups

logger = Logger()
settings = load(Settings)
store = RunStore(Table(signed_call(aws_settings), settings.operations_table_name))


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    report = run_task(store, event, check, remaining=remaining(context))
    logger.info("done", extra=report)
    return report


def check(now: datetime) -> Finding:
    found = check_backups(backups(), the_runbook().tasks.backup_verification, now)
    return Finding(
        verdict=Verdict(found.verdict),
        why=" ".join(found.reasons)
        or "The newest backup is complete, of the usual size, encrypted and kept long enough.",
        measured=found.measured,
        thresholds=found.thresholds,
        inputs={"measured": digest(found.measured)},
        links=_chart(found.measured, now) | {"console": f"{settings.console_url}/backups"},
    )


def backups() -> Backups:
    import boto3  # once a day

    names = [name for name in settings.versioned_bucket_names.split(",") if name]
    if settings.backup_catalogue_bucket_name:
        from shared.backups.catalogue import CataloguedBackups

        return CataloguedBackups(boto3.client("s3"), settings.backup_catalogue_bucket_name, names)
    from shared.backups.aws_backup import AwsBackups, Clients, Places

    return AwsBackups(
        Clients(
            backup=boto3.client("backup"), rds=boto3.client("rds"), elasticache=boto3.client("elasticache"),
            cloudwatch=boto3.client("cloudwatch"), s3=boto3.client("s3"),
        ),
        Places(
            vault=settings.backup_vault_name, cluster=settings.postgres_cluster_id,
            cluster_arn=settings.postgres_cluster_arn, group=settings.valkey_group_id, buckets=names,
        ),
    )  # fmt: skip


def _chart(measured: Any, now: datetime) -> dict[str, str]:
    """Where the picture of the last month's backups is; there is none of nothing."""
    if not measured.get("history"):
        return {}
    from shared.backups.chart import sizes_and_durations

    key = f"backups/reports/{now:%Y-%m-%d}.svg"
    put_object(settings.reports_bucket_name, key, sizes_and_durations(measured["history"]), "image/svg+xml")
    return {"chart": f"s3://{settings.reports_bucket_name}/{key}"}
