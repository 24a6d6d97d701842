"""Rotation of secrets by Secrets Manager's four steps, and the alarm on those that are too old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.cold_start import allow_owner_secret
from infra.constructs.metric_filter import take_values
from infra.constructs.service_function import ServiceFunction
from infra.constructs.stage_secrets import arns, rotated
from infra.monitoring import seconds

if TYPE_CHECKING:
    from infra.constructs.platform import DataServices, Platform

CHANGING = (
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
)
DAY_SECONDS = 86400
WRONG = "SecretsWrong"
TOO_OLD = "Secrets are too old, or their rotation did not end. `p09 secrets list` says which; rotate them, and read why it failed."


class SecretRotation(Construct):
    """`watched` is the function that looks at every secret's age each day, and says in its log how many are wrong."""

    def __init__(
        self, scope: Construct, construct_id: str, *, platform: Platform, data: DataServices, watched: ServiceFunction
    ) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        postgres, valkey = data.postgres, data.valkey
        self.function = ServiceFunction(
            self,
            "secret_rotation",
            platform=platform,
            environment={
                **postgres.environment(),
                **valkey.environment(),
                "POSTGRES_ADMIN_SECRET_ARN": postgres.admin_secret.secret_arn,
                "VALKEY_USER_ID": valkey.user_id,
            },
            reserved_concurrency=platform.stage.sizes.concurrency.secret_rotation,
            # ElastiCache takes minutes to let a second token in.
            timeout=Duration.minutes(10),
            memory_mb=512,
        )
        secrets = rotated(platform)
        self.function.allow_secrets(postgres.admin_secret)
        allow_owner_secret(self.function)
        self.function.allow(*CHANGING, resources=arns(self, platform, secrets))
        self.function.allow_key("secretsmanager", "kms:GenerateDataKey")
        self._allow_valkey(valkey.user_id)
        self._alarm(watched)
        # MiniStack has no rotation schedules: local/left_out.toml says what stands in.
        if platform.stage.local is None:
            self._schedule({name: one for name, one in secrets.items() if not one.get("on_demand")})

    def _allow_valkey(self, user_id: str) -> None:
        if user_id:
            user = Stack.of(self).format_arn(
                service="elasticache", resource="user", resource_name=user_id, arn_format=ArnFormat.COLON_RESOURCE_NAME
            )
            self.function.allow("elasticache:DescribeUsers", "elasticache:ModifyUser", resources=[user])

    def _schedule(self, secrets: dict[str, dict[str, Any]]) -> None:
        usual = self._platform.monitoring.every_seconds("secret_rotation")
        allowed = lambda_.CfnPermission(
            self,
            "MayCall",
            action="lambda:InvokeFunction",
            function_name=self.function.function.function_arn,
            principal=iam.ServicePrincipal("secretsmanager.amazonaws.com").service,
            source_account=Stack.of(self).account,
        )
        for name, one in secrets.items():
            every = seconds(one["every"]) if "every" in one else usual
            rotation = secretsmanager.CfnRotationSchedule(
                self,
                f"{name.title().replace('-', '')}Rotation",
                secret_id=self._platform.stage.physical_name(name),
                rotation_lambda_arn=self.function.function.function_arn,
                rotation_rules=secretsmanager.CfnRotationSchedule.RotationRulesProperty(
                    automatically_after_days=every // DAY_SECONDS
                ),
                # The deploy that brings it changes nothing.
                rotate_immediately_on_update=False,
            )
            rotation.node.add_dependency(allowed, self.function.policy)

    def _alarm(self, watched: ServiceFunction) -> None:
        """Until the next look says that all is well; that a rotation failed, the function's own alarm says at once."""
        platform = self._platform
        take_values(self, log_group=watched.log_group, platform=platform, fields={WRONG: "secrets_wrong"})
        alarm = cloudwatch.Alarm(
            self,
            "Wrong",
            alarm_name=platform.stage.physical_name(f"P09{WRONG}"),
            metric=cloudwatch.Metric(
                namespace=platform.monitoring.namespace,
                metric_name=WRONG,
                statistic="Maximum",
                period=Duration.hours(1),
            ),
            threshold=0,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
            alarm_description=f"[ticket] {TOO_OLD} {platform.monitoring.link('secrets')}",
        )
        alarm.add_alarm_action(actions.SnsAction(platform.alarms))
        alarm.add_ok_action(actions.SnsAction(platform.alarms))
