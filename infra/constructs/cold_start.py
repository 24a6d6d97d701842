"""The function that gives others new environments, on a restored database or after a promoted one, and has them answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_cdk import ArnFormat, Duration, Stack
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.constructs.gradual_shift import LIVE
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from infra.constructs.platform import DataServices, Platform
    from infra.stages import Stage

HEALTH = {
    "version": "2.0", "routeKey": "$default", "rawPath": "/health/db", "rawQueryString": "", "headers": {},
    "requestContext": {
        "http": {"method": "GET", "path": "/health/db", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "p09"},
        "requestId": "cold-start", "routeKey": "$default", "stage": "$default", "domainName": "p09", "timeEpoch": 0,
    },
    "isBase64Encoded": False,
}  # fmt: skip
# Every function that logs in to PostgreSQL, the promotion's own apart, and the event by which it shows that it can.
FUNCTIONS: dict[str, dict[str, Any] | None] = {
    "api": HEALTH,
    "collect": None,
    "query": None,
    "ingest_worker": {},
    "audit_anchor": None,
    "credential_expiry": None,
    "credential_reconciliation": None,
    "secret_rotation": None,
    "migrate": None,
    "staging_api": None,
    "staging_query": None,
}
# Those that can be pointed to a restored database before anybody decides on it.
STAGING: dict[str, dict[str, Any] | None] = {"staging_api": HEALTH, "staging_query": None}
SHIFTED = frozenset({"api", "collect", "query"})
CONFIGURING = (
    "lambda:GetFunctionConfiguration",
    "lambda:InvokeFunction",
    "lambda:PublishVersion",
    "lambda:UpdateAlias",
    "lambda:UpdateFunctionConfiguration",
)
OWNER_SECRET = "rds!cluster-*"  # noqa: S105 -- the name of secrets that RDS manages
OWNER_REASON = (
    "RDS names the secret that it manages after the cluster's own id, and a promoted restore is another cluster"
)
QUALIFIED = "Versions and aliases of functions that are known by their names"


class ColdStart(Construct):
    def __init__(
        self, scope: Construct, construct_id: str, *, platform: Platform, data: DataServices, staging_url: str
    ) -> None:
        super().__init__(scope, construct_id)
        stage = platform.stage
        self.function = ServiceFunction(
            self,
            "cold_start",
            platform=platform,
            environment={
                "OPERATIONS_TABLE_NAME": data.operations.table_name,
                "FUNCTIONS": _listed(stage, FUNCTIONS),
                "STAGING_FUNCTIONS": _listed(stage, STAGING),
                "STAGING_URL": staging_url,
                "POSTGRES_HOME_HOST": data.postgres.host,
                "POSTGRES_HOME_PORT": str(data.postgres.port),
            },
            reserved_concurrency=stage.sizes.concurrency.cold_start,
            # Two cold starts of others are waited for.
            timeout=Duration.minutes(2),
            memory_mb=256,
            in_network=False,
        )
        self.function.allow_table(data.operations)
        arns = [
            Stack.of(self).format_arn(
                service="lambda",
                resource="function",
                resource_name=stage.physical_name(name),
                arn_format=ArnFormat.COLON_RESOURCE_NAME,
            )
            for name in FUNCTIONS
        ]
        shifted = [f"{arn}:*" for name, arn in zip(FUNCTIONS, arns, strict=True) if name in SHIFTED]
        self.function.allow(*CONFIGURING, resources=[*arns, *shifted])
        partition = "arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function"
        for name in SHIFTED:
            finding = f"AwsSolutions-IAM5[Resource::{partition}:{stage.physical_name(name)}:*]"
            acknowledge(self.function.policy, {finding: QUALIFIED})


def _listed(stage: Stage, functions: dict[str, dict[str, Any] | None]) -> str:
    return json.dumps(
        [
            {
                "name": stage.physical_name(name),
                "alias": LIVE if name in SHIFTED and stage.sizes.shift else "",
                "asked": asked,
            }
            for name, asked in functions.items()
        ]
    )


def allow_owner_secret(function: ServiceFunction) -> None:
    """Let a function log in as the owner of a cluster that a promoted restore made the running one."""
    arn = Stack.of(function).format_arn(
        service="secretsmanager",
        resource="secret",
        resource_name=OWNER_SECRET,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    function.allow("secretsmanager:GetSecretValue", resources=[arn])
    finding = f"arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:{OWNER_SECRET}"
    acknowledge(function.policy, {f"AwsSolutions-IAM5[Resource::{finding}]": OWNER_REASON})
