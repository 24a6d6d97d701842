"""The only place that creates a Lambda function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import AssetHashType, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import assets
from infra.acknowledge import acknowledge
from infra.constructs.alarms import function_alarms
from infra.constructs.retention import retention

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from aws_cdk import aws_secretsmanager as secretsmanager

    from infra.constructs.platform import Platform

METRICS_NAMESPACE = "P09"
FUNCTION_REASONS = {
    "AwsSolutions-L1": "AWS patches Python 3.13 until October 2029; 3.14 waits until the locked dependencies were tried on it",
    "Serverless-LambdaLatestVersion": "as AwsSolutions-L1: 3.13 is patched until October 2029, 3.14 was not tried yet",
    "CKV_AWS_173": "The environment holds names, addresses and ARNs: no secret; Lambda encrypts it with its own key",
    "W3005": "CDK itself writes the dependency on the role beside the reference to it",
}
DESTINATION_REASON = (
    "The function's dead-letter queue takes the event with its error; a destination would store it twice"
)
QUEUE_REASONS = {
    "Serverless-SQSRedrivePolicy": "This is itself the dead-letter queue: nothing receives from it but people",
    "CKV_AWS_27": "Encrypted by SQS' own key (SqsManagedSseEnabled); the check knows only keys of KMS",
}
OUTSIDE_REASON = "It talks to S3 and CloudFront alone, and CloudFront's API has no VPC endpoint"
LOCAL_REASON = "Stage local has no network: functions and servers are processes of one machine, on loopback"
STAR = "AwsSolutions-IAM5[Resource::*]"
RETRIES = 2
MAX_EVENT_AGE = Duration.hours(1)


class ServiceFunction(Construct):
    """A function with everything that every function needs.

    Parameters
    ----------
    name
        Folder under `functions/`; the function, its log group, queue and alarms are called after it.
    environment
        The keys of that function's settings class, `STAGE` apart, which is set here.
    in_network
        Whether it talks to PostgreSQL or Valkey, and therefore lives in the VPC where there is one.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        platform: Platform,
        environment: Mapping[str, str],
        reserved_concurrency: int,
        timeout: Duration,
        memory_mb: int,
        in_network: bool = True,
    ) -> None:
        super().__init__(scope, _construct_id(name))
        self.name = name
        self._platform = platform
        self.failures = self._failure_queue()
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.log_group = self._log_group()
        self.policy = self._policy(in_network=in_network)
        self.function = self._function(
            environment, reserved_concurrency, timeout, memory_mb, in_network=in_network
        )
        invocations = self.function.node.find_child("EventInvokeConfig")
        acknowledge(invocations, {"Serverless-LambdaAsyncFailureDestination": DESTINATION_REASON})
        function_alarms(
            self,
            name=name,
            function=self.function,
            failures=self.failures,
            timeout=timeout,
            topic=platform.alarms,
        )

    def allow(self, *actions: str, resources: list[str]) -> None:
        """Add one statement to this function's own policy."""
        self.policy.add_statements(iam.PolicyStatement(actions=list(actions), resources=resources))

    def allow_secrets(self, *secrets: secretsmanager.ISecret) -> None:
        """Let it read secrets; those that the stage created are encrypted under the stage's key."""
        arns = [_readable_arn(secret) for secret in secrets]
        self.allow("secretsmanager:GetSecretValue", resources=arns)
        region = Stack.of(self).region
        self.policy.add_statements(
            iam.PolicyStatement(
                actions=["kms:Decrypt"],
                resources=[self._platform.key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}},
            )
        )

    def _failure_queue(self) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "Failures",
            queue_name=self._platform.stage.physical_name(f"{self.name}-failures"),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        acknowledge(queue, QUEUE_REASONS)
        return queue

    def _log_group(self) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{self._platform.stage.physical_name(self.name)}",
            retention=retention(self._platform.stage),
            encryption_key=self._platform.key,
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _policy(self, *, in_network: bool) -> iam.ManagedPolicy:
        policy = iam.ManagedPolicy(self, "Policy", roles=[self.role])
        why = "X-Ray's put actions and, in a VPC, EC2's network interface actions know no narrower resource"
        acknowledge(policy, {STAR: why, "CKV_AWS_111": why})
        logs_arn = self.log_group.log_group_arn
        policy.add_statements(
            iam.PolicyStatement(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[logs_arn]),
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.failures.queue_arn]),
            iam.PolicyStatement(
                actions=["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources=["*"]
            ),
        )
        if in_network and self._platform.network:
            actions = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
            actions += [
                "ec2:DeleteNetworkInterface",
                "ec2:AssignPrivateIpAddresses",
                "ec2:UnassignPrivateIpAddresses",
            ]
            policy.add_statements(iam.PolicyStatement(actions=actions, resources=["*"]))
        return policy

    def _function(
        self,
        environment: Mapping[str, str],
        reserved_concurrency: int,
        timeout: Duration,
        memory_mb: int,
        *,
        in_network: bool,
    ) -> lambda_.Function:
        platform = self._platform
        network = platform.network if in_network else None
        function = lambda_.Function(
            self,
            "Function",
            function_name=platform.stage.physical_name(self.name),
            handler=f"functions.{self.name}.handler.handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=_architecture(platform),
            code=archive_code(assets.code(platform.target)),
            layers=[dependencies(self, platform)],
            environment={"STAGE": platform.stage.name, **environment, **self._powertools()},
            reserved_concurrent_executions=reserved_concurrency,
            timeout=timeout,
            memory_size=memory_mb,
            tracing=lambda_.Tracing.ACTIVE,
            dead_letter_queue=self.failures,
            retry_attempts=RETRIES,
            max_event_age=MAX_EVENT_AGE,
            # Every permission is a statement of our own policy: CDK adds none behind our back.
            role=self.role.without_policy_updates(),
            log_group=self.log_group,
            vpc=network.vpc if network else None,
            vpc_subnets=network.function_subnets if network else None,
            security_groups=[network.functions] if network else None,
        )
        # Without its permissions a custom resource would fail on its first call.
        function.node.add_dependency(self.policy)
        acknowledge(function, FUNCTION_REASONS)
        if network is None:
            why = OUTSIDE_REASON if platform.network else LOCAL_REASON
            acknowledge(function, {"NIST.800.53.R5-LambdaInsideVPC": why, "CKV_AWS_117": why})
        return function

    def _powertools(self) -> dict[str, str]:
        return {
            "POWERTOOLS_SERVICE_NAME": self.name,
            "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
            "POWERTOOLS_LOG_LEVEL": "INFO",
        }


def dependencies(scope: Construct, platform: Platform) -> lambda_.LayerVersion:
    """One layer per stack: a layer that is imported from another stack could never be replaced while it is in use."""
    stack = Stack.of(scope)
    found = stack.node.try_find_child("Dependencies")
    if isinstance(found, lambda_.LayerVersion):
        return found
    archive = assets.layer(platform.target)
    return lambda_.LayerVersion(stack, "Dependencies", code=archive_code(archive), description=archive.stem)


def archive_code(archive: Path) -> lambda_.Code:
    """An archive is known by the hash of its inputs, which its name carries: byte code need not be the same twice."""
    return lambda_.Code.from_asset(
        str(archive), asset_hash=archive.stem, asset_hash_type=AssetHashType.CUSTOM
    )


def _architecture(platform: Platform) -> lambda_.Architecture:
    return lambda_.Architecture.ARM_64 if platform.target.arm else lambda_.Architecture.X86_64


def _readable_arn(secret: secretsmanager.ISecret) -> str:
    # A secret found by name has no known suffix: six characters that AWS chose.
    return secret.secret_full_arn or f"{secret.secret_arn}-??????"


def _construct_id(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
