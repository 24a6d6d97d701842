"""Who people are: a user pool, a group for each role, the console's clients, SSO, and the pipeline's client.

And what they did and may do for a while: the audit trail's anchor, the end of temporary database credentials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cognito as cognito

from infra.acknowledge import acknowledge
from infra.constructs.audit_anchor import AuditAnchor
from infra.constructs.database_credentials import DatabaseCredentials
from infra.constructs.identity import Identity
from infra.constructs.kept import kept
from infra.constructs.pipeline_client import PipelineClient
from infra.constructs.secret_rotation import SecretRotation
from infra.constructs.signing_keys import SigningKeys
from infra.constructs.single_sign_on import GROUPS, SingleSignOn
from infra.constructs.token_claims import TokenClaims

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

    from infra.constructs.platform import DataServices, Platform

POOL_REASONS = {
    "AwsSolutions-COG2": "A second factor can be used; of engineers SSO asks it, where the stage has SSO",
    "AwsSolutions-COG8": "It judges passwords typed here; engineers come by SSO, which judges its own",
}
# As long as invitations to organisations, with which they are mailed.
TEMPORARY_PASSWORD_LIFETIME = Duration.days(7)
ROLES = ("P09-Developer", "P09-SRE", "P09-DBA", "P09-Lead", "P09-Auditor")


class AccessStack(Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        data: DataServices,
        access_logs: s3.IBucket,
        **props: Any,
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self._stage = platform.stage
        self.pool = self._pool()
        for role in ROLES:
            cognito.UserPoolGroup(self, role.removeprefix("P09-"), user_pool=self.pool, group_name=role)
        self.client = self._client()
        TokenClaims(self, "TokenClaims", platform=platform, pool=self.pool)
        jwks_url = f"{self._endpoint}/{self.pool.user_pool_id}/.well-known/jwks.json"
        SigningKeys(self, "SigningKeys", platform=platform, data=data, jwks_url=jwks_url)
        base_url = self._base_url()
        self._redirect = SingleSignOn(self, "Sso", stage=self._stage, pool=self.pool, base_url=base_url).redirect
        self.pipeline = PipelineClient(
            self, "Pipeline", platform=platform, pool=self.pool, token_url=f"{base_url}/oauth2/token"
        )
        self.audit_bucket = AuditAnchor(self, "Audit", platform=platform, data=data, access_logs=access_logs).bucket
        credentials = DatabaseCredentials(self, "Credentials", platform=platform, data=data)
        SecretRotation(self, "Rotation", platform=platform, data=data, watched=credentials.reconciliation)
        CfnOutput(self, "UserPoolId", value=self.pool.user_pool_id)
        CfnOutput(self, "UserPoolClientId", value=self.client.user_pool_client_id)

    @property
    def identity(self) -> Identity:
        return Identity(
            issuer=f"{self._aws}/{self.pool.user_pool_id}",
            endpoint=f"{self._endpoint}/",
            client_id=self.client.user_pool_client_id,
            pipeline_client_id=self.pipeline.client.user_pool_client_id,
            redirect=self._redirect,
        )

    @property
    def _aws(self) -> str:
        return f"https://cognito-idp.{self.region}.amazonaws.com"

    @property
    def _endpoint(self) -> str:
        """Tokens name AWS's issuer everywhere; on this machine its keys are MiniStack's to serve."""
        return self._stage.local.aws_endpoint if self._stage.local else self._aws

    def _base_url(self) -> str:
        """Of the pool's pages and of its token endpoint."""
        prefix = f"{self._stage.physical_name('people')}-{self.account}"
        domain = self.pool.add_domain("Domain", cognito_domain=cognito.CognitoDomainOptions(domain_prefix=prefix))
        return self._stage.local.aws_endpoint if self._stage.local else domain.base_url()

    def _pool(self) -> cognito.UserPool:
        pool = cognito.UserPool(
            self,
            "People",
            user_pool_name=self._stage.physical_name("people"),
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            custom_attributes={GROUPS: cognito.StringAttribute(max_len=2048, mutable=True)},
            # What lets a trigger add to access tokens.
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_digits=True,
                require_lowercase=True,
                require_symbols=True,
                require_uppercase=True,
                temp_password_validity=TEMPORARY_PASSWORD_LIFETIME,
            ),
            email=self._email(),
            user_verification=cognito.UserVerificationConfig(
                email_subject="Your code for P09",
                email_body="Your code is <strong>{####}</strong>. With it you set another password for P09. It works for an hour. "
                "You did not ask for it? Then you need do nothing.",
            ),
            deletion_protection=self._stage.protected,
            removal_policy=kept(self._stage),
        )
        acknowledge(pool, POOL_REASONS)
        return pool

    def _email(self) -> cognito.UserPoolEmail:
        """How codes for a forgotten password are sent."""
        mail = self._stage.mail
        if mail is None:
            return cognito.UserPoolEmail.with_cognito()
        return cognito.UserPoolEmail.with_ses(
            from_email=mail.address, from_name=mail.name, ses_verified_domain=mail.domain, ses_region=self.region
        )

    def _client(self) -> cognito.UserPoolClient:
        return self.pool.add_client(
            "Console",
            user_pool_client_name=self._stage.physical_name("console"),
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            disable_o_auth=True,
            # Who signs in by password changes nothing that records or roles come from.
            write_attributes=cognito.ClientAttributes().with_standard_attributes(locale=True),
            access_token_validity=Duration.hours(1),
            id_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(1),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )
