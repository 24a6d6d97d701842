"""A Step Functions standard workflow that invokes functions: its machine, its log group, its role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn

from infra.acknowledge import acknowledge
from infra.constructs.retention import retention

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import Duration
    from constructs import Construct

    from infra.constructs.platform import Platform
    from infra.constructs.service_function import ServiceFunction

STAR = "Delivery of logs, and X-Ray's put actions, know no narrower resource"
LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
X_RAY = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)


def state_machine(
    scope: Construct,
    *,
    name: str,
    definition: sfn.IChainable,
    timeout: Duration,
    functions: Sequence[ServiceFunction],
    platform: Platform,
) -> sfn.StateMachine:
    """`scope` has nothing else of the names Logs, Role, Policy and Machine."""
    log_group = logs.LogGroup(
        scope,
        "Logs",
        log_group_name=f"/aws/vendedlogs/states/{platform.stage.physical_name(name)}",
        retention=retention(platform.stage),
        encryption_key=platform.key,
        removal_policy=RemovalPolicy.DESTROY,
    )
    role, policy = _role(scope, functions)
    machine = sfn.StateMachine(
        scope,
        "Machine",
        state_machine_name=platform.stage.physical_name(name),
        definition_body=sfn.DefinitionBody.from_chainable(definition),
        role=role.without_policy_updates(),
        timeout=timeout,
        tracing_enabled=True,
        logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL, include_execution_data=False),
    )
    machine.node.add_dependency(policy)
    acknowledge(machine, {"W3005": "CDK itself writes the dependency on the role beside the reference to it"})
    return machine


def _role(scope: Construct, functions: Sequence[ServiceFunction]) -> tuple[iam.Role, iam.ManagedPolicy]:
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
    arns = [one.function.function_arn for one in functions]
    invoke = iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=arns)
    rest = iam.PolicyStatement(actions=[*LOG_DELIVERY, *X_RAY], resources=["*"])
    policy = iam.ManagedPolicy(scope, "Policy", roles=[role], statements=[invoke, rest])
    acknowledge(policy, {"AwsSolutions-IAM5[Resource::*]": STAR, "CKV_AWS_111": STAR})
    return role, policy
