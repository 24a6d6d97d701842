"""The daily tasks that look at the service from outside: health check and probes, Redis memory, deployment pipeline."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from aws_cdk import Duration
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.constructs.scheduled_task import run_as_task, run_every
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from infra.constructs.platform import DataServices, Platform
    from infra.stages import Stage

GITHUB = "https://api.github.com"
# A look takes as long as the canary may; three of them decide.
HEALTH_CHECK_TIMEOUT = Duration.minutes(5)
TOKEN = "A token of GitHub, which people put there and renew: AWS can't rotate it"  # noqa: S105 -- a reason
TOKEN_REASONS = {"AwsSolutions-SMG4": TOKEN, "NIST.800.53.R5-SecretsManagerRotationEnabled": TOKEN}


def github_url(stage: Stage) -> str:
    return stage.local.github_url if stage.local else GITHUB


class DailyTasks(Construct):
    """`url` is the public address of console and API: the checks take the way that customers take."""

    def __init__(
        self, scope: Construct, construct_id: str, *, platform: Platform, data: DataServices, url: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        self._data = data
        self.health_check = self._health_check(url)
        self.redis_memory = self._redis_memory()
        self.pipeline_secret = self._pipeline_secret()
        self.pipeline_review = self._pipeline_review()

    def _health_check(self, url: str) -> ServiceFunction:
        namespace = self._platform.monitoring.namespace
        function = self._task(
            "health_check",
            environment={
                "METRICS_NAMESPACE": namespace,
                "APP_URL": url,
                "API_URL": url,
                "CANARY_SECRET_ARN": self._data.canary_secret.secret_arn,
            },
            timeout=HEALTH_CHECK_TIMEOUT,
            in_network=False,
        )
        function.allow_secrets(self._data.canary_secret)
        function.allow("cloudwatch:PutMetricData", resources=["*"], when={"cloudwatch:namespace": namespace})
        run_every(self, platform=self._platform, function=function, name="probes")
        return function

    def _redis_memory(self) -> ServiceFunction:
        function = self._task(
            "redis_memory",
            environment=self._data.valkey.environment(),
            timeout=Duration.seconds(30),
            in_network=True,
        )
        function.allow_secrets(self._data.valkey.secret)
        return function

    def _pipeline_review(self) -> ServiceFunction:
        secret = self.pipeline_secret
        function = self._task(
            "pipeline_review",
            environment={"PIPELINE_SECRET_ARN": secret.secret_arn, "GITHUB_URL": github_url(self._platform.stage)},
            timeout=Duration.minutes(3),
            in_network=False,
        )
        function.allow_secrets(secret)
        return function

    def _pipeline_secret(self) -> secretsmanager.ISecret:
        """`{"repository": "owner/name", "token": …}`, put there by people; what AWS makes up first is neither."""
        secret = secretsmanager.Secret(
            self,
            "Pipeline",
            secret_name=self._platform.stage.physical_name("pipeline"),
            encryption_key=self._platform.key,
            description="For review and promotion: a repository (owner/name), and a token that may read and start its Actions",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps(dict.fromkeys(("repository", "token"), "")),
                generate_string_key="placeholder",
            ),
        )
        acknowledge(secret, TOKEN_REASONS)
        # As in generated_secret: MiniStack's `Ref` is the name, which no policy would match.
        resource = cast("secretsmanager.CfnSecret", secret.node.default_child)
        return secretsmanager.Secret.from_secret_complete_arn(self, "PipelineByArn", resource.attr_id)

    def _task(self, name: str, *, environment: dict[str, str], timeout: Duration, in_network: bool) -> ServiceFunction:
        function = ServiceFunction(
            self,
            name,
            platform=self._platform,
            environment={"OPERATIONS_TABLE_NAME": self._data.operations.table_name, **environment},
            reserved_concurrency=getattr(self._platform.stage.sizes.concurrency, name),
            timeout=timeout,
            memory_mb=512,
            in_network=in_network,
        )
        run_as_task(self, platform=self._platform, data=self._data, function=function, task=name)
        return function
