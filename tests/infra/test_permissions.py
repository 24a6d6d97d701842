from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from scripts.aws_gate.partitions import RESERVED
from tests.infra.assembly import ROOT, STAGES

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
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
    "dynamodb:ListStreams",
    "backup:ListBackupJobs",
    "elasticache:DescribeSnapshots",
    "rds:DescribeDBClusters",
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
    "states:SendTaskFailure",
    "states:SendTaskSuccess",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
}
TABLE_KEY = {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"}
USE_ARCHIVE = {"s3:PutObject", "kms:Decrypt", "kms:GenerateDataKey"}
# What of the table itself follows from the code: infra/operations_table.json.
READ_TABLE = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}
WRITE_TABLE = {f"dynamodb:{verb}Item" for verb in ("Put", "Update", "Delete")}
ACCESS = json.loads((ROOT / "infra" / "operations_table.json").read_text())
OWN = {
    "collect": {"secretsmanager:GetSecretValue", "kms:Decrypt", "events:PutEvents"},
    "query": {"secretsmanager:GetSecretValue"} | TABLE_KEY,
    "signing_keys": TABLE_KEY,
    "api": {"secretsmanager:GetSecretValue", "secretsmanager:ListSecretVersionIds", "events:PutEvents"}
    | {"states:StartExecution"}
    | TABLE_KEY,
    "ingest_worker": {"secretsmanager:GetSecretValue", "kms:Decrypt", "kms:GenerateDataKey", "events:PutEvents"}
    | {"s3:PutObject"},
    "migrate": {f"secretsmanager:{verb}SecretValue" for verb in ("Get", "Put")}
    | {"kms:Decrypt", "kms:GenerateDataKey"},
    "web_publisher": {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"}
    | {"cloudfront:CreateInvalidation"},
    "status_publisher": {"s3:ListBucket", "s3:PutObject", "s3:DeleteObject"} | TABLE_KEY,
    "promotion": {"secretsmanager:GetSecretValue", "states:StartExecution"} | TABLE_KEY,
    "kpi_evaluation": TABLE_KEY,
    "missed_runs": TABLE_KEY,
    "outbox": {"events:PutEvents", "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}
    | TABLE_KEY,
    "error_budget_review": USE_ARCHIVE | TABLE_KEY,
    "evidence_export": {"kms:Sign"} | USE_ARCHIVE | TABLE_KEY,
}


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
        if "backup.amazonaws.com" in str(role.properties["AssumeRolePolicyDocument"]):
            continue  # acknowledged: AWS' own policies for its own service
        assert not role.properties.get("ManagedPolicyArns")


@pytest.mark.parametrize("stage", STAGES)
def test_functions_may_call_what_they_need_and_nothing_else(assembly: Assembly, stage: str) -> None:
    common = {"logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage"} | ON_EVERYTHING | READ_TABLE | WRITE_TABLE
    found = {name: actions - common for name, actions in _actions_by_function(assembly, stage).items()}
    assert {name: found[name] for name in OWN} == OWN


@pytest.mark.parametrize("stage", STAGES)
def test_functions_write_to_their_own_partitions_of_the_operations_table_only(assembly: Assembly, stage: str) -> None:
    writing = [one for one in _statements(assembly, stage) if WRITE_TABLE & set(_list(one[1]["Action"]))]
    found = {}
    for policy, statement in writing:
        assert not READ_TABLE & set(_list(statement["Action"])), policy.logical_id
        found[policy.logical_id] = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    own = [one["partitions"] for one in ACCESS.values() if one["write"]]
    assert sorted(map(_list, found.values())) == sorted(own)


@pytest.mark.parametrize("stage", STAGES)
def test_functions_of_one_subject_leave_the_partitions_of_others_alone(assembly: Assembly, stage: str) -> None:
    actions = _actions_by_function(assembly, stage)
    assert "dynamodb:DeleteItem" not in actions["status_publisher"]
    assert not WRITE_TABLE & actions["query"]
    approvals = {name for name, one in ACCESS.items() if "change" in one["partitions"]}
    assert approvals == {"api", "pipeline_review", "promotion"}
    for partition, writers in RESERVED.items():
        assert {name for name, one in ACCESS.items() if partition in one["partitions"]} == writers


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
def test_code_of_a_function_can_do_nothing_to_network_interfaces(assembly: Assembly, stage: str) -> None:
    inside = [one for _, one in assembly.of_type(stage, "AWS::Lambda::Function") if "VpcConfig" in one.properties]
    denied = [one for _, one in _statements(assembly, stage) if one["Effect"] == "Deny"]
    assert len(denied) == len(inside)
    by_code = [str(one["Condition"]["ArnEquals"]["lambda:SourceFunctionArn"]) for one in denied]
    for function in inside:
        assert any(f":function:{function.properties['FunctionName']}'" in arn for arn in by_code)
    assert all("ec2:CreateNetworkInterface" in one["Action"] for one in denied)


@pytest.mark.parametrize("stage", STAGES)
def test_only_the_export_of_evidence_can_sign_it(assembly: Assembly, stage: str) -> None:
    signing = {name for name, actions in _actions_by_function(assembly, stage).items() if "kms:Sign" in actions}
    assert signing == {"evidence_export"}
    (key,) = [
        one for _, one in assembly.of_type(stage, "AWS::KMS::Key") if one.properties.get("KeyUsage") == "SIGN_VERIFY"
    ]
    (sign,) = [one for _, one in _statements(assembly, stage) if "kms:Sign" in _list(one["Action"])]
    assert sign["Resource"] == {"Fn::GetAtt": [key.logical_id, "Arn"]}


@pytest.mark.parametrize("stage", STAGES)
def test_only_functions_that_requests_reach_can_read_cloudfronts_proof(assembly: Assembly, stage: str) -> None:
    (secret,) = [
        one
        for _, one in assembly.of_type(stage, "AWS::SecretsManager::Secret")
        if one.properties["Name"] == f"p09-{stage}-origin-proof"
    ]
    reading = {
        name
        for name, statements in _statements_by_function(assembly, stage).items()
        for one in statements
        if "secretsmanager:GetSecretValue" in _list(one["Action"]) and secret.logical_id in str(one["Resource"])
    }
    assert reading == {"collect", "query", "api"}  # before staging's there is no CloudFront


@pytest.mark.parametrize("stage", STAGES)
def test_metrics_are_published_to_the_namespace_of_the_stage_alone(assembly: Assembly, stage: str) -> None:
    published = [one for _, one in _statements(assembly, stage) if "cloudwatch:PutMetricData" in _list(one["Action"])]
    assert published
    for one in published:
        assert one["Condition"] == {"StringEquals": {"cloudwatch:namespace": f"P09/{stage}"}}


@pytest.mark.parametrize("stage", STAGES)
def test_the_key_of_the_stage_is_used_through_services_alone(assembly: Assembly, stage: str) -> None:
    for policy, statement in _statements(assembly, stage):
        if any(action.startswith("kms:") and action != "kms:Sign" for action in _list(statement["Action"])):
            assert "kms:ViaService" in statement["Condition"]["StringEquals"], policy.logical_id


def _actions_by_function(assembly: Assembly, stage: str) -> dict[str, set[str]]:
    return {
        name: {action for statement in statements for action in _list(statement["Action"])}
        for name, statements in _statements_by_function(assembly, stage).items()
    }


def _statements_by_function(assembly: Assembly, stage: str) -> dict[str, list[dict[str, Any]]]:
    roles = {
        function.properties["Role"]["Fn::GetAtt"][0]: function.properties["FunctionName"]
        for _, function in assembly.of_type(stage, "AWS::Lambda::Function")
    }
    found: dict[str, list[dict[str, Any]]] = {}
    for _, policy in assembly.of_type(stage, "AWS::IAM::ManagedPolicy"):
        (role,) = policy.properties["Roles"]
        if function := roles.get(role["Ref"]):
            name = function.removeprefix(f"p09-{stage}-").replace("-", "_")
            statements = policy.properties["PolicyDocument"]["Statement"]
            found[name] = [one for one in statements if one["Effect"] == "Allow"]
    return found


def _statements(assembly: Assembly, stage: str) -> Iterator[tuple[Resource, dict[str, Any]]]:
    for _, policy in assembly.of_type(stage, "AWS::IAM::ManagedPolicy"):
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            yield policy, statement


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
