"""Signed evidence of each day in the archive: the key that signs it, and the function that may use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.constructs.kept import kept
from infra.constructs.scheduled_task import run_as_task
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from infra.constructs.platform import DataServices, Platform

FOLDER = "evidence/*"
WHY_NOT_ROTATED = "KMS rotates no asymmetric keys; whoever verifies old evidence needs the key that signed it"
KEY_REASONS = dict.fromkeys(
    ("AwsSolutions-KMS5", "NIST.800.53.R5-KMSBackingKeyRotationEnabled", "CKV_AWS_7"), WHY_NOT_ROTATED
)


class Evidence(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, platform: Platform, data: DataServices) -> None:
        super().__init__(scope, construct_id)
        stage = platform.stage
        self.key = kms.Key(
            self,
            "Signing",
            alias=stage.physical_name("evidence"),
            description="Signs the daily evidence; anybody may verify with its public half",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=kept(stage),
        )
        acknowledge(self.key, KEY_REASONS)
        self.function = ServiceFunction(
            self,
            "evidence_export",
            platform=platform,
            environment={
                "OPERATIONS_TABLE_NAME": data.operations.table_name,
                "ARCHIVE_BUCKET_NAME": data.archive.bucket_name,
                "EVIDENCE_KEY_ARN": self.key.key_arn,
            },
            reserved_concurrency=stage.sizes.concurrency.evidence_export,
            timeout=Duration.minutes(5),
            memory_mb=512,
            in_network=False,
        )
        run_as_task(self, platform=platform, data=data, function=self.function, task="evidence_export")
        self.function.allow("kms:Sign", resources=[self.key.key_arn])
        self._allow_archive(data)

    def _allow_archive(self, data: DataServices) -> None:
        bucket = Stack.of(data.archive).export_value(data.archive.bucket_arn)
        self.function.allow("s3:PutObject", resources=[f"{bucket}/{FOLDER}"])
        self.function.allow_key("s3", "kms:Decrypt", "kms:GenerateDataKey")
        export = Stack.of(self).resolve(bucket)["Fn::ImportValue"]
        why = "Evidence of every day, each in a folder of its own, under one prefix"
        acknowledge(self.function.policy, {f"AwsSolutions-IAM5[Resource::{export}/{FOLDER}]": why})
