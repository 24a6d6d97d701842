from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from shared.backups.drill import SIGN_OFF_WITHIN
from shared.backups.promotion import ORDER
from tests.infra.assembly import COPY_REGION, STAGES

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly

AWS = ("dev", "staging", "prod")
ACTIONS = {
    "begin", "mark", "provision", "wait", "admit", "compare", "reapply", "smoke_test", "destroy", "await", "decided", "preview",
    "promote", "go_back", "close", "close_restored", "point_staging", "point_staging_back",
}  # fmt: skip


def _definition(assembly: Assembly, stage: str) -> dict[str, Any]:
    (machine,) = assembly.stages[stage]["Recovery"].of_type("AWS::StepFunctions::StateMachine")
    join = machine.properties["DefinitionString"]["Fn::Join"][1]
    found: dict[str, Any] = json.loads("".join(part if isinstance(part, str) else "function" for part in join))
    return found


def _action(state: dict[str, Any]) -> str:
    parameters = state.get("Parameters", {})
    return str(parameters.get("action") or parameters.get("Payload", {}).get("action"))


@pytest.mark.parametrize("stage", STAGES)
def test_the_workflow_calls_every_action_of_the_function_and_no_other(assembly: Assembly, stage: str) -> None:
    states = _definition(assembly, stage)["States"].values()
    assert {_action(state) for state in states if state["Type"] == "Task"} == ACTIONS


@pytest.mark.parametrize("stage", STAGES)
def test_a_promotion_takes_its_steps_in_their_order(assembly: Assembly, stage: str) -> None:
    states = _definition(assembly, stage)["States"]
    taken, state = [], "Hold"
    while state != "Promoted":
        taken.append(states[state]["Parameters"]["step"])
        state = next(one["Next"] for one in states[states[state]["Next"]]["Choices"] if one["StringEquals"] == "done")
    assert taken == [step.action for step in ORDER]


@pytest.mark.parametrize("stage", STAGES)
def test_a_promotion_that_fails_before_it_serves_goes_back_and_none_goes_back_afterwards(
    assembly: Assembly, stage: str
) -> None:
    states = _definition(assembly, stage)["States"]
    for name, state in states.items():
        if (step := state.get("Parameters", {}).get("step")) is None:
            continue
        outcome = states[state["Next"]]
        failures = [catch["Next"] for catch in state["Catch"]] + [outcome["Default"]]
        back = ["GoBack" in _reached(states, failure) for failure in failures]
        assert back == [step not in {"serve", "anchor"}] * 2, name


@pytest.mark.parametrize("stage", STAGES)
def test_every_function_that_logs_in_to_postgresql_is_started_afresh_by_a_promotion(
    assembly: Assembly, stage: str
) -> None:
    logging_in = {
        function.properties["FunctionName"]
        for _, function in assembly.of_type(stage, "AWS::Lambda::Function")
        if "POSTGRES_HOST" in function.properties["Environment"]["Variables"]
    }
    (cold,) = [
        function for _, function in assembly.of_type(stage, "AWS::Lambda::Function")
        if function.properties["FunctionName"] == f"p09-{stage}-cold-start"
    ]  # fmt: skip
    started = json.loads(cold.properties["Environment"]["Variables"]["FUNCTIONS"])
    assert {one["name"] for one in started} == logging_in - {f"p09-{stage}-restore-drill"}
    asked = {one["name"]: one["asked"] for one in started if one["asked"] is not None}
    assert asked.keys() == {f"p09-{stage}-api", f"p09-{stage}-ingest-worker"}


def _allowed(assembly: Assembly, stage: str, name: str) -> dict[str, str]:
    """Actions that a function may do, with the resources as they stand in the template."""
    (found,) = [
        (stack, function) for stack, function in assembly.of_type(stage, "AWS::Lambda::Function")
        if function.properties["FunctionName"] == f"p09-{stage}-{name}"
    ]  # fmt: skip
    stack, function = found
    role = {"Ref": function.properties["Role"]["Fn::GetAtt"][0]}
    (policy,) = [one for one in stack.of_type("AWS::IAM::ManagedPolicy") if role in one.properties.get("Roles", [])]
    allowed: dict[str, str] = {}
    for statement in policy.properties["PolicyDocument"]["Statement"]:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            allowed[action] = allowed.get(action, "") + json.dumps(statement["Resource"])
    return allowed


@pytest.mark.parametrize("stage", STAGES)
def test_staging_reads_what_the_first_functions_write_and_acts_on_nothing(assembly: Assembly, stage: str) -> None:
    own = {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sqs:SendMessage",
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
    }
    reads = {"secretsmanager:GetSecretValue", "kms:Decrypt"}
    table = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}
    keys = {"kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"}
    for name in ("staging-api", "staging-query"):
        allowed = {action for action in _allowed(assembly, stage, name) if not action.startswith("ec2:")}
        assert allowed == own | reads | table | keys, name


@pytest.mark.parametrize("stage", STAGES)
def test_staging_is_pointed_by_who_may_configure_no_other_function_than_those_it_starts(
    assembly: Assembly, stage: str
) -> None:
    (cold,) = [
        function for _, function in assembly.of_type(stage, "AWS::Lambda::Function")
        if function.properties["FunctionName"] == f"p09-{stage}-cold-start"
    ]  # fmt: skip
    variables = cold.properties["Environment"]["Variables"]
    pointed = json.loads(variables["STAGING_FUNCTIONS"])
    assert [(one["name"], one["alias"], one["asked"] is not None) for one in pointed] == [
        (f"p09-{stage}-staging-api", "", True),
        (f"p09-{stage}-staging-query", "", False),
    ]
    resources = _allowed(assembly, stage, "cold-start")["lambda:UpdateFunctionConfiguration"]
    assert {one["name"] for one in pointed} <= {one["name"] for one in json.loads(variables["FUNCTIONS"])}
    assert all(f"function:{one['name']}" in resources for one in pointed)
    assert "function:*" not in resources
    running = next(
        function.properties["Environment"]["Variables"] for _, function in assembly.of_type(stage, "AWS::Lambda::Function")
        if function.properties["FunctionName"] == f"p09-{stage}-staging-api"
    )  # fmt: skip
    assert variables["POSTGRES_HOME_PORT"] == running["POSTGRES_PORT"]


@pytest.mark.parametrize("stage", STAGES)
def test_whatever_becomes_of_a_restore_staging_is_pointed_back_before_its_database_goes(
    assembly: Assembly, stage: str
) -> None:
    states = _definition(assembly, stage)["States"]
    assert [name for name, state in states.items() if "Destroy" in _next(state)] == [
        "PointBackAtTheEndOutcome",
        "DestroyAgain",
    ]
    outcome = states["PointBackAtTheEndOutcome"]
    assert {one["Next"] for one in outcome["Choices"]} | {outcome["Default"]} == {"Destroy", "PointBackAtTheEndAgain"}
    assert [catch["Next"] for catch in states["PointBackAtTheEnd"]["Catch"]] == ["Destroy"]
    # A restore that was signed off is not held up by it.
    assert [catch["Next"] for catch in states["PointBack"]["Catch"]] == ["Preview"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_staging_that_could_not_be_pointed_leaves_the_restore_where_it_waited(assembly: Assembly, stage: str) -> None:
    states = _definition(assembly, stage)["States"]
    for name in ("CloseRestored", "PointStaging"):
        assert states[f"{name}Outcome"]["Default"] == "Pointed"
        assert [catch["Next"] for catch in states[name]["Catch"]] == ["Pointed"]
        ends = {one["StringEquals"]: one["Next"] for one in states[f"{name}Outcome"]["Choices"]}
        assert ends["aborted"] == "Failed"  # nobody would wait for a decision any more
    assert states["Pointed"]["Next"] == "SignOff"


@pytest.mark.parametrize("stage", STAGES)
def test_requests_of_staging_are_in_no_kpi(assembly: Assembly, stage: str) -> None:
    counted = [
        one.properties["LogGroupName"] for one in assembly.stages[stage]["Api"].of_type("AWS::Logs::MetricFilter")
        if one.properties["MetricTransformations"][0]["MetricName"] == "Requests"
    ]  # fmt: skip
    groups = {
        one.logical_id: one.properties["LogGroupName"]
        for one in assembly.stages[stage]["Api"].of_type("AWS::Logs::LogGroup")
    }
    assert [groups[one["Ref"]] for one in counted] == [f"/aws/vendedlogs/p09-{stage}-api-access"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_promotion_sets_every_login_that_a_deploy_makes(assembly: Assembly, stage: str) -> None:
    migrate, restore = (
        next(
            function.properties["Environment"]["Variables"]
            for _, function in assembly.of_type(stage, "AWS::Lambda::Function")
            if function.properties["FunctionName"] == f"p09-{stage}-{name}"
        )
        for name in ("migrate", "restore-drill")
    )
    assert {name for name in migrate if name.startswith("POSTGRES_") and name.endswith("_SECRET_ARN")} <= restore.keys()


@pytest.mark.parametrize("stage", STAGES)
def test_what_was_accepted_is_kept_as_long_as_the_database_can_be_restored(assembly: Assembly, stage: str) -> None:
    days = {"prod": 35}.get(stage, 15)
    rules = [
        rule for _, bucket in assembly.of_type(stage, "AWS::S3::Bucket")
        for rule in bucket.properties["LifecycleConfiguration"]["Rules"] if rule.get("Prefix") == "accepted/"
    ]  # fmt: skip
    assert [rule["ExpirationInDays"] for rule in rules] == [days]


@pytest.mark.parametrize("stage", STAGES)
def test_whatever_fails_once_begun_leads_to_the_destruction_of_the_database(assembly: Assembly, stage: str) -> None:
    states = _definition(assembly, stage)["States"]
    for name, state in states.items():
        if state["Type"] != "Task" or name in {"Begin", "Close"}:
            continue
        assert any(catch["ErrorEquals"] == ["States.ALL"] for catch in state["Catch"]), name
        for catch in state["Catch"]:
            assert "Destroy" in _reached(states, catch["Next"]) or name == "Destroy"
            assert "Close" in _reached(states, catch["Next"])


@pytest.mark.parametrize("stage", STAGES)
def test_every_end_is_reached_through_the_record_s_closing(assembly: Assembly, stage: str) -> None:
    states = _definition(assembly, stage)["States"]
    before_the_end = [name for name, state in states.items() if _next(state) & {"Done", "DrillFailed"}]
    assert before_the_end == ["Verdict"]
    assert [name for name, state in states.items() if "Verdict" in _next(state)] == ["Close"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_decision_is_waited_for_as_long_as_it_may_be_taken(assembly: Assembly, stage: str) -> None:
    states = _definition(assembly, stage)["States"]
    waits = [state for state in states.values() if "waitForTaskToken" in str(state.get("Resource"))]
    assert len(waits) == 2
    for wait in waits:
        assert wait["TimeoutSeconds"] == SIGN_OFF_WITHIN.total_seconds()
        assert any(catch["ErrorEquals"] == ["States.Timeout"] for catch in wait["Catch"])


@pytest.mark.parametrize("stage", STAGES)
def test_drills_come_by_schedule(assembly: Assembly, stage: str) -> None:
    (schedule,) = [
        one for one in assembly.stages[stage]["Recovery"].of_type("AWS::Scheduler::Schedule")
        if one.properties["Name"] == f"p09-{stage}-restore-drill"
    ]  # fmt: skip
    expected = "cron(0 4 ? * 4#1 *)" if stage == "prod" else "cron(0 4 ? * WED *)"
    assert schedule.properties["ScheduleExpression"] == expected
    assert json.loads(schedule.properties["Target"]["Input"])["scheduled_time"] == "<aws.scheduler.scheduled-time>"


@pytest.mark.parametrize("stage", AWS)
def test_the_vault_is_locked_and_keeps_backups_as_long_as_the_runbook_asks(assembly: Assembly, stage: str) -> None:
    vaults = assembly.of_type(stage, "AWS::Backup::BackupVault")
    assert len(vaults) == 2
    for _, vault in vaults:
        assert vault.properties["LockConfiguration"]["MinRetentionDays"] >= 15
        assert ("ChangeableForDays" in vault.properties["LockConfiguration"]) == (stage == "prod")
        assert vault.properties["EncryptionKeyArn"]


@pytest.mark.parametrize("stage", AWS)
def test_what_aws_backup_says_of_this_stages_jobs_is_brought_to_the_responder(assembly: Assembly, stage: str) -> None:
    """By the default bus: a topic would hear nothing of a failed backup, and get prose of a failed copy."""
    stacks = assembly.stages[stage]
    assert not [
        one for _, one in assembly.of_type(stage, "AWS::Backup::BackupVault") if "Notifications" in one.properties
    ]
    (rule,) = [
        one.properties for one in stacks["Operations"].of_type("AWS::Events::Rule")
        if one.properties["EventPattern"]["source"] == ["aws.backup"]
    ]  # fmt: skip
    assert "EventBusName" not in rule
    assert set(rule["EventPattern"]["detail-type"]) == {
        f"{kind} Job State Change" for kind in ("Backup", "Copy", "Restore")
    }
    (role,) = [
        one.properties for one in stacks["Recovery"].of_type("AWS::IAM::Role") if "backup.amazonaws.com" in str(one)
    ]
    (told,) = rule["EventPattern"]["detail"]["iamRoleArn"]
    assert told["Fn::Join"][1][-1] == f":role/{role['RoleName']}"
    (target,) = rule["Targets"]
    assert (
        stacks["Operations"]
        .find(target["Arn"]["Fn::GetAtt"][0])
        .properties["FunctionName"]
        .endswith("incident-responder")
    )


@pytest.mark.parametrize("stage", AWS)
def test_the_database_is_backed_up_nightly_and_continuously(assembly: Assembly, stage: str) -> None:
    recovery = assembly.stages[stage]["Recovery"]
    (plan,) = recovery.of_type("AWS::Backup::BackupPlan")
    nightly, continuous = plan.properties["BackupPlan"]["BackupPlanRule"]
    assert nightly["ScheduleExpression"] == "cron(0 1 * * ? *)"
    assert nightly["Lifecycle"]["DeleteAfterDays"] >= 15
    assert continuous["EnableContinuousBackup"]
    ((_, cluster),) = assembly.of_type(stage, "AWS::RDS::DBCluster")
    assert continuous["Lifecycle"]["DeleteAfterDays"] == cluster.properties["BackupRetentionPeriod"]
    assert COPY_REGION in json.dumps(nightly["CopyActions"])
    (selection,) = recovery.of_type("AWS::Backup::BackupSelection")
    resources = json.dumps(selection.properties["BackupSelection"]["Resources"])
    assert f"p09-{stage}-postgres" in resources
    assert recovery.of_type("AWS::Backup::RestoreTestingPlan")


@pytest.mark.parametrize("stage", AWS)
def test_only_temporary_databases_and_those_put_aside_are_deleted(assembly: Assembly, stage: str) -> None:
    (policy,) = [
        one for one in assembly.stages[stage]["Recovery"].of_type("AWS::IAM::ManagedPolicy")
        if one.logical_id.startswith("RestoreDrillPolicy")
    ]  # fmt: skip
    statements = policy.properties["PolicyDocument"]["Statement"]
    deleting = [
        one for one in statements if {"rds:DeleteDBCluster", "rds:DeleteDBInstance"} & {*_listed(one["Action"])}
    ]
    assert len(deleting) == 3
    for statement in deleting:
        if statement.get("Condition") == {"StringEquals": {"aws:ResourceTag/p09:put-aside": "true"}}:
            continue
        for resource in _listed(statement["Resource"]):
            assert json.dumps(resource).rstrip('"}] ').endswith(("-drill-*", "-restore-*", "-before-*"))


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def _next(state: dict[str, Any]) -> set[str]:
    choices = [choice["Next"] for choice in state.get("Choices", ())]
    return {state.get("Next"), state.get("Default"), *choices} - {None}


def _reached(states: dict[str, Any], start: str) -> set[str]:
    reached, todo = set(), [start]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += _next(states[name])
    return reached
