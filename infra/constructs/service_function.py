"""The only place that creates a Lambda function."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.assets import ROOT
from infra.constructs.alarms import function_alarms
from infra.constructs.archive import dependencies, function_code
from infra.constructs.metric_filter import count_lines
from infra.constructs.retention import retention

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import CfnElement
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_secretsmanager as secretsmanager

    from infra.constructs.platform import Platform

# By function: what its code does with the operations table; written by make generate.
TABLE_ACCESS = ROOT / "infra" / "operations_table.json"
RETRIES = 2
MAX_EVENT_AGE = Duration.hours(1)
RUNTIME = "AWS patches Python 3.13 until October 2029; 3.14 waits until the locked dependencies were tried on it"
FUNCTION_REASONS = {
    "AwsSolutions-L1": RUNTIME,
    "Serverless-LambdaLatestVersion": RUNTIME,
    "CKV_AWS_173": "Names, addresses and ARNs, no secret; Lambda encrypts them with its own key",
    "W3005": "CDK itself writes the dependency on the role beside the reference to it",
}
ASYNC_REASONS = {
    "Serverless-LambdaAsyncFailureDestination": "The dead-letter queue takes the event with its error; "
    "a destination would store it a second time"
}
UNTRACED_REASONS = {
    "Serverless-LambdaTracing": "It runs as often as events come, and a trace of one in twenty would cost more than it does"
}
# Lambda itself leaves out the lines below these levels, so that the laptop, which doesn't, still shows them.
QUIET: dict[str, Any] = {
    "logging_format": lambda_.LoggingFormat.JSON,
    "application_log_level_v2": lambda_.ApplicationLogLevel.INFO,
    "system_log_level_v2": lambda_.SystemLogLevel.WARN,
}
QUEUE_REASONS = {
    "Serverless-SQSRedrivePolicy": "This is itself the dead-letter queue: only people receive from it",
    "CKV_AWS_27": "Encrypted by SQS' own key (SqsManagedSseEnabled); the check knows only keys of KMS",
}
OUTSIDE_VPC = "It talks to APIs of AWS alone, for which the VPC has no endpoint, and to no server of ours"
NO_VPC = "Stage local has no network: functions and servers are processes of one machine, on loopback"
STAR = (
    "X-Ray's put actions, CloudWatch's on metrics, EC2's on network interfaces and Step Functions' on tokens of tasks "
    "know no narrower resource"
)
NETWORK_INTERFACE_ACTIONS = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)


class ServiceFunction(Construct):
    """A function with everything that every function needs.

    Parameters
    ----------
    name
        Folder under `functions/`; the function, its log group, queue and alarms are called after it.
    environment
        The keys of that function's settings class, `STAGE` apart, which is set here.
    code
        The folder whose handler it runs, if that is another function's: then it is a second one of that.
    in_network
        Whether it talks to PostgreSQL or Valkey, and therefore lives in the VPC where there is one.
    traced
        Whether Lambda records traces by itself: the first run of each second and one in twenty, which nobody can lower. False for
        what runs as often as events come.
    quiet
        Whether AWS keeps no line of a run that went well: neither the platform's nor what the code says at DEBUG. True for what
        runs once for a request of which the access log tells the same.
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
        code: str = "",
        in_network: bool = True,
        traced: bool = True,
        quiet: bool = False,
    ) -> None:
        super().__init__(scope, "".join(word.capitalize() for word in name.split("_")))
        self.name = name
        self._traced = traced
        self._quiet = quiet
        self._code = code or name
        self._platform = platform
        self._network = platform.network if in_network else None
        self.failures = self._failure_queue()
        self.log_group = self._log_group()
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.policy = self._policy()
        self.function = self._function(environment, reserved_concurrency, timeout, memory_mb)
        self._acknowledge_findings()
        function_alarms(self, name=name, function=self.function, failures=self.failures, platform=platform)
        patterns = platform.monitoring.function_log_filters(as_json=quiet)
        count_lines(self, log_group=self.log_group, platform=platform, patterns=patterns)

    def allow(
        self,
        *actions: str,
        resources: list[str],
        when: Mapping[str, str | list[str]] | None = None,
        test: str = "StringEquals",
    ) -> None:
        """Add one statement to this function's own policy; `when` are keys of the request and what they must be."""
        conditions = {test: dict(when)} if when else None
        self.policy.add_statements(
            iam.PolicyStatement(actions=list(actions), resources=resources, conditions=conditions)
        )

    def allow_key(self, service: str, *actions: str) -> None:
        """Let it use the stage's key through one service, which encrypts under it."""
        through = {"kms:ViaService": f"{service}.{Stack.of(self).region}.amazonaws.com"}
        self.allow(*actions, resources=[self._platform.key.key_arn], when=through)

    def allow_table(self, table: dynamodb.ITable, *, without: str = "", reads_only: bool = False) -> None:
        """Let it use the operations table as its code does, write to its own partitions only, and use the stage's key for that.

        `without` is an action that its code shares with other functions and never comes to.
        """
        access = json.loads(TABLE_ACCESS.read_text())[self._code]
        if reads := access["read"]:
            self.allow(*reads, resources=[table.table_arn])
        if writes := [action for action in access["write"] if action != without and not reads_only]:
            own = {"dynamodb:LeadingKeys": access["partitions"]}
            self.allow(*writes, resources=[table.table_arn], when=own, test="ForAllValues:StringLike")
        self.allow_key("dynamodb", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")

    def allow_secrets(self, *secrets: secretsmanager.ISecret) -> None:
        """Let it read secrets; those that the stage created are encrypted under the stage's key."""
        self.allow("secretsmanager:GetSecretValue", resources=[_full_arn(secret) for secret in secrets])
        self.allow_key("secretsmanager", "kms:Decrypt")

    def allow_files(self, bucket: s3.Bucket, *actions: str, files: str = "*", why: str) -> None:
        """Let it list a bucket, and use files in it; ``why`` it may use any that ``files`` matches."""
        self.allow("s3:ListBucket", resources=[bucket.bucket_arn])
        self.allow(*actions, resources=[bucket.arn_for_objects(files)])
        name = Stack.of(bucket).get_logical_id(cast("CfnElement", bucket.node.default_child))
        acknowledge(self.policy, {f"AwsSolutions-IAM5[Resource::<{name}.Arn>/{files}]": why})

    def _failure_queue(self) -> sqs.Queue:
        return sqs.Queue(
            self,
            "Failures",
            queue_name=self._platform.stage.physical_name(f"{self.name}-failures"),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )

    def _log_group(self) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "Logs",
            log_group_name=self._platform.stage.log_group(self.name),
            retention=retention(self._platform.stage),
            encryption_key=self._platform.key,
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _policy(self) -> iam.ManagedPolicy:
        own_logs = [self.log_group.log_group_arn]
        x_ray = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
        statements = [
            iam.PolicyStatement(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=own_logs),
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.failures.queue_arn]),
        ]
        if self._traced:
            statements.append(iam.PolicyStatement(actions=x_ray, resources=["*"]))
        if self._network:
            interfaces = iam.PolicyStatement(actions=list(NETWORK_INTERFACE_ACTIONS), resources=["*"])
            statements += [interfaces, self._not_by_its_code()]
        return iam.ManagedPolicy(self, "Policy", roles=[self.role], statements=statements)

    def _not_by_its_code(self) -> iam.PolicyStatement:
        """Lambda itself attaches the function to the network; code that runs in it has no business there."""
        stack = Stack.of(self)
        arn = stack.format_arn(
            service="lambda",
            resource="function",
            resource_name=self._platform.stage.physical_name(self.name),
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        return iam.PolicyStatement(
            effect=iam.Effect.DENY,
            actions=list(NETWORK_INTERFACE_ACTIONS),
            resources=["*"],
            conditions={"ArnEquals": {"lambda:SourceFunctionArn": arn}},
        )

    def _function(
        self, environment: Mapping[str, str], reserved_concurrency: int, timeout: Duration, memory_mb: int
    ) -> lambda_.Function:
        platform, network = self._platform, self._network
        arm, intel = lambda_.Architecture.ARM_64, lambda_.Architecture.X86_64
        function = lambda_.Function(
            self,
            "Function",
            function_name=platform.stage.physical_name(self.name),
            handler=f"functions.{self._code}.handler.handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=arm if platform.target.arm else intel,
            code=function_code(platform.target),
            layers=[dependencies(self, platform.target, self._code)],
            environment={"STAGE": platform.stage.name, **environment, **self._of_libraries()},
            reserved_concurrent_executions=reserved_concurrency,
            timeout=timeout,
            memory_size=memory_mb,
            tracing=lambda_.Tracing.ACTIVE if self._traced else lambda_.Tracing.PASS_THROUGH,
            dead_letter_queue=self.failures,
            retry_attempts=RETRIES,
            max_event_age=MAX_EVENT_AGE,
            # Every permission is a statement of our own policy: CDK adds none behind our back.
            role=self.role.without_policy_updates(),
            log_group=self.log_group,
            **(QUIET if self._quiet else {}),
            vpc=network.vpc if network else None,
            vpc_subnets=network.function_subnets if network else None,
            security_groups=[network.functions] if network else None,
        )
        # Without its permissions a custom resource would fail on its first call.
        function.node.add_dependency(self.policy)
        return function

    def _of_libraries(self) -> dict[str, str]:
        return {
            # pydantic has no plugins here: it need not look through every package for one while a function starts.
            "PYDANTIC_DISABLE_PLUGINS": "__all__",
            "POWERTOOLS_SERVICE_NAME": self.name,
            "POWERTOOLS_METRICS_NAMESPACE": self._platform.monitoring.namespace,
            "POWERTOOLS_LOG_LEVEL": "INFO",
        }

    def _acknowledge_findings(self) -> None:
        acknowledge(self.failures, QUEUE_REASONS)
        acknowledge(self.policy, {"AwsSolutions-IAM5[Resource::*]": STAR, "CKV_AWS_111": STAR})
        acknowledge(self.function, FUNCTION_REASONS)
        if not self._traced:
            acknowledge(self.function, UNTRACED_REASONS)
        acknowledge(self.function.node.find_child("EventInvokeConfig"), ASYNC_REASONS)
        if self._network is None:
            why = OUTSIDE_VPC if self._platform.network else NO_VPC
            acknowledge(self.function, {"NIST.800.53.R5-LambdaInsideVPC": why, "CKV_AWS_117": why})


def _full_arn(secret: secretsmanager.ISecret) -> str:
    # A secret found by name has no known suffix: six characters that AWS chose.
    return secret.secret_full_arn or f"{secret.secret_arn}-??????"
