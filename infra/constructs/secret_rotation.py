"""Rotation of the functions' logins in PostgreSQL, by Secrets Manager's four steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from infra.constructs.platform import DataServices, Platform

CHANGING = (
    "secretsmanager:DescribeSecret",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
)
DAY_SECONDS = 86400


class SecretRotation(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, platform: Platform, data: DataServices) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        postgres = data.postgres
        secrets = {"Api": postgres.api_secret, "Worker": postgres.worker_secret}
        self.function = ServiceFunction(
            self,
            "secret_rotation",
            platform=platform,
            environment={
                **postgres.environment(),
                "POSTGRES_ADMIN_SECRET_ARN": postgres.admin_secret.secret_arn,
            },
            reserved_concurrency=platform.stage.sizes.concurrency.secret_rotation,
            timeout=Duration.minutes(1),
            memory_mb=512,
        )
        self.function.allow_secrets(postgres.admin_secret, *secrets.values())
        self.function.allow(*CHANGING, resources=[secret.secret_arn for secret in secrets.values()])
        self.function.allow_key("secretsmanager", "kms:GenerateDataKey")
        # MiniStack has no rotation schedules: local/left_out.toml says what stands in.
        if platform.stage.local is None:
            self._schedule(secrets)

    def _schedule(self, secrets: dict[str, secretsmanager.ISecret]) -> None:
        days = self._platform.monitoring.every_seconds("secret_rotation") // DAY_SECONDS
        allowed = lambda_.CfnPermission(
            self,
            "MayCall",
            action="lambda:InvokeFunction",
            function_name=self.function.function.function_arn,
            principal=iam.ServicePrincipal("secretsmanager.amazonaws.com").service,
            source_account=Stack.of(self).account,
        )
        for name, secret in secrets.items():
            rotation = secretsmanager.CfnRotationSchedule(
                self,
                f"{name}Rotation",
                secret_id=secret.secret_arn,
                rotation_lambda_arn=self.function.function.function_arn,
                rotation_rules=secretsmanager.CfnRotationSchedule.RotationRulesProperty(automatically_after_days=days),
                # The deploy that brings it changes nothing.
                rotate_immediately_on_update=False,
            )
            rotation.node.add_dependency(allowed)
