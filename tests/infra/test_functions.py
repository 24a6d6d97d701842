from __future__ import annotations

import importlib
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.assembly import ROOT, SECOND, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.infra.assembly import Assembly, Resource, Stack

CONSTRUCT_KEYS = {
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_LOG_LEVEL",
    "PYDANTIC_DISABLE_PLUGINS",
}
FOLDERS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/settings.py"))
AS_OFTEN_AS_EVENTS = ("-collect", "-ingest-worker")
NAMES = sorted([*FOLDERS, *SECOND])
ALARMED_METRICS = {"Errors", "Throttles", "Duration", "ApproximateNumberOfMessagesVisible"}


@pytest.mark.parametrize("stage", STAGES)
def test_every_folder_is_a_function_named_after_it_and_stagings_are_second_ones(assembly: Assembly, stage: str) -> None:
    found = {resource.properties["FunctionName"]: resource for _, resource in _functions(assembly, stage)}
    assert sorted(found) == sorted(f"p09-{stage}-{name.replace('_', '-')}" for name in NAMES)
    for name in NAMES:
        handler = found[f"p09-{stage}-{name.replace('_', '-')}"].properties["Handler"]
        assert handler == f"functions.{SECOND.get(name, name)}.handler.handler"


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", NAMES)
def test_environment_is_exactly_what_the_settings_class_asks_for(assembly: Assembly, stage: str, name: str) -> None:
    settings = importlib.import_module(f"functions.{SECOND.get(name, name)}.settings").Settings
    function = _function(assembly, stage, name)
    asked = {one.name.upper() for one in fields(settings)}
    assert set(function.properties["Environment"]["Variables"]) == asked | CONSTRUCT_KEYS
    assert function.properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == name


@pytest.mark.parametrize("stage", STAGES)
def test_every_function_has_bounds_and_traces(assembly: Assembly, stage: str) -> None:
    for _, function in _functions(assembly, stage):
        assert function.properties["ReservedConcurrentExecutions"] >= 1
        assert function.properties["Timeout"] > 3
        assert function.properties["MemorySize"] > 128
        is_traced = not function.properties["FunctionName"].endswith(AS_OFTEN_AS_EVENTS)
        assert function.properties["TracingConfig"] == {"Mode": "Active" if is_traced else "PassThrough"}
        assert function.properties["Runtime"] == "python3.13"
        assert stage == "local" or function.properties["Architectures"] == ["arm64"]


@pytest.mark.parametrize("stage", STAGES)
def test_only_what_takes_events_keeps_no_line_of_a_request_that_went_well(assembly: Assembly, stage: str) -> None:
    levels = {
        function.properties["FunctionName"]: tuple(
            function.properties["LoggingConfig"].get(name) for name in ("ApplicationLogLevel", "SystemLogLevel")
        )
        for _, function in _functions(assembly, stage)
    }
    quiet = {name for name, level in levels.items() if level != (None, None)}
    assert quiet == {f"p09-{stage}-collect"}
    assert levels[f"p09-{stage}-collect"] == ("INFO", "WARN")


@pytest.mark.parametrize("stage", STAGES)
def test_every_function_has_a_role_that_no_other_has(assembly: Assembly, stage: str) -> None:
    roles = [
        (stack.name, function.properties["Role"]["Fn::GetAtt"][0]) for stack, function in _functions(assembly, stage)
    ]
    assert len(set(roles)) == len(roles) == len(NAMES)


@pytest.mark.parametrize("stage", STAGES)
def test_every_function_has_a_log_group_with_retention_and_key(assembly: Assembly, stage: str) -> None:
    for stack, function in _functions(assembly, stage):
        group = stack.find(function.properties["LoggingConfig"]["LogGroup"]["Ref"])
        assert group.properties["LogGroupName"] == f"/aws/lambda/{function.properties['FunctionName']}"
        assert group.properties["RetentionInDays"] >= 7
        assert group.properties["KmsKeyId"]


@pytest.mark.parametrize("stage", STAGES)
def test_every_function_gives_up_on_events_into_a_queue(assembly: Assembly, stage: str) -> None:
    for stack, function in _functions(assembly, stage):
        queue = stack.find(function.properties["DeadLetterConfig"]["TargetArn"]["Fn::GetAtt"][0])
        assert queue.properties["QueueName"] == f"{function.properties['FunctionName']}-failures"
        (config,) = [
            resource.properties
            for resource in stack.of_type("AWS::Lambda::EventInvokeConfig")
            if resource.properties["FunctionName"] == {"Ref": function.logical_id}
        ]
        assert config["MaximumRetryAttempts"] == 2
        assert config["MaximumEventAgeInSeconds"] == 3600


@pytest.mark.parametrize("stage", STAGES)
def test_every_function_has_alarms_that_tell_somebody(assembly: Assembly, stage: str) -> None:
    for stack, function in _functions(assembly, stage):
        queue = function.properties["DeadLetterConfig"]["TargetArn"]["Fn::GetAtt"][0]
        alarms = [alarm for alarm in _alarms(stack) if _watches(alarm, {function.logical_id, queue})]
        assert {alarm["MetricName"] for alarm in alarms} == ALARMED_METRICS
        assert all(alarm["AlarmActions"] for alarm in alarms)


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
def test_functions_that_talk_to_servers_live_in_the_network(assembly: Assembly, stage: str) -> None:
    inside = {name for name in NAMES if "VpcConfig" in _function(assembly, stage, name).properties}
    access = {"audit_anchor", "credential_expiry", "credential_reconciliation", "secret_rotation"}
    assert (
        inside
        == {"collect", "query", "api", "ingest_worker", "migrate", "redis_memory", "restore_drill"}
        | access
        | SECOND.keys()
    )


@pytest.mark.parametrize("stage", STAGES)
def test_functions_that_use_the_schema_come_after_migrations(assembly: Assembly, stage: str) -> None:
    data = assembly.stages[stage]["Data"]
    (migrations,) = data.of_type("Custom::Migrations")
    assert migrations.properties["Digest"]
    migrate = _function(assembly, stage, "migrate").logical_id
    assert migrations.properties["ServiceToken"] == {"Fn::GetAtt": [migrate, "Arn"]}
    for name in ("Api", "Ingest"):
        assert data.name in assembly.stages[stage][name].depends_on


@pytest.mark.parametrize("stage", STAGES)
def test_a_custom_resource_waits_for_its_function_and_permissions(assembly: Assembly, stage: str) -> None:
    for stack, function in _functions(assembly, stage):
        role = function.properties["Role"]["Fn::GetAtt"][0]
        policies = {
            policy.logical_id
            for policy in stack.of_type("AWS::IAM::ManagedPolicy")
            if {"Ref": role} in policy.properties.get("Roles", [])
        }
        assert len(policies) == 1
        assert policies <= set(function.body["DependsOn"])


def _functions(assembly: Assembly, stage: str) -> list[tuple[Stack, Resource]]:
    return assembly.of_type(stage, "AWS::Lambda::Function")


def _function(assembly: Assembly, stage: str, folder: str) -> Resource:
    name = f"p09-{stage}-{folder.replace('_', '-')}"
    return next(one for _, one in _functions(assembly, stage) if one.properties["FunctionName"] == name)


def _alarms(stack: Stack) -> Iterator[dict[str, Any]]:
    return (resource.properties for resource in stack.of_type("AWS::CloudWatch::Alarm"))


def _watches(alarm: dict[str, Any], logical_ids: set[str]) -> bool:
    values = [dimension["Value"] for dimension in alarm.get("Dimensions", [])]
    references = [value for value in values if isinstance(value, dict)]
    return any(value.get("Ref", value.get("Fn::GetAtt", [""])[0]) in logical_ids for value in references)
