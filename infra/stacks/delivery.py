"""Who may deploy the stage: the pipeline, by a token that GitHub signs for each job (OIDC), so that no key is kept anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, CfnParameter, DefaultStackSynthesizer, Duration, Stack
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from constructs import Construct

    from infra.constructs.platform import DataServices, Platform

ISSUER = "token.actions.githubusercontent.com"
# The partition of `shared/delivery/snapshot_store.py`.
LOAD_SNAPSHOTS = "load-snapshot"
LONGEST = Duration.hours(2)
# GitHub knows no owner of such a name: nobody's jobs take the role until a deploy names the repository.
NOBODY = "_/_"
# What the CDK's bootstrap made for deploying: files are published, then CloudFormation is asked.
BOOTSTRAP_ROLES = ("deploy-role", "file-publishing-role", "lookup-role")


class DeliveryStack(Stack):
    """The account's OIDC provider for GitHub is made once, by hand: stages may share an account, which has one of each."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        data: DataServices,
        regions: list[str],
        **props: Any,
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self._regions = regions
        self._platform = platform
        self._data = data
        repository = CfnParameter(
            self,
            "Repository",
            description="The repository on GitHub, as owner/name, whose environment of the stage's name may deploy it",
            allowed_pattern=r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+",
            default=NOBODY,
        )
        role = self._role(repository.value_as_string)
        iam.ManagedPolicy(self, "Policy", roles=[role], statements=[self._deploy(), *self._verify()])
        CfnOutput(self, "RoleArn", value=role.role_arn)

    def _role(self, repository: str) -> iam.Role:
        provider = f"arn:{self.partition}:iam::{self.account}:oidc-provider/{ISSUER}"
        subject = f"repo:{repository}:environment:{self._platform.stage.name}"
        return iam.Role(
            self,
            "Role",
            role_name=self._platform.stage.physical_name("deploy"),
            assumed_by=iam.WebIdentityPrincipal(
                provider, {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": subject}}
            ),
            max_session_duration=LONGEST,
        )

    def _verify(self) -> list[iam.PolicyStatement]:
        """What scripts/delivery asks for: the canary's keys, and the load snapshots. It writes nothing: the API does."""
        table = self._data.operations.table_arn
        through = [f"{service}.{self.region}.amazonaws.com" for service in ("secretsmanager", "dynamodb")]
        return [
            iam.PolicyStatement(
                actions=["secretsmanager:GetSecretValue"], resources=[self._data.canary_secret.secret_arn]
            ),
            iam.PolicyStatement(
                actions=["dynamodb:Query"],
                resources=[table],
                conditions={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [LOAD_SNAPSHOTS]}},
            ),
            iam.PolicyStatement(
                actions=["kms:Decrypt"],
                resources=[self._platform.key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": through}},
            ),
        ]

    def _deploy(self) -> iam.PolicyStatement:
        qualifier = DefaultStackSynthesizer.DEFAULT_QUALIFIER
        roles = [
            f"arn:{self.partition}:iam::{self.account}:role/cdk-{qualifier}-{role}-{self.account}-{region}"
            for region in self._regions
            for role in BOOTSTRAP_ROLES
        ]
        return iam.PolicyStatement(actions=["sts:AssumeRole"], resources=roles)
