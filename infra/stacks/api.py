"""The HTTP API and the three functions behind it: what takes events, what answers queries, and the rest; and staging."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Duration, Stack
from constructs import Construct

from infra.constructs.gateway import gateway
from infra.constructs.gradual_shift import GradualShift
from infra.constructs.restore_workflow import workflow_arn
from infra.constructs.service_function import ServiceFunction
from infra.constructs.stage_secrets import arns, stored

if TYPE_CHECKING:
    from aws_cdk import aws_apigatewayv2 as apigateway
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_secretsmanager as secretsmanager

    from infra.constructs.identity import Identity
    from infra.constructs.platform import DataServices, Platform

# Construct ids. The shift of `api` is older than the others and keeps its id: a new one would be a second alias of one name.
SHIFT_IDS = {"collect": "CollectShift", "query": "QueryShift", "api": "Shift"}


class ApiStack(Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        data: DataServices,
        identity: Identity,
        **props: Any,
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self._platform = platform
        self._data = data
        self._identity = identity
        functions = self._collect(), self._query(), self._api()
        self.gateway = gateway(self, platform=platform, live={one.name: self._live(one) for one in functions})
        self.staging = self._staging()
        CfnOutput(self, "ApiUrl", value=self.gateway.api_endpoint)
        CfnOutput(self, "StagingApiId", value=self.staging.api_id)
        CfnOutput(self, "StagingUrl", value=self.staging_url)

    @property
    def domain(self) -> str:
        """Host name of the API, as CloudFront reaches it."""
        return f"{self.gateway.api_id}.execute-api.{self.region}.{self.url_suffix}"

    @property
    def staging_url(self) -> str:
        """Where staging answers; on this machine the front door knows it by a path."""
        local = self._platform.stage.local
        return f"{local.origin}/staging" if local else self.staging.api_endpoint

    def _collect(self) -> ServiceFunction:
        """Takes events. A flood of them uses up its own concurrency, and nobody else's."""
        bus = self._data.bus
        collect = self._function(
            "collect",
            self._data.postgres.collect_secret,
            environment={"EVENT_BUS_NAME": bus.event_bus_name},
            traced=False,
            quiet=True,
        )
        collect.allow("events:PutEvents", resources=[bus.event_bus_arn])
        return collect

    def _query(self, name: str = "query") -> ServiceFunction:
        """Answers queries, which take the longest and will take the most memory."""
        data = self._data
        query = self._function(
            name,
            data.postgres.query_secret,
            code="query",
            environment={"OPERATIONS_TABLE_NAME": data.operations.table_name, **self._identity.environment()},
        )
        # The signing keys, and whose sessions were ended.
        query.allow_table(data.operations)
        return query

    def _api(self) -> ServiceFunction:
        """Console and operations."""
        data, api = self._data, self._console("api")
        api.allow("events:PutEvents", resources=[data.bus.event_bus_arn])
        ages = arns(self, self._platform, stored(self._platform))
        api.allow("secretsmanager:ListSecretVersionIds", resources=ages)
        drills = [workflow_arn(self, self._platform.stage)]
        api.allow("states:StartExecution", resources=drills)
        # Of whose task it is the token says, and nothing else: these actions know no resource.
        api.allow("states:SendTaskSuccess", "states:SendTaskFailure", resources=["*"])
        api.allow_table(data.operations)
        return api

    def _console(self, name: str) -> ServiceFunction:
        data = self._data
        return self._function(
            name,
            data.postgres.api_secret,
            code="api",
            environment={
                "EVENT_BUS_NAME": data.bus.event_bus_name,
                "OPERATIONS_TABLE_NAME": data.operations.table_name,
                **self._identity.environment(),
                "RESTORE_WORKFLOW_ARN": workflow_arn(self, self._platform.stage),
            },
        )

    def _staging(self) -> apigateway.HttpApi:
        """A second `api` and `query`, which can be pointed to a restored database (shared/backups/staging.py). They read what the
        others write, and act on nothing."""
        api, query = self._console("staging_api"), self._query("staging_query")
        api.allow_table(self._data.operations, reads_only=True)
        scope = Construct(self, "Staging")
        live = {"api": api.function, "query": query.function}
        return gateway(scope, platform=self._platform, live=live, name="staging", counted=False)

    def _function(
        self,
        name: str,
        login: secretsmanager.ISecret,
        *,
        environment: dict[str, str],
        code: str = "",
        traced: bool = True,
        quiet: bool = False,
    ) -> ServiceFunction:
        """What every HTTP function has: its own login of PostgreSQL, Valkey, limits, and what tells a request that came by
        CloudFront from one to the gateway's own address, which is refused. Before staging's functions there is no CloudFront."""
        data = self._data
        proof = [data.origin_secret] if code in {"", name} else []
        function = ServiceFunction(
            self,
            name,
            code=code,
            platform=self._platform,
            environment={
                **data.postgres.environment(),
                "POSTGRES_SECRET_ARN": login.secret_arn,
                **data.valkey.environment(),
                "LIMITS": json.dumps(self._platform.monitoring.runbook["limits"]),
                "ORIGIN_SECRET_ARN": proof[0].secret_arn if proof else "",
                **environment,
            },
            reserved_concurrency=getattr(self._platform.stage.sizes.concurrency, name),
            timeout=Duration.seconds(15),
            memory_mb=1024,
            traced=traced,
            quiet=quiet,
        )
        function.allow_secrets(login, data.valkey.secret, *proof)
        return function

    def _live(self, function: ServiceFunction) -> lambda_.IFunction:
        """What requests go to."""
        shift = self._platform.stage.sizes.shift
        if shift is None:
            return function.function
        shift_id = SHIFT_IDS[function.name]
        return GradualShift(self, shift_id, platform=self._platform, function=function, shift=shift).alias
