"""A rotating key that CloudWatch Logs and alarms may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from infra.constructs.kept import kept

if TYPE_CHECKING:
    from constructs import Construct

    from infra.stages import Stage


class EncryptionKey(kms.Key):
    def __init__(self, scope: Construct, construct_id: str, *, alias: str, stage: Stage) -> None:
        super().__init__(
            scope,
            construct_id,
            alias=alias,
            description=f"Everything at rest of {alias}",
            enable_key_rotation=True,
            rotation_period=Duration.days(365),
            removal_policy=kept(stage),
        )
        self._allow_logs()
        self._allow_alarms()

    def _allow_logs(self) -> None:
        stack = Stack.of(self)
        groups = stack.format_arn(
            service="logs", resource="log-group", resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
        )
        actions = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
        self.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
                actions=actions,
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            )
        )

    def _allow_alarms(self) -> None:
        self.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )
