"""Who brings the pool's signing keys where functions in the VPC can read them: PrivateLink reaches no pool that has a domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CustomResource, Duration
from constructs import Construct

from infra.constructs.scheduled_task import run_every
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from infra.constructs.platform import DataServices, Platform

TIMEOUT = Duration.seconds(30)


class SigningKeys(Construct):
    def __init__(
        self, scope: Construct, construct_id: str, *, platform: Platform, data: DataServices, jwks_url: str
    ) -> None:
        super().__init__(scope, construct_id)
        function = ServiceFunction(
            self,
            "signing_keys",
            platform=platform,
            environment={"OPERATIONS_TABLE_NAME": data.operations.table_name, "JWKS_URL": jwks_url},
            reserved_concurrency=platform.stage.sizes.concurrency.signing_keys,
            timeout=TIMEOUT,
            memory_mb=512,
            in_network=False,
        )
        function.allow_table(data.operations)
        run_every(self, platform=platform, function=function, name="signing_keys")
        CustomResource(
            self,
            "First",
            resource_type="Custom::SigningKeys",
            service_token=function.function.function_arn,
            service_timeout=TIMEOUT,
            properties={"Of": jwks_url},
        )
