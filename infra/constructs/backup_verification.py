"""The 16:00 task: reads what AWS Backup, Aurora, ElastiCache and S3 say of the backups, or a machine's own catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Duration, Stack
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.constructs.backup_plan import vault_name
from infra.constructs.scheduled_task import run_as_task
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from infra.constructs.platform import DataServices, Platform

CATALOGUE = "backups/catalogue.json"
REPORTS = "backups/reports/*"
READING = (
    "backup:ListBackupJobs",
    "cloudwatch:GetMetricData",
    "elasticache:DescribeSnapshots",
    "rds:DescribeDBClusters",
)


class BackupVerification(Construct):
    def __init__(
        self, scope: Construct, construct_id: str, *, platform: Platform, data: DataServices, console_url: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._data = data
        stage, archive = platform.stage, data.archive
        self.function = ServiceFunction(
            self,
            "backup_verification",
            platform=platform,
            environment={
                "OPERATIONS_TABLE_NAME": data.operations.table_name,
                "REPORTS_BUCKET_NAME": archive.bucket_name,
                "CONSOLE_URL": console_url,
                "BACKUP_CATALOGUE_BUCKET_NAME": archive.bucket_name if stage.local else "",
                "BACKUP_VAULT_NAME": "" if stage.local else vault_name(stage),
                "POSTGRES_CLUSTER_ID": data.postgres.aurora.cluster_id,
                "POSTGRES_CLUSTER_ARN": data.postgres.aurora.cluster_arn,
                "VALKEY_GROUP_ID": "" if stage.local else stage.physical_name("valkey"),
                "VERSIONED_BUCKET_NAMES": archive.bucket_name,
            },
            reserved_concurrency=stage.sizes.concurrency.backup_verification,
            timeout=Duration.minutes(2),
            memory_mb=512,
            in_network=False,
        )
        run_as_task(self, platform=platform, data=data, function=self.function, task="backup_verification")
        self._allow(platform)

    def _allow(self, platform: Platform) -> None:
        bucket = Stack.of(self._data.archive).export_value(self._data.archive.bucket_arn)
        self.function.allow("s3:GetBucketVersioning", resources=[bucket])
        self.function.allow("s3:PutObject", resources=[f"{bucket}/{REPORTS}"])
        self.function.allow_key("s3", "kms:Decrypt", "kms:GenerateDataKey")
        if platform.stage.local:
            self.function.allow("s3:GetObject", resources=[f"{bucket}/{CATALOGUE}"])
        else:
            self.function.allow(*READING, resources=["*"])
            vault = Stack.of(self).format_arn(
                service="backup",
                resource="backup-vault",
                resource_name=vault_name(platform.stage),
                arn_format=ArnFormat.COLON_RESOURCE_NAME,
            )
            self.function.allow("backup:ListRecoveryPointsByBackupVault", resources=[vault])
        export = Stack.of(self).resolve(bucket)["Fn::ImportValue"]
        why = "A chart of every day, each under a name of its own, under one prefix"
        acknowledge(self.function.policy, {f"AwsSolutions-IAM5[Resource::{export}/{REPORTS}]": why})
