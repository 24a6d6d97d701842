from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from infra.stages import AWS_STAGES

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly, Resource

STAGES = [stage.name for stage in AWS_STAGES]


def role(assembly: Assembly, stage: str) -> Resource:
    (found,) = assembly.stages[stage]["Delivery"].of_type("AWS::IAM::Role")
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_only_a_job_in_the_environment_of_the_stage_takes_its_role(assembly: Assembly, stage: str) -> None:
    (statement,) = role(assembly, stage).properties["AssumeRolePolicyDocument"]["Statement"]
    conditions = statement["Condition"]["StringEquals"]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert conditions["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
    subject = conditions["token.actions.githubusercontent.com:sub"]
    assert subject == {"Fn::Join": ["", ["repo:", {"Ref": "Repository"}, f":environment:{stage}"]]}


def test_the_role_deploys_by_the_bootstraps_roles_and_reads_what_verifying_needs(assembly: Assembly) -> None:
    (policy,) = assembly.stages["prod"]["Delivery"].of_type("AWS::IAM::ManagedPolicy")
    statements = policy.properties["PolicyDocument"]["Statement"]
    assert [one["Action"] for one in statements] == [
        "sts:AssumeRole",
        "secretsmanager:GetSecretValue",
        ["dynamodb:PutItem", "dynamodb:Query"],
        ["kms:Decrypt", "kms:GenerateDataKey"],
    ]
    assert all("*" not in json.dumps(one["Resource"]) for one in statements)


def test_this_machine_is_deployed_by_nobody_else(assembly: Assembly) -> None:
    assert "Delivery" not in assembly.stages["local"]
