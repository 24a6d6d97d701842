"""A user name with a password that AWS makes up: nobody ever types or sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from aws_cdk import aws_secretsmanager as secretsmanager

from infra.acknowledge import acknowledge

if TYPE_CHECKING:
    from constructs import Construct

    from infra.constructs.platform import Platform

ROTATION = "Rotation every 90 days is brought by the function secret_rotation, whose schedule stands in another stack"
RULES = ("AwsSolutions-SMG4", "NIST.800.53.R5-SecretsManagerRotationEnabled")


def generated_secret(
    scope: Construct, construct_id: str, *, name: str, username: str, platform: Platform, reason: str = ROTATION
) -> secretsmanager.ISecret:
    secret = secretsmanager.Secret(
        scope,
        construct_id,
        secret_name=platform.stage.physical_name(name),
        encryption_key=platform.key,
        generate_secret_string=secretsmanager.SecretStringGenerator(
            secret_string_template=json.dumps({"username": username}),
            generate_string_key="password",
            password_length=64,
            exclude_punctuation=True,
        ),
    )
    acknowledge(secret, dict.fromkeys(RULES, reason))
    # In AWS `Ref` and `Id` are both the ARN; MiniStack's `Ref` is the name, which no policy would match.
    resource = cast("secretsmanager.CfnSecret", secret.node.default_child)
    return secretsmanager.Secret.from_secret_complete_arn(scope, f"{construct_id}ByArn", resource.attr_id)
