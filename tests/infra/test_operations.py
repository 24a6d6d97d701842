from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from infra.monitoring import Monitoring
from scripts.generate.__main__ import artefacts
from shared.runbook.load import parse, the_runbook
from shared.runbook.plan import plan
from tests.infra.assembly import ROOT, STAGES, read_stage, run_app

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.assembly import Assembly, Resource, Stack

AWS_STAGES = ("dev", "staging", "prod")
DASHBOARD = "AWS::CloudWatch::Dashboard"
RUNBOOK = (ROOT / "shared" / "runbook.toml").read_text()


@pytest.mark.parametrize("stage", STAGES)
def test_schedules_are_those_of_the_runbook(assembly: Assembly, stage: str) -> None:
    schedules = {one.properties["Name"]: one.properties for one in _schedules(assembly, stage)}
    for name, expression in {
        "kpi-evaluation-every": "cron(1/5 * * * ? *)",
        "missed-runs-every": "cron(0/5 * * * ? *)",
        "outbox-every": "cron(0/1 * * * ? *)",
        "error-budget-review": "cron(0 8 * * ? *)",
        "evidence-export": "cron(0 1 * * ? *)",
    }.items():
        assert schedules[f"p09-{stage}-{name}"]["ScheduleExpression"] == expression
    for name, schedule in schedules.items():
        task = name.removeprefix(f"p09-{stage}-").removesuffix("-every").replace("-", "_")
        assert schedule["ScheduleExpressionTimezone"] == "UTC"
        event = json.loads(schedule["Target"]["Input"])
        assert event == {"task": task, "scheduled_time": "<aws.scheduler.scheduled-time>"}


@pytest.mark.parametrize("stage", STAGES)
def test_a_task_runs_at_its_hour_and_when_somebody_asks(assembly: Assembly, stage: str) -> None:
    scheduled = {one.properties["Name"] for _, one in assembly.of_type(stage, "AWS::Scheduler::Schedule")}
    asked = {
        task
        for _, one in assembly.of_type(stage, "AWS::Events::Rule")
        for task in one.properties["EventPattern"].get("detail", {}).get("task", [])
    }
    deployed = [task.id for task in plan(the_runbook()) if (ROOT / "functions" / task.id / "settings.py").exists()]
    assert {"error_budget_review", "evidence_export"} <= set(deployed)
    for task in deployed:
        assert task in asked
        assert f"p09-{stage}-{task.replace('_', '-')}" in scheduled


@pytest.mark.parametrize("stage", STAGES)
def test_schedules_try_again_for_as_long_as_it_is_worth_and_then_keep(assembly: Assembly, stage: str) -> None:
    stack = _operations(assembly, stage)
    graces = {f"p09-{stage}-{task.id.replace('_', '-')}": task.grace for task in plan(the_runbook())}
    for schedule in _schedules(assembly, stage):
        name, target = schedule.properties["Name"], schedule.properties["Target"]
        queue = stack.find(target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0])
        function = stack.find(target["Arn"]["Fn::GetAtt"][0]).properties["FunctionName"]
        assert queue.properties["QueueName"] == f"{function}-failures"
        assert target["RetryPolicy"]["MaximumRetryAttempts"] == 2
        seconds = target["RetryPolicy"]["MaximumEventAgeInSeconds"]
        assert 60 <= seconds <= 3600
        assert name not in graces or seconds == graces[name].total_seconds()


@pytest.mark.parametrize("stage", STAGES)
def test_the_evaluation_is_told_where_everything_is(assembly: Assembly, stage: str) -> None:
    functions = {
        one.properties["FunctionName"].removeprefix(f"p09-{stage}-"): one.properties["Environment"]["Variables"]
        for one in _operations(assembly, stage).of_type("AWS::Lambda::Function")
    }
    variables = functions["kpi-evaluation"]
    assert variables["METRICS_NAMESPACE"] == variables["POWERTOOLS_METRICS_NAMESPACE"] == f"P09/{stage}"
    assert variables["PROMETHEUS_URL"] == ""
    console = functions["error-budget-review"]
    expected = "http://127.0.0.1:8000" if stage == "local" else {"Fn::Join": ["", ["https://", _any_import(console)]]}
    assert console["CONSOLE_URL"] == expected


def test_the_dashboard_has_its_name_in_prod_and_here_and_names_other_stages(assembly: Assembly) -> None:
    expected = {"prod": "P09-Operations", "local": "P09-Operations"}
    expected |= {"dev": "P09-Operations-dev", "staging": "P09-Operations-staging"}
    for stage, name in expected.items():
        ((_, dashboard),) = assembly.of_type(stage, DASHBOARD)
        assert dashboard.properties["DashboardName"] == name


@pytest.mark.parametrize("stage", STAGES)
def test_the_dashboard_answers_what_is_asked_of_it(assembly: Assembly, stage: str) -> None:
    titles = " | ".join(widget["properties"].get("title", "") for widget in _widgets(assembly, stage))
    for subject in (
        "Availability", "p95 latency", "Error rate", "Error budget left", "burn rates", "Traffic", "Latency percentiles",
        "Errors by route", "HTTP functions: Invocations", "HTTP functions: Errors", "HTTP functions: Throttles",
            "HTTP functions: Duration", "HTTP functions: ConcurrentExecutions", "Worker: Errors", "Cold starts", "Crashes",
        "Stream length", "Oldest entry", "Drain rate", "Dead letters", "PostgreSQL", "Valkey", "Task results", "Cost",
    ):  # fmt: skip
        assert subject in titles, subject


@pytest.mark.parametrize("stage", STAGES)
def test_no_two_widgets_lie_on_each_other(assembly: Assembly, stage: str) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in _widgets(assembly, stage):
        assert widget["x"] + widget["width"] <= 24
        cells = {(widget["x"] + x, widget["y"] + y) for x in range(widget["width"]) for y in range(widget["height"])}
        assert not cells & taken
        taken |= cells


@pytest.mark.parametrize("stage", STAGES)
def test_the_dashboard_draws_metrics_of_its_own_stage(assembly: Assembly, stage: str) -> None:
    text = json.dumps(_widgets(assembly, stage))
    assert "${" not in text
    assert set(re.findall(r"P09/(\w+)", text)) == {stage}
    assert set(re.findall(r"p09-(local|dev|staging|prod)-", text)) == {stage}


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_saved_queries_ask_logs_that_exist(assembly: Assembly, stage: str) -> None:
    existing = {one.properties.get("LogGroupName") for _, one in assembly.of_type(stage, "AWS::Logs::LogGroup")}
    queries = [one.properties for one in _operations(assembly, stage).of_type("AWS::Logs::QueryDefinition")]
    assert len({query["Name"] for query in queries}) == len(queries) >= 8
    for query in queries:
        assert query["Name"].startswith(f"p09-{stage}-operations/")
        assert set(query["LogGroupNames"]) <= existing, query["Name"]
        assert "{" not in query["QueryString"]


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_saved_queries_follow_a_request_through_every_function(assembly: Assembly, stage: str) -> None:
    queries = _operations(assembly, stage).of_type("AWS::Logs::QueryDefinition")
    (story,) = [one.properties for one in queries if "whole story" in one.properties["Name"]]
    functions = {one.properties["FunctionName"] for _, one in assembly.of_type(stage, "AWS::Lambda::Function")}
    assert set(story["LogGroupNames"]) == {f"/aws/lambda/{name}" for name in functions}


def test_the_api_can_read_the_operations_table_without_a_server(assembly: Assembly) -> None:
    (function,) = [
        one
        for one in assembly.stages["prod"]["Api"].of_type("AWS::Lambda::Function")
        if one.properties["FunctionName"] == "p09-prod-api"
    ]
    assert "Operations" in json.dumps(function.properties["Environment"]["Variables"]["OPERATIONS_TABLE_NAME"])
    endpoints = [one.properties for _, one in assembly.of_type("prod", "AWS::EC2::VPCEndpoint")]
    assert any("dynamodb" in json.dumps(one["ServiceName"]) for one in endpoints)


@pytest.fixture(scope="module")
def other_target(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    """Stage prod for a p95 target of 500 ms, as `make generate` and a synthesis make it from one changed line."""
    folder = tmp_path_factory.mktemp("definitions")
    changed = RUNBOOK.replace("target_ms = 200 ", "target_ms = 500 ")
    assert changed != RUNBOOK
    files = {"shared/runbook.toml": changed, **artefacts(parse(changed))}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    run_app("infra.app", folder / "out", definitions=str(folder), stages="prod")
    return read_stage(folder / "out" / "assembly-prod")


def test_another_p95_target_is_another_alarm(assembly: Assembly, other_target: dict[str, Stack]) -> None:
    before, after = (_slow_buckets(stacks["Operations"]) for stacks in (assembly.stages["prod"], other_target))
    assert before - after == {"LatencyUpTo500ms"}
    assert after < before


def test_another_p95_target_is_another_dashboard_and_another_question(
    assembly: Assembly, other_target: dict[str, Stack]
) -> None:
    for stacks, milliseconds in ((assembly.stages["prod"], 200), (other_target, 500)):
        resources = stacks["Operations"].template["Resources"]
        text = json.dumps([one for one in resources.values() if one["Type"] == DASHBOARD])
        assert f"slower than {milliseconds} ms" in text
        assert f"95% of requests within {milliseconds} ms" in text
        assert f"responseLatency > {milliseconds}" in json.dumps(resources)


def test_a_schedule_that_does_not_fit_an_hour_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "runbook.toml").write_text('[schedules.kpi_evaluation]\nevery = "7m"\n')
    with pytest.raises(ValueError, match="7m does not divide an hour"):
        Monitoring(stage="prod", root=tmp_path).every("kpi_evaluation")


def test_hours_and_weekdays_are_those_of_the_runbook() -> None:
    monitoring = Monitoring(stage="prod")
    for task in plan(the_runbook()):
        day = f"? * {task.weekday[:3].upper()}" if task.weekday else "* * ?"
        assert monitoring.at(task.id) == f"cron(0 {task.hour} {day} *)"


def _operations(assembly: Assembly, stage: str) -> Stack:
    return assembly.stages[stage]["Operations"]


def _schedules(assembly: Assembly, stage: str) -> list[Resource]:
    return _operations(assembly, stage).of_type("AWS::Scheduler::Schedule")


def _widgets(assembly: Assembly, stage: str) -> list[dict[str, Any]]:
    (dashboard,) = _operations(assembly, stage).of_type(DASHBOARD)
    body: dict[str, Any] = json.loads(_text(dashboard.properties["DashboardBody"]))
    found: list[dict[str, Any]] = body["widgets"]
    return found


def _text(value: Any) -> str:
    """A string in which references stand for themselves."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(_text(part) for part in parts)
    return "reference"


def _slow_buckets(stack: Stack) -> set[str]:
    (alarm,) = [
        one.properties
        for one in stack.of_type("AWS::CloudWatch::Alarm")
        if str(one.properties.get("AlarmName")).endswith("P09LatencyAboveTarget")
    ]
    names = {one["MetricStat"]["Metric"]["MetricName"] for one in alarm["Metrics"] if "MetricStat" in one}
    return names - {"Requests"}


def _any_import(variables: dict[str, Any]) -> Any:
    return variables["CONSOLE_URL"]["Fn::Join"][1][1]
