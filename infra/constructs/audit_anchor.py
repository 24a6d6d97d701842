"""The audit trail's anchor: a bucket in which nothing can be overwritten or deleted, and the function that writes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.constructs.private_bucket import PrivateBucket
from infra.constructs.scheduled_task import run_every
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from infra.constructs.platform import DataServices, Platform

HEADS = "heads/*"


class AuditAnchor(Construct):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        data: DataServices,
        access_logs: s3.IBucket,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = self._bucket(platform, access_logs)
        self.function = ServiceFunction(
            self,
            "audit_anchor",
            platform=platform,
            environment={
                **data.postgres.environment(),
                "POSTGRES_SECRET_ARN": data.postgres.api_secret.secret_arn,
                "OPERATIONS_TABLE_NAME": data.operations.table_name,
                "AUDIT_BUCKET_NAME": self.bucket.bucket_name,
            },
            reserved_concurrency=platform.stage.sizes.concurrency.audit_anchor,
            timeout=Duration.minutes(10),
            memory_mb=1024,
        )
        self._allow(data)
        run_every(self, platform=platform, function=self.function, name="audit_anchor")
        run_every(self, platform=platform, function=self.function, name="audit_pending")

    def _bucket(self, platform: Platform, access_logs: s3.IBucket) -> s3.Bucket:
        bucket = PrivateBucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=platform.key,
            bucket_key_enabled=True,
            object_lock_enabled=True,
            object_lock_default_retention=s3.ObjectLockRetention.compliance(
                Duration.days(platform.stage.sizes.audit_lock_days)
            ),
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="audit/",
        )
        why = "Numbers and hashes, kept twice: here, and in the operations table"
        acknowledge(bucket, {"NIST.800.53.R5-S3BucketReplicationEnabled": why})
        CfnOutput(Stack.of(self), "AuditBucketName", value=bucket.bucket_name)
        return bucket

    def _allow(self, data: DataServices) -> None:
        function = self.function
        function.allow_secrets(data.postgres.api_secret)
        function.allow_table(data.operations)
        why = "An anchor of every hour, each under a name of its own, under one prefix"
        function.allow_files(self.bucket, "s3:GetObject", "s3:PutObject", files=HEADS, why=why)
        function.allow_key("s3", "kms:Decrypt", "kms:GenerateDataKey")
