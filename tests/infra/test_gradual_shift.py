from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from infra.assets import ROOT
from infra.monitoring import Monitoring

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly, Resource, Stack

IN_AWS = ["dev", "staging", "prod"]
CONFIGS = {
    "dev": "CodeDeployDefault.LambdaAllAtOnce",
    "staging": "CodeDeployDefault.LambdaAllAtOnce",
    "prod": "CodeDeployDefault.LambdaCanary10Percent5Minutes",
}
EXPECTED = {**json.loads((ROOT / "infra" / "gateway.json").read_text()), "api": ["$default"]}
FUNCTIONS = sorted(EXPECTED)


@pytest.mark.parametrize("stage", IN_AWS)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_requests_and_the_gateways_permissions_go_to_the_alias_and_nothing_goes_past_it(
    assembly: Assembly, stage: str, function: str
) -> None:
    stack = assembly.stages[stage]["Api"]
    alias = _alias(assembly, stage, function)
    assert alias.properties["Name"] == "live"
    assert _routes(stack, {"Ref": alias.logical_id}) == EXPECTED[function]
    of_staging = [{"Fn::GetAtt": [one.logical_id, "Arn"]} for one in stack.of_type("AWS::Lambda::Function")
                  if "-staging-" in one.properties["FunctionName"].removeprefix(f"p09-{stage}")]  # fmt: skip
    permissions = [one.properties["FunctionName"] for one in stack.of_type("AWS::Lambda::Permission")
                   if one.properties["FunctionName"] not in of_staging]  # fmt: skip
    assert permissions.count({"Ref": alias.logical_id}) == len(EXPECTED[function])
    assert len(permissions) == sum(map(len, EXPECTED.values()))


@pytest.mark.parametrize("stage", IN_AWS)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_codedeploy_moves_each_alias_as_the_stage_says_and_turns_back_at_an_alarm(
    assembly: Assembly, stage: str, function: str
) -> None:
    group = _group(assembly, stage, function)
    update = _alias(assembly, stage, function).body["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert update["DeploymentGroupName"] == {"Ref": group.logical_id}
    assert CONFIGS[stage] in json.dumps(group.properties["DeploymentConfigName"])
    rollback = group.properties["AutoRollbackConfiguration"]
    assert rollback["Enabled"] is True
    assert "DEPLOYMENT_STOP_ON_ALARM" in rollback["Events"]


@pytest.mark.parametrize("stage", IN_AWS)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_brakes_are_alarms_on_kpis_that_the_stage_has(assembly: Assembly, stage: str, function: str) -> None:
    watched = _group(assembly, stage, function).properties["AlarmConfiguration"]
    names = {one["Name"] for one in watched["Alarms"]}
    alarms = {
        one.properties.get("AlarmName"): one.properties for _, one in assembly.of_type(stage, "AWS::CloudWatch::Alarm")
    }
    assert watched["Enabled"] is True
    assert watched.get("IgnorePollAlarmFailure", False) is False
    assert {name.removeprefix(f"p09-{stage}-") for name in names} == {
        "P09AvailabilityBurnFastShort", "P09LatencyBurnFastShort",
    }  # fmt: skip
    assert all(_seconds(alarms[name]) == 300 for name in names)


@pytest.mark.parametrize("stage", IN_AWS)
def test_codedeploy_may_move_each_alias_by_a_role_of_its_own(assembly: Assembly, stage: str) -> None:
    policies = [
        one for one in assembly.stages[stage]["Api"].of_type("AWS::IAM::ManagedPolicy") if "Shift" in one.logical_id
    ]
    assert len(policies) == len(FUNCTIONS)
    for policy in policies:
        move, look = policy.properties["PolicyDocument"]["Statement"]
        moving = {"lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"}
        assert set(move["Action"]) == moving
        assert len(move["Resource"]) == 2
        assert look["Action"] == "cloudwatch:DescribeAlarms"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_on_this_machine_requests_go_to_the_functions_themselves(assembly: Assembly, function: str) -> None:
    stack = assembly.stages["local"]["Api"]
    arn = {"Fn::GetAtt": [_function(assembly, "local", function).logical_id, "Arn"]}
    assert _routes(stack, arn) == EXPECTED[function]


def test_the_alias_of_the_oldest_function_keeps_its_name_in_the_stack(assembly: Assembly) -> None:
    """CloudFormation would create a second alias of the same name before it deletes the first, and fail."""
    assert _alias(assembly, "prod", "api").logical_id.startswith("ShiftLive")


def test_brakes_follow_the_runbooks_windows() -> None:
    assert Monitoring(stage="prod").brakes == ["P09AvailabilityBurnFastShort", "P09LatencyBurnFastShort"]


def _function(assembly: Assembly, stage: str, function: str) -> Resource:
    name = f"p09-{stage}-{function}"
    every = assembly.stages[stage]["Api"].of_type("AWS::Lambda::Function")
    return next(one for one in every if one.properties["FunctionName"] == name)


def _alias(assembly: Assembly, stage: str, function: str) -> Resource:
    of = {"Ref": _function(assembly, stage, function).logical_id}
    [alias] = [
        one
        for one in assembly.stages[stage]["Api"].of_type("AWS::Lambda::Alias")
        if one.properties["FunctionName"] == of
    ]
    return alias


def _group(assembly: Assembly, stage: str, function: str) -> Resource:
    [group] = [
        one
        for one in assembly.stages[stage]["Api"].of_type("AWS::CodeDeploy::DeploymentGroup")
        if one.properties["DeploymentGroupName"] == f"p09-{stage}-{function}"
    ]
    return group


def _routes(stack: Stack, target: dict[str, Any]) -> list[str]:
    """Keys of the routes that end at a function or its alias."""
    [integration] = [
        one for one in stack.of_type("AWS::ApiGatewayV2::Integration") if one.properties["IntegrationUri"] == target
    ]
    return sorted(
        one.properties["RouteKey"]
        for one in stack.of_type("AWS::ApiGatewayV2::Route")
        if integration.logical_id in json.dumps(one.properties["Target"])
    )


def _seconds(alarm: dict[str, Any]) -> int:
    period = alarm.get("Period") or next(one["MetricStat"]["Period"] for one in alarm["Metrics"] if "MetricStat" in one)
    return int(period)
