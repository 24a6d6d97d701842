"""The delivery pipeline's own tokens: a client with a secret, which may ask for one scope and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import Duration, SecretValue
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.acknowledge import acknowledge

if TYPE_CHECKING:
    from infra.constructs.platform import Platform

RESOURCE, SCOPE = "delivery", "changes"
SECRET_REASON = "Cognito made it, and keeps it: it turns over with the client, by replacing that"  # noqa: S105 -- a reason
SECRET_REASONS = {
    "AwsSolutions-SMG4": SECRET_REASON,
    "NIST.800.53.R5-SecretsManagerRotationEnabled": SECRET_REASON,
}


class PipelineClient(Construct):
    def __init__(
        self, scope: Construct, construct_id: str, *, platform: Platform, pool: cognito.UserPool, token_url: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        changes = cognito.ResourceServerScope(
            scope_name=SCOPE, scope_description="Plan changes, report their steps, let them go to production"
        )
        server = cognito.UserPoolResourceServer(self, "Delivery", user_pool=pool, identifier=RESOURCE, scopes=[changes])
        self.client = cognito.UserPoolClient(
            self,
            "Client",
            user_pool=pool,
            user_pool_client_name=platform.stage.physical_name("pipeline"),
            generate_secret=True,
            auth_flows=cognito.AuthFlow(user_password=False),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(client_credentials=True),
                scopes=[cognito.OAuthScope.resource_server(server, changes)],
            ),
            access_token_validity=Duration.minutes(15),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )
        self.secret = self._secret(token_url)

    def _secret(self, token_url: str) -> secretsmanager.Secret:
        """CloudFormation hands Cognito's secret over: it stands in no template, output or log."""
        client = cast("cognito.CfnUserPoolClient", self.client.node.default_child)
        secret = secretsmanager.Secret(
            self,
            "Secret",
            secret_name=self._platform.stage.physical_name("pipeline-client"),
            encryption_key=self._platform.key,
            secret_object_value={
                "client_id": SecretValue.resource_attribute(client.ref),
                "client_secret": SecretValue.resource_attribute(client.attr_client_secret),
                "token_url": SecretValue.unsafe_plain_text(token_url),
                "scope": SecretValue.unsafe_plain_text(f"{RESOURCE}/{SCOPE}"),
            },
        )
        acknowledge(secret, SECRET_REASONS)
        return secret
