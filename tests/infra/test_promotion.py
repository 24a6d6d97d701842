from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from shared.changes.model import LIFE
from tests.infra.assembly import STAGES

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly

MOST_EVENTS = 25_000
EVENTS_OF_A_LOOK = 14


def _definition(assembly: Assembly, stage: str) -> dict[str, Any]:
    (machine,) = assembly.stages[stage]["Operations"].of_type("AWS::StepFunctions::StateMachine")
    join = machine.properties["DefinitionString"]["Fn::Join"][1]
    found: dict[str, Any] = json.loads("".join(part if isinstance(part, str) else "function" for part in join))
    return found


def _waits(assembly: Assembly, stage: str) -> dict[str, Any]:
    states = _definition(assembly, stage)["States"]
    return {name: one for name, one in states.items() if "waitForTaskToken" in str(one.get("Resource"))}


@pytest.mark.parametrize("stage", STAGES)
def test_every_wait_ends_by_itself_and_looks_again(assembly: Assembly, stage: str) -> None:
    waits = _waits(assembly, stage)
    assert len(waits) == 6
    for wait in waits.values():
        assert wait["TimeoutSeconds"] <= 3600
        assert wait["Next"] == "Look"
        assert {"ErrorEquals": ["States.Timeout"], "ResultPath": None, "Next": "Look"} in wait["Catch"]
        assert [retry["ErrorEquals"] for retry in wait["Retry"]] == [["States.TaskFailed"]]


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
def test_looking_for_a_change_s_whole_life_stays_within_an_execution_s_history(assembly: Assembly, stage: str) -> None:
    for wait in _waits(assembly, stage).values():
        assert LIFE.total_seconds() / wait["TimeoutSeconds"] * EVENTS_OF_A_LOOK < MOST_EVENTS


@pytest.mark.parametrize("stage", STAGES)
def test_a_pipeline_that_can_t_be_asked_is_taken_over(assembly: Assembly, stage: str) -> None:
    states = _definition(assembly, stage)["States"]
    (catch,) = states["HandOver"]["Catch"]
    assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], "TakeOver")
    assert states["TakeOver"]["Next"] == states["Look"]["Next"] == states["HandOver"]["Next"]


@pytest.mark.parametrize("stage", STAGES)
def test_the_function_begins_its_own_workflow_alone_and_wakes_whose_token_it_has(
    assembly: Assembly, stage: str
) -> None:
    statements = [
        statement
        for policy in assembly.stages[stage]["Operations"].of_type("AWS::IAM::ManagedPolicy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if "states:StartExecution" in statement["Action"]
    ]
    (statement,) = statements
    assert statement["Action"] == "states:StartExecution"
    assert f"stateMachine:p09-{stage}-promotion" in json.dumps(statement["Resource"])


@pytest.mark.parametrize("stage", STAGES)
def test_executions_that_fail_or_never_end_raise_an_alarm(assembly: Assembly, stage: str) -> None:
    alarms = {
        alarm.properties["MetricName"]: alarm.properties
        for alarm in assembly.stages[stage]["Operations"].of_type("AWS::CloudWatch::Alarm")
        if alarm.properties.get("Namespace") == "AWS/States"
    }
    assert set(alarms) == {"ExecutionsFailed", "ExecutionsTimedOut"}
    assert all(alarm["AlarmActions"] for alarm in alarms.values())
