"""The HTTP API: which function each path goes to, what is logged of every request, how many a second are let in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_logs as logs

from infra.acknowledge import acknowledge
from infra.assets import ROOT
from infra.constructs.metric_filter import count_lines
from infra.constructs.retention import retention

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from infra.constructs.platform import Platform

ROUTES = ROOT / "infra" / "gateway.json"
# Every path that the table of permissions gives to no other function, and every path that does not exist.
DEFAULT = "api"
AUTHORIZATION_REASON = "The functions authorize each request by key or token, and trackers have neither"
# What an account allows all of its HTTP APIs together, until AWS raises it.
ACCOUNT_BURST = 5000
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


def gateway(scope: Construct, *, platform: Platform, live: Mapping[str, lambda_.IFunction]) -> apigateway.HttpApi:
    """The HTTP API of the stack that is the scope.

    Parameters
    ----------
    live
        The functions by name, or their aliases where traffic shifts to new versions step by step.
    """
    to = {name: integrations.HttpLambdaIntegration(name.capitalize(), one) for name, one in live.items()}
    api = apigateway.HttpApi(
        scope,
        "Http",
        api_name=platform.stage.physical_name("api"),
        create_default_stage=False,
        default_integration=to[DEFAULT],
    )
    acknowledge(api, {"AwsSolutions-APIG4": AUTHORIZATION_REASON})
    for function, routes in json.loads(ROUTES.read_text()).items():
        for route in routes:
            method, path = route.split(" ")
            api.add_routes(path=path, methods=[apigateway.HttpMethod(method)], integration=to[function])
    _stage(scope, platform, api)
    return api


def _stage(scope: Construct, platform: Platform, api: apigateway.HttpApi) -> None:
    log_group = logs.LogGroup(
        scope,
        "AccessLogs",
        log_group_name=platform.stage.access_log_group,
        retention=retention(platform.stage),
        encryption_key=platform.key,
        removal_policy=RemovalPolicy.DESTROY,
    )
    patterns = platform.monitoring.access_log_filters
    count_lines(scope, log_group=log_group, platform=platform, patterns=patterns)
    rate = platform.stage.sizes.api_requests_per_second
    stage = apigateway.CfnStage(
        scope,
        "Stage",
        api_id=api.api_id,
        stage_name="$default",
        auto_deploy=True,
        access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=log_group.log_group_arn, format=access_log_format()
        ),
        default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
            throttling_rate_limit=rate,
            throttling_burst_limit=min(2 * rate, ACCOUNT_BURST),
            detailed_metrics_enabled=True,
        ),
    )
    acknowledge(stage, {"Serverless-APIGWStructuredLogging": JSON_REASON})


def access_log_format() -> str:
    """One line of JSON, in which numbers stand without quotes."""
    text = json.dumps(ACCESS_LOG_FIELDS)
    for number in ACCESS_LOG_NUMBERS:
        text = text.replace(f'"{number}"', number)
    return text
