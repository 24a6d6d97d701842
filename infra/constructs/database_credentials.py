"""Temporary database credentials: what ends them, and what looks each day whether they have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from constructs import Construct

from infra.constructs.scheduled_task import run_as_task, run_every
from infra.constructs.service_function import ServiceFunction
from infra.constructs.stage_secrets import arns, stored

if TYPE_CHECKING:
    from infra.constructs.platform import DataServices, Platform


class DatabaseCredentials(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, platform: Platform, data: DataServices) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        self._data = data
        self.expiry = self._function("credential_expiry", Duration.seconds(140))
        self.reconciliation = self._function("credential_reconciliation", Duration.minutes(2))
        secrets = arns(self, platform, stored(platform))
        self.reconciliation.allow("secretsmanager:ListSecretVersionIds", resources=secrets)
        self.expiry.allow_table(data.operations)
        run_every(self, platform=platform, function=self.expiry, name="credential_expiry")
        run_as_task(self, platform=platform, data=data, function=self.reconciliation, task="credential_reconciliation")

    def _function(self, name: str, timeout: Duration) -> ServiceFunction:
        postgres = self._data.postgres
        function = ServiceFunction(
            self,
            name,
            platform=self._platform,
            environment={
                **postgres.environment(),
                "POSTGRES_SECRET_ARN": postgres.api_secret.secret_arn,
                "OPERATIONS_TABLE_NAME": self._data.operations.table_name,
            },
            reserved_concurrency=getattr(self._platform.stage.sizes.concurrency, name),
            timeout=timeout,
            memory_mb=512,
        )
        function.allow_secrets(postgres.api_secret)
        return function
