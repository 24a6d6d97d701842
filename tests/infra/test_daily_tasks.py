from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.assembly import STAGES

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly, Resource, Stack

COMMON = {
    "logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage", "xray:PutTraceSegments", "xray:PutTelemetryRecords",
    "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt",
    "kms:GenerateDataKey", "secretsmanager:GetSecretValue",
}  # fmt: skip
OWN: dict[str, set[str]] = {
    "health_check": {"cloudwatch:PutMetricData"},
    "redis_memory": set(),
    "pipeline_review": set(),
}
HOURS = {"health_check": 2, "redis_memory": 12, "pipeline_review": 20}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("task", OWN)
def test_a_task_may_call_what_it_needs_and_nothing_else(assembly: Assembly, stage: str, task: str) -> None:
    actions = {action for one in _statements(assembly, stage, task) for action in _list(one["Action"])}
    assert {one for one in actions if not one.startswith("ec2:")} == COMMON | OWN[task]
    assert any(one.startswith("ec2:") for one in actions) is (task == "redis_memory" and stage != "local")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("task", OWN)
def test_a_task_reads_one_secret(assembly: Assembly, stage: str, task: str) -> None:
    (one,) = [
        one for one in _statements(assembly, stage, task) if "secretsmanager:GetSecretValue" in _list(one["Action"])
    ]
    assert len(_list(one["Resource"])) == 1
    assert _list(one["Resource"]) != ["*"]


@pytest.mark.parametrize("stage", STAGES)
def test_only_the_deployment_writes_the_canarys_keys(assembly: Assembly, stage: str) -> None:
    writers = [
        (policy.logical_id, one)
        for _, policy in assembly.of_type(stage, "AWS::IAM::ManagedPolicy")
        for one in policy.properties["PolicyDocument"]["Statement"]
        if "secretsmanager:PutSecretValue" in _list(one["Action"])
        and not policy.logical_id.startswith("RotationSecretRotation")  # of logins, by their ARNs: see test_access.py
    ]
    ((policy, statement),) = writers
    assert policy.startswith("Migrate")
    assert len(_list(statement["Resource"])) == 1


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("task", HOURS)
def test_a_task_runs_at_its_hour_and_when_somebody_asks(assembly: Assembly, stage: str, task: str) -> None:
    schedule = _schedules(assembly, stage)[f"p09-{stage}-{task.replace('_', '-')}"]
    assert schedule["ScheduleExpression"] == f"cron(0 {HOURS[task]} * * ? *)"
    assert json.loads(schedule["Target"]["Input"])["task"] == task
    rules = [one.properties["EventPattern"] for one in _operations(assembly, stage).of_type("AWS::Events::Rule")]
    asked = [one for one in rules if one.get("detail") == {"task": [task]}]
    assert [one["detail-type"] for one in asked] == [["TaskRequested"]]


@pytest.mark.parametrize("stage", STAGES)
def test_the_service_is_probed_every_minute_at_its_public_address(assembly: Assembly, stage: str) -> None:
    schedule = _schedules(assembly, stage)[f"p09-{stage}-probes-every"]
    assert schedule["ScheduleExpression"] == "cron(0/1 * * * ? *)"
    assert json.loads(schedule["Target"]["Input"]) == {
        "task": "probes", "scheduled_time": "<aws.scheduler.scheduled-time>",
    }  # fmt: skip
    variables = _function(_operations(assembly, stage), stage, "health_check").properties["Environment"]["Variables"]
    if stage == "local":
        assert variables["APP_URL"] == variables["API_URL"] == "http://127.0.0.1:8000"
    else:
        assert variables["APP_URL"] == variables["API_URL"]
        assert variables["APP_URL"]["Fn::Join"][1][0] == "https://"


@pytest.mark.parametrize("stage", STAGES)
def test_the_pipelines_secret_says_nothing_until_somebody_fills_it_in(assembly: Assembly, stage: str) -> None:
    (secret,) = [
        one.properties
        for one in _operations(assembly, stage).of_type("AWS::SecretsManager::Secret")
        if one.properties["Name"] == f"p09-{stage}-pipeline"
    ]
    template = json.loads(secret["GenerateSecretString"]["SecretStringTemplate"])
    assert template == {"repository": "", "token": ""}
    assert "SecretString" not in secret


def _operations(assembly: Assembly, stage: str) -> Stack:
    return assembly.stages[stage]["Operations"]


def _schedules(assembly: Assembly, stage: str) -> dict[str, dict[str, Any]]:
    found = _operations(assembly, stage).of_type("AWS::Scheduler::Schedule")
    return {one.properties["Name"]: one.properties for one in found}


def _function(stack: Stack, stage: str, name: str) -> Resource:
    full = f"p09-{stage}-{name.replace('_', '-')}"
    return next(one for one in stack.of_type("AWS::Lambda::Function") if one.properties["FunctionName"] == full)


def _statements(assembly: Assembly, stage: str, name: str) -> list[dict[str, Any]]:
    stack = _operations(assembly, stage)
    role = _function(stack, stage, name).properties["Role"]["Fn::GetAtt"][0]
    return [
        statement
        for policy in stack.of_type("AWS::IAM::ManagedPolicy")
        if {"Ref": role} in policy.properties.get("Roles", [])
        for statement in policy.properties["PolicyDocument"]["Statement"]
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
