"""Traffic goes to the alias `live`, which CodeDeploy moves to a new version step by step, and back at an alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.acknowledge import acknowledge

if TYPE_CHECKING:
    from infra.constructs.platform import Platform
    from infra.constructs.service_function import ServiceFunction
    from infra.stages import Shift

LIVE = "live"
CONFIGS = {
    "at_once": codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE,
    "canary": codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
}
READS_ALARMS = "Only looks at alarms: CodeDeploy asks for their states before and while it shifts"


class GradualShift(Construct):
    """``alias`` is what callers invoke instead of the function.

    The brakes are the short windows of the error budget's fast burn. A composite alarm waits for the long window as well, by
    when a canary of minutes is over.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, platform: Platform, function: ServiceFunction, shift: Shift
    ) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        self._function = function.function
        self.alias = lambda_.Alias(self, "Live", alias_name=LIVE, version=self._function.current_version)
        name = platform.stage.physical_name(function.name)
        role, policy = self._role()
        group = codedeploy.LambdaDeploymentGroup(
            self,
            "Group",
            application=codedeploy.LambdaApplication(self, "Application", application_name=name),
            deployment_group_name=name,
            alias=self.alias,
            deployment_config=CONFIGS[shift],
            alarms=[self._brake(alarm) for alarm in platform.monitoring.brakes],
            auto_rollback=codedeploy.AutoRollbackConfig(
                failed_deployment=True, stopped_deployment=True, deployment_in_alarm=True
            ),
            role=role.without_policy_updates(),
        )
        group.node.add_dependency(policy)

    def _brake(self, alarm_id: str) -> cloudwatch.IAlarm:
        # By name: the stack with the alarms comes after this one. The first deploy of a stage shifts nothing.
        name = self._platform.stage.physical_name(alarm_id)
        arn = Stack.of(self).format_arn(
            service="cloudwatch", resource="alarm", resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
        )
        return cloudwatch.Alarm.from_alarm_arn(self, alarm_id, arn)

    def _role(self) -> tuple[iam.Role, iam.ManagedPolicy]:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"))
        function = self._function.function_arn
        actions = ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]
        statements = [
            iam.PolicyStatement(actions=actions, resources=[function, f"{function}:{LIVE}"]),
            iam.PolicyStatement(actions=["cloudwatch:DescribeAlarms"], resources=["*"]),
        ]
        policy = iam.ManagedPolicy(self, "Policy", roles=[role], statements=statements)
        acknowledge(policy, {"AwsSolutions-IAM5[Resource::*]": READS_ALARMS})
        return role, policy
