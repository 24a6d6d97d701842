from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.assembly import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.infra.assembly import Assembly, Resource

# What the API names no narrower resource for, and nothing else, may be allowed on "*".
ON_EVERYTHING = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
}
TABLE_KEY = {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"}
READ_TABLE = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}
WRITE_TABLE = {f"dynamodb:{verb}Item" for verb in ("Put", "Update", "Delete", "ConditionCheck")}


@pytest.mark.parametrize("stage", STAGES)
def test_no_policy_allows_an_action_by_wildcard(assembly: Assembly, stage: str) -> None:
    for policy, statement in _statements(assembly, stage):
        assert not [action for action in _list(statement["Action"]) if "*" in action], policy.logical_id


@pytest.mark.parametrize("stage", STAGES)
def test_a_wildcard_resource_is_for_known_actions_and_acknowledged(assembly: Assembly, stage: str) -> None:
    wide = [
        (policy, statement) for policy, statement in _statements(assembly, stage) if "*" in _list(statement["Resource"])
    ]
    assert wide
    for policy, statement in wide:
        assert set(_list(statement["Action"])) <= ON_EVERYTHING
        assert policy.acknowledged["AwsSolutions-IAM5[Resource::*]"]


@pytest.mark.parametrize("stage", STAGES)
def test_roles_take_their_permissions_from_one_policy_each(assembly: Assembly, stage: str) -> None:
    assert "AWS::IAM::Policy" not in assembly.types(stage)
    for _, role in assembly.of_type(stage, "AWS::IAM::Role"):
        assert "Policies" not in role.properties
        assert not role.properties.get("ManagedPolicyArns")


@pytest.mark.parametrize("stage", STAGES)
def test_functions_may_call_what_they_need_and_nothing_else(assembly: Assembly, stage: str) -> None:
    common = {"logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage"} | ON_EVERYTHING
    own = {
        "Api": {"secretsmanager:GetSecretValue", "events:PutEvents"} | READ_TABLE | TABLE_KEY,
        "Ingest": {"secretsmanager:GetSecretValue", "kms:Decrypt", "events:PutEvents"},
        "Data": {f"secretsmanager:{verb}SecretValue" for verb in ("Get", "Put")}
        | {"kms:Decrypt", "kms:GenerateDataKey"},
        "Web": {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"} | {"cloudfront:CreateInvalidation"},
        "Operations": {"events:PutEvents", "s3:GetObject", "s3:PutObject"} | READ_TABLE | WRITE_TABLE | TABLE_KEY,
    }
    for name, expected in own.items():
        actions = {
            action
            for policy in assembly.stages[stage][name].of_type("AWS::IAM::ManagedPolicy")
            if policy.logical_id.startswith(("Api", "IngestWorker", "KpiEvaluation", "Migrate", "WebPublisher"))
            for statement in policy.properties["PolicyDocument"]["Statement"]
            for action in _list(statement["Action"])
        }
        assert actions - common == expected


@pytest.mark.parametrize("stage", STAGES)
def test_metrics_are_published_to_the_namespace_of_the_stage_alone(assembly: Assembly, stage: str) -> None:
    published = [one for _, one in _statements(assembly, stage) if "cloudwatch:PutMetricData" in _list(one["Action"])]
    assert published
    for one in published:
        assert one["Condition"] == {"StringEquals": {"cloudwatch:namespace": f"P09/{stage}"}}


@pytest.mark.parametrize("stage", STAGES)
def test_the_key_of_the_stage_is_used_through_services_alone(assembly: Assembly, stage: str) -> None:
    for policy, statement in _statements(assembly, stage):
        if any(action.startswith("kms:") for action in _list(statement["Action"])):
            assert "kms:ViaService" in statement["Condition"]["StringEquals"], policy.logical_id


def _statements(assembly: Assembly, stage: str) -> Iterator[tuple[Resource, dict[str, Any]]]:
    for _, policy in assembly.of_type(stage, "AWS::IAM::ManagedPolicy"):
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            yield policy, statement


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
