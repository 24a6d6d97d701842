"""Sign-in by redirect (authorization code with PKCE), where the stage has it: by the company's SSO, on this machine by the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.constructs.identity import Redirect

if TYPE_CHECKING:
    from infra.stages import Sso, Stage

PROVIDER = "SSO"
GROUPS = "groups"
# Where the console takes the code, and where it ends up after signing out.
CALLBACK_PATH = "/signed-in"
SIGNED_OUT_PATH = "/"


class SingleSignOn(Construct):
    def __init__(
        self, scope: Construct, construct_id: str, *, stage: Stage, pool: cognito.UserPool, base_url: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        self._pool = pool
        self._base_url = base_url
        self.redirect = self._by_sso(stage.sso) if stage.sso else self._by_pool()

    def _by_sso(self, sso: Sso) -> Redirect:
        provider = self._provider(sso)
        # What SSO writes at each sign-in, its client has to be allowed to write. Its tokens carry no scope that would let their
        # bearer do so (aws.cognito.signin.user.admin), and nobody has a password at it.
        written = cognito.ClientAttributes().with_standard_attributes(email=True, fullname=True)
        client = self._client(
            sso.console_url,
            cognito.UserPoolClientIdentityProvider.custom(PROVIDER),
            written.with_custom_attributes(GROUPS),
        )
        client.node.add_dependency(provider)
        return self._redirect(client, PROVIDER)

    def _by_pool(self) -> Redirect | None:
        """No metadata, no SSO: the demo people of this machine take the same way through the pool's own page."""
        if self._stage.local is None:
            return None
        nothing = cognito.ClientAttributes().with_standard_attributes(locale=True)
        client = self._client(self._stage.local.origin, cognito.UserPoolClientIdentityProvider.COGNITO, nothing)
        return self._redirect(client, "")

    def _provider(self, sso: Sso) -> cognito.UserPoolIdentityProviderSaml:
        said = cognito.ProviderAttribute.other
        return cognito.UserPoolIdentityProviderSaml(
            self,
            "Provider",
            user_pool=self._pool,
            name=PROVIDER,
            metadata=cognito.UserPoolIdentityProviderSamlMetadata.url(sso.metadata_url),
            idp_initiated=False,
            request_signing_algorithm=cognito.SigningAlgorithm.RSA_SHA256,
            attribute_mapping=cognito.AttributeMapping(
                email=said(sso.email_attribute),
                fullname=said(sso.name_attribute),
                custom={f"custom:{GROUPS}": said(sso.groups_attribute)},
            ),
        )

    def _client(
        self, origin: str, provider: cognito.UserPoolClientIdentityProvider, written: cognito.ClientAttributes
    ) -> cognito.UserPoolClient:
        return cognito.UserPoolClient(
            self,
            "Client",
            user_pool=self._pool,
            user_pool_client_name=self._stage.physical_name("console-by-redirect"),
            generate_secret=False,
            # No flow but the code's: what is left is the refresh of its tokens.
            auth_flows=cognito.AuthFlow(user_password=False),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID],
                callback_urls=[f"{origin}{CALLBACK_PATH}"],
                logout_urls=[f"{origin}{SIGNED_OUT_PATH}"],
            ),
            supported_identity_providers=[provider],
            write_attributes=written,
            access_token_validity=Duration.hours(1),
            id_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(1),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )

    def _redirect(self, client: cognito.UserPoolClient, provider: str) -> Redirect:
        return Redirect(
            client_id=client.user_pool_client_id,
            authorize_url=f"{self._base_url}/oauth2/authorize",
            token_url=f"{self._base_url}/oauth2/token",
            logout_url=f"{self._base_url}/logout",
            provider=provider,
        )
