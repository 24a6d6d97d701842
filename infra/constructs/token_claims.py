"""What Cognito asks before it makes a token: the name that records give somebody, and the roles that they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from infra.constructs.platform import Platform


class TokenClaims(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, platform: Platform, pool: cognito.UserPool) -> None:
        super().__init__(scope, construct_id)
        function = ServiceFunction(
            self,
            "token_claims",
            platform=platform,
            environment={},
            reserved_concurrency=platform.stage.sizes.concurrency.token_claims,
            # Cognito waits no longer.
            timeout=Duration.seconds(5),
            memory_mb=512,
            in_network=False,
        )
        pool.add_trigger(
            cognito.UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, function.function, cognito.LambdaVersion.V2_0
        )
