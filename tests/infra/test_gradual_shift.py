from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from infra.monitoring import Monitoring

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly, Resource

IN_AWS = ["dev", "staging", "prod"]
CONFIGS = {
    "dev": "CodeDeployDefault.LambdaAllAtOnce",
    "staging": "CodeDeployDefault.LambdaAllAtOnce",
    "prod": "CodeDeployDefault.LambdaCanary10Percent5Minutes",
}


@pytest.mark.parametrize("stage", IN_AWS)
def test_requests_and_the_gateways_permission_go_to_the_alias_and_nothing_goes_past_it(
    assembly: Assembly, stage: str
) -> None:
    stack = assembly.stages[stage]["Api"]
    alias = _one(assembly, stage, "AWS::Lambda::Alias")
    [integration] = stack.of_type("AWS::ApiGatewayV2::Integration")
    [permission] = stack.of_type("AWS::Lambda::Permission")
    assert alias.properties["Name"] == "live"
    assert integration.properties["IntegrationUri"] == {"Ref": alias.logical_id}
    assert permission.properties["FunctionName"] == {"Ref": alias.logical_id}


@pytest.mark.parametrize("stage", IN_AWS)
def test_codedeploy_moves_the_alias_as_the_stage_says_and_turns_back_at_an_alarm(
    assembly: Assembly, stage: str
) -> None:
    alias = _one(assembly, stage, "AWS::Lambda::Alias")
    group = _one(assembly, stage, "AWS::CodeDeploy::DeploymentGroup")
    update = alias.body["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert update["DeploymentGroupName"] == {"Ref": group.logical_id}
    assert CONFIGS[stage] in json.dumps(group.properties["DeploymentConfigName"])
    rollback = group.properties["AutoRollbackConfiguration"]
    assert rollback["Enabled"] is True
    assert "DEPLOYMENT_STOP_ON_ALARM" in rollback["Events"]


@pytest.mark.parametrize("stage", IN_AWS)
def test_the_brakes_are_alarms_on_kpis_that_the_stage_has(assembly: Assembly, stage: str) -> None:
    watched = _one(assembly, stage, "AWS::CodeDeploy::DeploymentGroup").properties["AlarmConfiguration"]
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
def test_codedeploy_may_move_this_alias_alone(assembly: Assembly, stage: str) -> None:
    [policy] = [
        one for one in assembly.stages[stage]["Api"].of_type("AWS::IAM::ManagedPolicy") if "Shift" in one.logical_id
    ]
    move, look = policy.properties["PolicyDocument"]["Statement"]
    assert set(move["Action"]) == {"lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"}
    assert len(move["Resource"]) == 2
    assert look["Action"] == "cloudwatch:DescribeAlarms"


def test_on_this_machine_requests_go_to_the_function_itself(assembly: Assembly) -> None:
    [integration] = assembly.stages["local"]["Api"].of_type("AWS::ApiGatewayV2::Integration")
    [function] = assembly.stages["local"]["Api"].of_type("AWS::Lambda::Function")
    assert function.logical_id in json.dumps(integration.properties["IntegrationUri"])


def test_brakes_follow_the_runbooks_windows() -> None:
    assert Monitoring(stage="prod").brakes == ["P09AvailabilityBurnFastShort", "P09LatencyBurnFastShort"]


def _one(assembly: Assembly, stage: str, kind: str) -> Resource:
    [found] = assembly.stages[stage]["Api"].of_type(kind)
    return found


def _seconds(alarm: dict[str, Any]) -> int:
    period = alarm.get("Period") or next(one["MetricStat"]["Period"] for one in alarm["Metrics"] if "MetricStat" in one)
    return int(period)
