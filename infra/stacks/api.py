"""The HTTP API and the function behind it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_logs as logs

from infra.acknowledge import acknowledge
from infra.constructs.gradual_shift import GradualShift
from infra.constructs.metric_filter import count_lines
from infra.constructs.restore_workflow import workflow_arn
from infra.constructs.retention import retention
from infra.constructs.scheduled_task import READ_AND_WRITE
from infra.constructs.service_function import ServiceFunction
from infra.constructs.stage_secrets import arns, stored

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from infra.constructs.identity import Identity
    from infra.constructs.platform import DataServices, Platform

AUTHORIZATION_REASON = "One route for all; the function authorizes each by key or token, and trackers have neither"
JSON_REASON = "Every line is JSON; its format is none yet, for want of quotes around what becomes a number"
# What the client saw; never who they were: addresses of visitors are stored nowhere. KPIs are counted from it.
ACCESS_LOG_FIELDS = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "route": "$context.routeKey",
    "status": "$context.status",
    "responseLatency": "$context.responseLatency",
    "integrationLatency": "$context.integrationLatency",
    "integrationStatus": "$context.integrationStatus",
    "integrationError": "$context.integrationErrorMessage",
    "responseLength": "$context.responseLength",
}
# Always there, and never a dash: metric filters compare them as the numbers that they are.
ACCESS_LOG_NUMBERS = ("$context.status", "$context.responseLatency")


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
        self.api = self._function(data, identity)
        self.gateway = self._gateway()
        self._stage()
        CfnOutput(self, "ApiUrl", value=self.gateway.api_endpoint)

    @property
    def domain(self) -> str:
        """Host name of the API, as CloudFront reaches it."""
        return f"{self.gateway.api_id}.execute-api.{self.region}.{self.url_suffix}"

    def _function(self, data: DataServices, identity: Identity) -> ServiceFunction:
        api = ServiceFunction(
            self,
            "api",
            platform=self._platform,
            environment={
                **data.postgres.environment(),
                "POSTGRES_SECRET_ARN": data.postgres.api_secret.secret_arn,
                **data.valkey.environment(),
                "EVENT_BUS_NAME": data.bus.event_bus_name,
                "OPERATIONS_TABLE_NAME": data.operations.table_name,
                **identity.environment(),
                "RESTORE_WORKFLOW_ARN": workflow_arn(self, self._platform.stage),
                "ORIGIN_SECRET_ARN": data.origin_secret.secret_arn,
                "LIMITS": json.dumps(self._platform.monitoring.runbook["limits"]),
            },
            reserved_concurrency=self._platform.stage.sizes.concurrency.api,
            timeout=Duration.seconds(15),
            memory_mb=1024,
        )
        api.allow_secrets(data.postgres.api_secret, data.valkey.secret, data.origin_secret)
        api.allow("events:PutEvents", resources=[data.bus.event_bus_arn])
        ages = arns(self, self._platform, stored(self._platform))
        api.allow("secretsmanager:ListSecretVersionIds", resources=ages)
        drills = [workflow_arn(self, self._platform.stage)]
        api.allow("states:StartExecution", "states:SendTaskSuccess", "states:SendTaskFailure", resources=drills)
        api.allow_table(data.operations, *READ_AND_WRITE)
        return api

    def _gateway(self) -> apigateway.HttpApi:
        gateway = apigateway.HttpApi(
            self,
            "Http",
            api_name=self._platform.stage.physical_name("api"),
            create_default_stage=False,
            default_integration=integrations.HttpLambdaIntegration("Api", self._live()),
        )
        acknowledge(gateway, {"AwsSolutions-APIG4": AUTHORIZATION_REASON})
        return gateway

    def _live(self) -> lambda_.IFunction:
        """What requests go to."""
        shift = self._platform.stage.sizes.shift
        if shift is None:
            return self.api.function
        return GradualShift(self, "Shift", platform=self._platform, function=self.api, shift=shift).alias

    def _stage(self) -> None:
        log_group = logs.LogGroup(
            self,
            "AccessLogs",
            log_group_name=self._platform.stage.access_log_group,
            retention=retention(self._platform.stage),
            encryption_key=self._platform.key,
            removal_policy=RemovalPolicy.DESTROY,
        )
        patterns = self._platform.monitoring.access_log_filters
        count_lines(self, log_group=log_group, platform=self._platform, patterns=patterns)
        rate = self._platform.stage.sizes.api_requests_per_second
        stage = apigateway.CfnStage(
            self,
            "Stage",
            api_id=self.gateway.api_id,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log_group.log_group_arn, format=access_log_format()
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=rate, throttling_burst_limit=2 * rate, detailed_metrics_enabled=True
            ),
        )
        acknowledge(stage, {"Serverless-APIGWStructuredLogging": JSON_REASON})


def access_log_format() -> str:
    """One line of JSON, in which numbers stand without quotes."""
    text = json.dumps(ACCESS_LOG_FIELDS)
    for number in ACCESS_LOG_NUMBERS:
        text = text.replace(f'"{number}"', number)
    return text
