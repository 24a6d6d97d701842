from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from infra.stages import AWS_STAGES
from shared.delivery.snapshot_store import PARTITION
from tests.infra.assembly import COPY_REGION

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


@pytest.mark.parametrize("stage", STAGES)
def test_the_role_takes_the_bootstraps_roles_in_every_region_of_the_stages_stacks(
    assembly: Assembly, stage: str
) -> None:
    (policy,) = assembly.stages[stage]["Delivery"].of_type("AWS::IAM::ManagedPolicy")
    (taken,) = [one for one in policy.properties["PolicyDocument"]["Statement"] if one["Action"] == "sts:AssumeRole"]
    needed = {role for stack in assembly.stacks(stage) for role in stack.deploying_roles}
    assert any(role.endswith(COPY_REGION) for role in needed)
    assert {_text(one) for one in taken["Resource"]} == needed


def test_without_a_repository_a_stage_deploys_and_nobodys_jobs_take_its_role(assembly: Assembly) -> None:
    for stage in STAGES:
        parameter = assembly.stages[stage]["Delivery"].template["Parameters"]["Repository"]
        assert re.fullmatch(parameter["AllowedPattern"], parameter["Default"])
        owner, _, _ = parameter["Default"].partition("/")
        assert not re.fullmatch(r"[A-Za-z0-9-]+", owner), "GitHub may have such an owner"


def test_the_role_deploys_by_the_bootstraps_roles_and_reads_what_verifying_needs(assembly: Assembly) -> None:
    (policy,) = assembly.stages["prod"]["Delivery"].of_type("AWS::IAM::ManagedPolicy")
    statements = policy.properties["PolicyDocument"]["Statement"]
    assert [one["Action"] for one in statements] == [
        "sts:AssumeRole",
        "secretsmanager:GetSecretValue",
        "dynamodb:Query",
        "kms:Decrypt",
    ]
    assert statements[2]["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [PARTITION]}}
    assert all("*" not in json.dumps(one["Resource"]) for one in statements)


def test_this_machine_is_deployed_by_nobody_else(assembly: Assembly) -> None:
    assert "Delivery" not in assembly.stages["local"]


def _text(arn: Any) -> str:
    """As the manifest writes it."""
    if isinstance(arn, str):
        return arn
    return "".join(one if isinstance(one, str) else f"${{{one['Ref']}}}" for one in arn["Fn::Join"][1])
